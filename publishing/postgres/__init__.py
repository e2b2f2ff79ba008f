"""Gold in PostgreSQL: one transaction for all tables, and a row that says which published state they are of.

`connection.py` connects, `server.py` sends statements and looks at what is there, `types.py` has the types and the
texts that digests are made of, `definitions.py` makes schemas, tables, keys and comments, `plan.py` says what each
table needs, `lake_rows.py` reads the lake, `copying.py` sends rows, `record.py` has the row of a publication, and
`transaction.py` puts them together.
"""
