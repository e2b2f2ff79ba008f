"""What `./lakehouse dictionary` keeps current besides the dictionary: a loop in the README, and the options' page."""

import pytest

from local_runtime.errors import UnsupportedError
from local_runtime.inspection.auto_loader_options import options_page
from local_runtime.inspection.documents import with_current_folders

README = """
Each feed in gone folders:
for feed in gone
do make $feed; done
"""


def test_a_loop_over_feeds_has_the_folders_that_there_are(project):
    project.pipeline(
        "bronze",
        """
        for folder in ("titles", "imdb/names"):
            @dp.table(name=folder.replace("/", "_"))
            def table(folder=folder):
                return read_csv(folder)
        """,
    )
    text = with_current_folders(README, project.graph(), project.landing)
    assert (
        text
        == """
Each feed in gone folders:
for feed in titles imdb/names
do make $feed; done
"""
    )


def test_the_options_page_has_free_options_with_their_meaning_and_fixed_ones_with_their_value():
    page = options_page()
    assert "| `cloudFiles.maxFilesPerTrigger` | most files in a micro-batch; 1,000 by default |" in page
    assert '| `escape` | must be `"` |' in page.partition("## Format csv\n")[2].partition("\n## ")[0]
    assert "| `quote` | must be empty |" in page.partition("## Format csv without quotes\n")[2]


def test_an_option_that_is_refused_is_answered_with_the_page_of_those_that_are_not(project):
    project.land("in/a.csv", "id\n1\n")
    project.pipeline(
        "bronze", "@dp.table\ndef t():\n    return read_csv('in', **{'cloudFiles.fetchParallelism': '2'})\n"
    )
    with pytest.raises(
        UnsupportedError, match=r"fetchParallelism: not supported .*docs/reference/auto-loader-options\.md"
    ):
        project.update()
