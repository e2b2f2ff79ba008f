"""Runs the bundle's Lakeflow pipelines on this machine, unchanged, with the semantics that Databricks gives them."""
