"""How often bronze is read in an update: it is the largest layer, and every reader parses its rows, or counts them."""

# Of events one reader parses the rows; the others count those of files, and look into the few that are flawed.
READERS_OF_EVENTS = {"silver.playback_rows", "silver.playback_deliveries", "silver.playback_flawed_files"}


def test_each_row_of_bronze_is_read_for_as_few_tables_as_can_be(graph):
    readers = {
        table: {name for name in graph.datasets if graph.datasets[name].is_stored and table in graph.tables_read(name)}
        for table in graph.datasets
        if table.startswith("bronze.")
    }
    assert readers["bronze.playback_events"] == READERS_OF_EVENTS
    # Each row of a snapshot is checked once; the report of its releases counts rows of files.
    assert readers["bronze.titles"] == {"silver.title_rows", "silver.title_releases"}
    assert readers["bronze.subscribers"] == {"silver.subscriber_rows", "silver.subscriber_releases"}
