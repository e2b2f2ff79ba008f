"""Counts in documents are right, and the paths in CONTRIBUTING.md are there."""

import re
from itertools import chain

from tests.conftest import ROOT
from tests.conventions import changes
from tests.helpers.sentences import assert_nothing_is_missing, the_sentence

# The changelog says what was so at the time.
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("queries/*.md")} - {ROOT / "CHANGELOG.md"})


def counts(graph):
    """The right numbers by what documents may say."""
    tables = {pipeline.schema: graph.stored(pipeline) for pipeline in graph.pipelines}
    subjects = {path.parent.name: path.read_text() for path in ROOT.glob("src/gold/*/pipeline.py")}
    kpis = {subject: len(re.findall(r"^def kpi_", text, re.M)) for subject, text in subjects.items()}
    starts = {start: sum(table.startswith(f"gold.{start}_") for table in tables["gold"]) for start in ("dim", "bridge")}
    return {
        **{rf"^{schema}: ([\d,]+) tables": len(names) for schema, names in tables.items()},
        r"^Total: ([\d,]+) tables": sum(map(len, tables.values())),
        r"\b(\d+) questions\b": len(list(ROOT.glob("queries/*/*.sql"))),
        r"\b(\d+) KPIs? (?:tables? )?of viewing\b": kpis["playback"],
        r"\b(\d+) KPIs? (?:tables? )?of subscribers\b": kpis["subscribers"],
        r"\b(\d+) KPIs? (?:tables? )?of the catalogue\b": kpis["catalogue"],
        r"\b(\d+) dimensions\b": starts["dim"],
        r"\b(\d+) weighted bridges\b": starts["bridge"],
        r"\b(\d+) schemas\b": len(list(ROOT.glob("resources/*.schema.yml"))),
        r"\b(\d+) pipelines\b": len(list(ROOT.glob("resources/*.pipeline.yml"))),
        r"\b(\d+) jobs\b": len(list(ROOT.glob("resources/*.job.yml"))),
    }


def test_counts_in_documents_are_right(graph):
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in DOCUMENTS}
    found = [changes.wrong_counts(document, text, counts(graph)) for document, text in texts.items()]
    assert_nothing_is_missing(chain.from_iterable(found))


def test_a_wrong_count_is_named():
    found = changes.wrong_counts("README.md", "gold: 47 tables   1\n9 dimensions", {r"^gold: (\d+) tables": 48})
    assert the_sentence(found) == (
        'README.md says "gold: 47 tables"; it is 48: correct it, or run ./lakehouse dictionary.'
    )


def test_the_paths_that_contributing_names_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert len(re.findall(r"`src/", text)) > 5
    assert_nothing_is_missing(changes.missing_paths("CONTRIBUTING.md", text, ROOT))


def test_a_path_that_is_not_there_is_named(tmp_path):
    (tmp_path / "src" / "gold" / "catalogue").mkdir(parents=True)
    text = "`src/gold`, `src/gold/*/`, `../src/data`, `a/b`\n```\n./lakehouse test -- src/gold src/new.py\n```"
    assert the_sentence(changes.missing_paths("A.md", text, tmp_path)) == (
        "A.md names src/new.py, which is not there: correct the path."
    )
