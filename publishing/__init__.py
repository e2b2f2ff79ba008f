"""Published states in databases of others: one room for each kind of database.

`keys.py` says which keys the model declares; `postgres/` publishes to PostgreSQL. What is read of the lake, and how, is
in `exports/tables.py`, for exports and publishing alike.
"""
