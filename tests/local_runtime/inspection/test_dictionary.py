"""The data dictionary: what it says of tables, and that the committed one is current."""

import pytest

from local_runtime.cli.arguments import main
from local_runtime.graph.dataset_graph import load_graph
from local_runtime.inspection.dictionary import data_dictionary
from local_runtime.inspection.documents import generated_documents
from tests.conftest import ROOT


def test_the_committed_documents_are_what_the_tables_declare(capsys):
    assert main(["dictionary", "--check"]) == 0, capsys.readouterr().out


@pytest.fixture
def text(project):
    """The dictionary of a small bundle."""
    project.pipeline(
        "silver",
        """
        @dp.table(comment="One row per line.", schema="id INT COMMENT 'who', name STRING")
        @dp.expect_or_fail("has_id", "id IS NOT NULL")
        def landed():
            return read_csv("in").select(F.col("id").try_cast("int").alias("id"), "name")

        dp.create_streaming_table("history", schema="id INT, name STRING, __START_AT INT, __END_AT INT")
        dp.create_auto_cdc_flow(
            target="history", source="landed", keys=["id"], sequence_by="id", stored_as_scd_type=2
        )
        """,
    )
    project.pipeline(
        "gold",
        """
        @dp.materialized_view(
            schema="k INT NOT NULL COMMENT 'its key', CONSTRAINT pk PRIMARY KEY (k) NOT ENFORCED RELY"
        )
        def dim():
            return spark.read.table("silver.landed").select(F.col("id").alias("k")).distinct()

        @dp.materialized_view(
            schema="k INT NOT NULL, n BIGINT COMMENT 'a | b', "
            "CONSTRAINT fk FOREIGN KEY (k) REFERENCES main.gold.dim (k) NOT ENFORCED RELY"
        )
        @dp.expect_all_or_drop({"counts": "n > 0"})
        def fact():
            return spark.read.table("dim").groupBy("k").agg(F.count("*").alias("n"))
        """,
    )
    graph = load_graph(project.root, project.landing, project.lake)
    queries = {
        "queries/x/one.sql": "-- How many?\nWITH dim AS (SELECT 1) SELECT * FROM fact, dim;",
        "queries/x/two.sql": "SELECT * FROM silver.landed",
    }
    return data_dictionary(graph, project.landing.absolute(), queries)


def section(text, table):
    return text.split(f"### {table}\n")[1].split("\n### ")[0]


def test_a_table_says_what_it_is_who_reads_it_and_what_it_reads(text):
    landed = section(text, "silver.landed")
    assert "One row per line." in landed
    assert "- streaming table: what is new is appended" in landed
    assert "- reads files in `in/`" in landed
    assert "- read by gold.dim, silver.history" in landed
    assert "- asked in [queries/x/two.sql](../queries/x/two.sql)" in landed
    assert "| id | INT | who |" in landed
    assert "- `has_id`: `id IS NOT NULL`; where it fails, such a row ends the update" in landed
    assert "AUTO CDC of changes, SCD type 2 by id" in section(text, "silver.history")


def test_keys_and_rules_are_there(text):
    fact = section(text, "gold.fact")
    assert "| k | INT | refers to gold.dim |" in fact
    assert "| n | BIGINT | a &#124; b |" in fact
    assert "- `counts`: `n > 0`; where it fails, such rows are dropped and counted" in fact
    assert "- asked in [queries/x/one.sql]" in fact
    assert "materialized view: computed anew where what it reads has changed" in fact
    assert "| k | INT | its key (primary key) |" in section(text, "gold.dim")
    # A name that a query makes for itself is no table.
    assert "asked in" not in section(text, "gold.dim")


def test_another_dictionary_is_told(tmp_path, monkeypatch, capsys):
    path = tmp_path / "docs" / "data-dictionary.md"
    path.parent.mkdir()
    path.write_text("old")
    monkeypatch.setattr("local_runtime.cli.commands.ROOT", tmp_path)
    monkeypatch.setattr("local_runtime.inspection.documents.generated_documents", lambda root: {path: "new"})
    monkeypatch.setattr("deployment.matrix.documents", lambda root: {})
    assert main(["dictionary", "--check"]) == 1
    assert "docs/data-dictionary.md is not current" in capsys.readouterr().out
    assert main(["dictionary"]) == 0
    assert path.read_text() == "new"
    assert main(["dictionary", "--check"]) == 0


def test_the_documents_are_of_every_stored_table():
    documents = {path.name: text for path, text in generated_documents(ROOT).items()}
    dictionary_text, lineage_text = documents["data-dictionary.md"], documents["lineage.md"]
    for table in ("bronze.titles", "silver.imdb_matches", "gold.fact_playback"):
        assert f"### {table}\n" in dictionary_text
    assert "### gold.fact_playback\n" in lineage_text
