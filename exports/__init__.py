"""Published tables as files that other programs read: Parquet, CSV, workbooks, a DuckDB database.

`tables.py` says what is exported, `parquet.py`, `csv.py` and `workbooks.py` write one table each, `replacing.py` puts a
finished export in the place of the one before it, `load_scripts/` has what loads the files into BigQuery, Athena and
Synapse, and `database.py` keeps a DuckDB database whose views follow new publications.
"""
