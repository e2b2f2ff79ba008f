"""Where the Databricks CLI is, for tests that need it."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def databricks() -> str:
    """The Databricks CLI: the one that LAKEHOUSE_DATABRICKS_CLI names, else the one on PATH."""
    found = os.environ.get("LAKEHOUSE_DATABRICKS_CLI") or shutil.which("databricks")
    if found is None:
        pytest.skip("the Databricks CLI is neither on PATH nor named by LAKEHOUSE_DATABRICKS_CLI")
    return found
