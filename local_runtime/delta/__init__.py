"""The Delta protocol: reading the logs of a lake's tables, and committing to them."""
