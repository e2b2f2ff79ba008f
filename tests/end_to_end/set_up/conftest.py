"""A small project to set up."""

import pytest

from tests.helpers.small_project import SmallProject


@pytest.fixture
def project(tmp_path) -> SmallProject:
    """A copy of the launcher that has set up nothing yet."""
    return SmallProject(tmp_path)
