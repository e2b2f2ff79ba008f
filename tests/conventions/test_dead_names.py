"""What documents name exists: links, files, folders, modules, functions, tables and columns.

Decisions tell of their time and may name what is gone, and the reference is generated: of both, links are checked.
"""

import re
import subprocess

import pytest

from bronze.feeds import LANDING_FOLDERS
from tests.conftest import ROOT
from tests.conventions.dead_names import Project, dead_links, dead_names
from tests.conventions.published_columns import published

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("queries/*.md"),
        *ROOT.glob("benchmarks/*.md"),
    ]
    if path.name != "CHANGELOG.md"
)
CURRENT = [name for name in DOCUMENTS if not name.startswith(("docs/decisions/0", "docs/reference/"))]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()


@pytest.fixture(scope="module")
def shipped(graph):
    """This project."""
    return Project(
        root=ROOT,
        files={name for name in LISTED if (ROOT / name).is_file()},
        tables={table: set(columns) for table, columns in published(graph).items()},
        feeds=set(LANDING_FOLDERS),
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_relative_link_leads_somewhere(shipped, document):
    dead = dead_links(shipped, document, (ROOT / document).read_text())
    assert not dead, "\n".join(dead)


@pytest.mark.parametrize("document", CURRENT)
def test_every_name_is_of_something_that_is_there(shipped, document):
    dead = dead_names(shipped, document, (ROOT / document).read_text())
    assert not dead, "\n".join(dead)


@pytest.mark.parametrize(
    "span",
    [
        "src/silver/planner.py",
        "planner.py",
        "src/platinum/",
        "queries/viewing/nothing.sql",
        "state/*.sql",
        "silver.dim_title_old",
        "order.no_such_function",
        "kpi_genre.hours",
        "unknown_package.module",
        "with_no_such_name",
        "NoSuchClass",
        "lakehouse.no_such_setting",
        "nothing_is_called_so()",
        "./lakehouse sql --file queries/nothing.sql",
    ],
)
def test_a_dead_name_is_shown_with_its_file_and_line(shipped, span):
    (found,) = dead_names(shipped, "docs/runbook.md", f"# Title\n\nRead `README.md`, then `{span}`.\n")
    assert re.match(r"docs/runbook\.md:3: `([^`]+)`: (there is no|nothing)", found)[1] in span


def test_a_dead_path_in_a_command_is_shown(shipped):
    (found,) = dead_names(shipped, "README.md", "```\n./lakehouse sql --file queries/nothing.sql\n```\n")
    assert found == "README.md:2: `queries/nothing.sql`: there is no such file or folder"


@pytest.mark.parametrize(
    "target", ["nowhere.md", "../src/nothing.py", "metrics.md#no-such-heading", "#no-such-heading"]
)
def test_a_dead_link_is_shown_with_its_file_and_line(shipped, target):
    (found,) = dead_links(shipped, "docs/runbook.md", f"# Title\n\n[a](metrics.md), [b]({target})\n")
    assert found == f"docs/runbook.md:3: the link {target} leads nowhere"


def test_names_of_what_is_there_pass(shipped):
    text = (
        "`src/silver/` `feeds.py` `catalogue/titles.py` `queries/*/*.sql` `imdb/title_basics/` `gold.kpi_genre` "
        "`kpi_genre.share` `bronze.records` `order.release_order` `viewing_sessions` `TableSpec` `spark.conf.get` "
        "`lakehouse.view_seconds` `x.csv`\n```\nmkdir mine/landing; ls src/silver/ queries/README.md\n```\n"
    )
    assert dead_names(shipped, "README.md", text) == []
