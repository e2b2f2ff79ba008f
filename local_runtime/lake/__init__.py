"""A lake's tables: reading their logs, committing to them, and the progress that they carry."""
