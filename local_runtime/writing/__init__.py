"""Writing rows: staged by an engine, committed with the table's progress, and vacuumed."""
