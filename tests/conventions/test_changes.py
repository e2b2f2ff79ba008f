"""A change brings along what belongs to it; what is forgotten is named in a sentence, with where to add it."""

import importlib
import json
import re
from pathlib import Path

import pytest

from bronze import feeds
from local_runtime.auto_loader.options import FORMATS, OWN
from sample.catalogue import Sample
from sample.kpis import KPI_TRUTH
from sample.making import make
from silver.imdb.cleansing import ImdbDataset
from tests.conftest import ROOT
from tests.conventions import changes
from tests.end_to_end import nasty
from tests.helpers.sentences import assert_nothing_is_missing, the_sentence

TESTS = ROOT / "tests"
FEEDS = {feed.name: feed.folder for feed in vars(feeds).values() if isinstance(feed, feeds.Feed)}
LISTED = {feed.name for feed in feeds.FEEDS}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


# A table of gold.

CALLED = [call for path in sorted(ROOT.glob("src/gold/*/pipeline.py")) for call in changes.functions_called(path)]


def test_every_function_of_a_gold_table_has_a_unit_test():
    assert {table for table, *_ in CALLED} >= {"dim_title", "fact_playback", "kpi_watched_actor", "kpi_genre"}
    assert_nothing_is_missing(changes.tables_without_a_unit_test(CALLED, TESTS))


def test_a_gold_table_without_a_unit_test_is_named(tmp_path):
    (tmp_path / "gold" / "catalogue").mkdir(parents=True)
    (tmp_path / "gold" / "catalogue" / "test_facts.py").write_text("fact_a(titles)\nfacts.fact_b(titles)\n")
    called = [(table, "gold.catalogue.facts", table) for table in ("fact_a", "fact_b", "fact_new")]
    assert the_sentence(changes.tables_without_a_unit_test(called, tmp_path)) == (
        "gold.fact_new has no unit test: call fact_new() in tests/gold/catalogue/test_facts.py, with a NULL row among "
        "its input."
    )


def test_every_column_function_of_gold_has_a_unit_test():
    modules = [path.relative_to(ROOT / "src") for path in sorted((ROOT / "src" / "gold").rglob("*.py"))]
    assert_nothing_is_missing(changes.column_functions_without_a_unit_test(modules, ROOT / "src", TESTS))


def test_a_column_function_without_a_unit_test_is_named(tmp_path):
    for folder in ("src", "tests"):
        (tmp_path / folder / "gold").mkdir(parents=True)
    functions = (
        "band(age: Column) -> Column",
        "new(age: Column) -> Column",
        "_own(age: Column) -> Column",
        "other() -> Column",
    )
    (tmp_path / "src/gold/a.py").write_text("".join(f"def {function}: ...\n" for function in functions))
    (tmp_path / "tests/gold/test_a.py").write_text("band(age)")
    found = changes.column_functions_without_a_unit_test([Path("gold/a.py")], tmp_path / "src", tmp_path / "tests")
    assert the_sentence(found) == (
        "new() of src/gold/a.py has no unit test: call it in tests/gold/test_a.py, with NULL and at its bounds."
    )


def test_every_dataset_says_what_a_row_is(graph):
    assert_nothing_is_missing(changes.tables_without_a_grain({name: it.comment for name, it in graph.datasets.items()}))


def test_a_table_without_a_grain_is_named():
    comments = {"gold.a": "One row per title.", "gold.new": "Titles by number of directors."}
    assert the_sentence(changes.tables_without_a_grain(comments)) == (
        'gold.new doesn\'t say what a row is: begin the comment of its TableSpec with "One row per …".'
    )


def test_the_sample_says_what_every_kpi_must_be(graph, tmp_path):
    make(tmp_path, Sample(titles=3, releases=1, sessions=0, days=0, first_days=0, subscribers=0, imdb=0))
    truth = json.loads((tmp_path / KPI_TRUTH).read_text())
    declared = {name.removeprefix("gold."): it.declared for name, it in graph.datasets.items() if "gold.kpi_" in name}
    columns = {kpi: list(table.types) for kpi, table in declared.items()}
    assert_nothing_is_missing(
        changes.kpis_without_a_truth(columns, {kpi: told["columns"] for kpi, told in truth.items()})
    )


def test_a_kpi_without_a_truth_is_named():
    sentence = the_sentence(changes.kpis_without_a_truth({"kpi_new": ["type", "titles"]}, {"kpi_new": ["type"]}))
    assert sentence.startswith("The sample doesn't say what gold.kpi_new must be: count its columns type, titles in ")


# A feed.


def streamed(graph, landing):
    return {Path(path).relative_to(landing).as_posix() for paths in graph.sources.values() for path in paths}


def test_every_feed_has_a_landing_folder_and_is_ingested(graph):
    (landing,) = {
        pipeline.configuration["lakehouse.landing"] for pipeline in graph.pipelines if pipeline.schema == "bronze"
    }
    assert_nothing_is_missing(
        changes.feeds_without_their_place(FEEDS, LISTED, feeds.LANDING_FOLDERS, streamed(graph, Path(landing)))
    )


