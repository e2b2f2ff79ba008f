"""What the layers say of releases in the same words."""

NAME, MODIFICATION, INGESTION = "name", "modification time", "ingestion"
"""What a release is ordered by (`ordered_by`): the date in its name, else when it was modified, else ingested."""