@pytest.mark.parametrize(
    ("listed", "streamed", "sentence"),
    [
        (
            {"a"},
            {"a", "new"},
            "The feed new has no landing folder: add it to FEEDS in src/bronze/feeds.py; a job makes it then.",
        ),
        ({"a", "new"}, {"a"}, "The feed new is never ingested: declare its table in src/bronze/pipeline.py."),
        (
            {"a", "new"},
            {"a", "new", "b"},
            "Bronze streams from b/; no job makes it: add it to LANDING_FOLDERS in src/bronze/feeds.py.",
        ),
    ],
)
def test_a_feed_without_its_place_is_named(listed, streamed, sentence):
    assert (
        the_sentence(changes.feeds_without_their_place({"a": "a", "new": "new"}, listed, {"a"}, streamed)) == sentence
    )


def test_every_feed_has_a_quarantine(graph):
    quarantined = {dataset.properties.get("lakehouse.quarantine_of") for dataset in graph.datasets.values()}
    assert_nothing_is_missing(changes.feeds_without_a_quarantine(FEEDS, quarantined))


def test_a_feed_without_a_quarantine_is_named():
    assert the_sentence(changes.feeds_without_a_quarantine(["a", "new"], {"a"})).startswith(
        "Rows of bronze.new that fail a rule are lost: declare its quarantine in a pipeline of src/silver"
    )


def test_122_every_feed_has_nasty_rows():
    assert_nothing_is_missing(changes.feeds_without_nasty_rows(FEEDS.values(), nasty.FEEDS))


def test_a_feed_without_nasty_rows_is_named():
    assert the_sentence(changes.feeds_without_nasty_rows(["a", "new"], {"a": ()})) == (
        "No nasty rows land in new/: add them to FEEDS in tests/end_to_end/nasty.py, one file at least."
    )


def test_every_pipeline_file_is_in_the_bundle():
    files = [path.relative_to(ROOT / "src").as_posix() for path in ROOT.glob("src/*/**/pipeline.py")]
    assert_nothing_is_missing(
        changes.pipelines_in_no_bundle(
            files, {layer: changes.libraries(ROOT, layer) for layer in ("bronze", "cleanse", "silver", "gold")}
        )
    )


def test_a_pipeline_file_in_no_bundle_is_named():
    files, known = ["silver/a/pipeline.py", "silver/new/pipeline.py"], {"silver": ["silver/a/pipeline.py"]}
    assert the_sentence(changes.pipelines_in_no_bundle(files, known)) == (
        "src/silver/new/pipeline.py is in no pipeline: add it to the libraries of resources/silver.pipeline.yml, after "
        "the subjects whose tables it reads."
    )


# A rule.


def rules_of_silver():
    """Silver's rules for rows, by the files that they stand in: dicts called …_RULES, and those of IMDb's datasets."""
    for path in sorted((ROOT / "src" / "silver").rglob("*.py")):
        module = path.relative_to(ROOT / "src")
        if path.name not in ("pipeline.py", "__init__.py"):
            for constant, value in vars(importlib.import_module(".".join(module.with_suffix("").parts))).items():
                if constant.endswith("_RULES") and isinstance(value, dict):
                    yield module, value
                elif isinstance(value, ImdbDataset):
                    yield module, value.rules


RULES = list(rules_of_silver())


@pytest.mark.parametrize(("module", "rules"), RULES, ids=[str(module) for module, _ in RULES])
def test_every_rule_has_a_test_with_a_row_that_fails_it(module, rules):
    assert_nothing_is_missing(changes.rules_without_a_test(rules, module, TESTS))


def test_a_rule_without_a_test_is_named(tmp_path):
    (tmp_path / "silver" / "a").mkdir(parents=True)
    (tmp_path / "silver" / "a" / "test_a.py").write_text('"valid_id"')
    assert the_sentence(changes.rules_without_a_test(["valid_id", "new"], Path("silver/a/a.py"), tmp_path)) == (
        "No test shows a row that fails new (src/silver/a/a.py): add one to tests/silver/a."
    )


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_have_the_bounds_of_rules(path):
    every = {rule: condition for _, rules in RULES for rule, condition in rules.items()}
    assert_nothing_is_missing(changes.wrong_bounds(path.name, path.read_text(), every))


@pytest.mark.parametrize("text", ["`valid_year` (1888 to 2100),", "| `valid_year` | 1888 to 2,100 |"])
def test_a_bound_that_is_not_the_rules_is_named(text):
    assert_nothing_is_missing(changes.wrong_bounds("a.md", text, {"valid_year": "year BETWEEN 1888 AND 2100"}))
    found = changes.wrong_bounds("docs/a.md", text, {"valid_year": "year BETWEEN 1890 AND 2100"})
    assert re.fullmatch(
        r"docs/a\.md says that `valid_year` is 1888 to 2,?100, but the rule is year BETWEEN 1890 AND 2100: correct the "
        r"document\.",
        the_sentence(found),
    )


# An option.


def test_every_option_of_auto_loader_has_a_test():
    options = {*OWN, *[option for known in FORMATS.values() for option in known.own]}
    assert_nothing_is_missing(changes.options_without_a_test(sorted(options), TESTS / "local_runtime"))


def test_an_option_without_a_test_is_named(tmp_path):
    (tmp_path / "test_a.py").write_text("load(**{'cloudFiles.a': 'true'}, b='c')")
    assert the_sentence(changes.options_without_a_test(["cloudFiles.a", "b", "cloudFiles.new"], tmp_path)).startswith(
        "Auto Loader's option cloudFiles.new has no test: show in tests/local_runtime/auto_loader/test_loader.py "
    )
