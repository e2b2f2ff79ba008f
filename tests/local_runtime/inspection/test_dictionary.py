"""The data dictionary: what its pages say of tables, and that the committed pages are current."""

import pytest

from local_runtime.cli.arguments import main
from local_runtime.graph.column_lineage import column_lineage
from local_runtime.graph.dataset_graph import load_graph
from local_runtime.inspection.dictionary import dictionary_pages
from local_runtime.inspection.documents import generated_documents
from tests.conftest import ROOT


def test_the_committed_documents_are_what_the_tables_declare(capsys):
    assert main(["dictionary", "--check"]) == 0, capsys.readouterr().out


@pytest.fixture
def pages(project):
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
    return dictionary_pages(graph, project.landing.absolute(), column_lineage(graph), queries)


def section(pages, table):
    page = pages[table.partition(".")[0]]
    return page.split(f"## {table}\n")[1].split("\n## ")[0]


def test_a_table_says_what_it_is_what_it_reads_and_who_reads_it(pages):
    landed = section(pages, "silver.landed")
    assert "One row per line." in landed
    assert "- Streaming table: new rows are appended" in landed
    assert "- Reads: files in `in/`" in landed
    assert "- Read by: gold.dim, silver.history" in landed
    assert "- Queries: [x/two.sql](../../queries/x/two.sql)" in landed
    assert "| id | INT | who |" in landed
    assert "kept by AUTO CDC from changes: SCD type 2, keys id" in section(pages, "silver.history")


def test_a_page_begins_with_its_tables(pages):
    assert "- [landed](#silverlanded): One row per line." in pages["silver"].partition("\n## ")[0]


def test_keys_and_rules_are_there(pages):
    fact = section(pages, "gold.fact")
    assert "| k | INT | foreign key to gold.dim |" in fact
    assert "| n | BIGINT | a &#124; b |" in fact
    assert "Rows that fail one of these rules are dropped and counted:\n\n- `counts`: `n > 0`" in fact
    assert "- Queries: [x/one.sql]" in fact
    assert "Materialized view: recomputed when its inputs have changed" in fact
    assert "| k | INT | its key; primary key |" in section(pages, "gold.dim")
    landed = section(pages, "silver.landed")
    assert "stops the update, and nothing is written:\n\n- `has_id`: `id IS NOT NULL`" in landed
    # A name that a query makes for itself is no table.
    assert "Queries:" not in section(pages, "gold.dim")


def test_columns_name_the_columns_that_they_are_made_from(pages):
    assert "- `k`: silver.landed (id)" in section(pages, "gold.dim")
    assert "- `k`: gold.dim (k)\n- `n`: no column (a count or a constant)" in section(pages, "gold.fact")
    assert "only the tables that it reads are known (AUTO CDC)" in section(pages, "silver.history")
    # What files have is not traced.
    assert "Made from" not in section(pages, "silver.landed")


def test_a_page_that_is_not_current_is_named_and_written(tmp_path, monkeypatch, capsys):
    path = tmp_path / "docs" / "reference" / "gold.md"
    monkeypatch.setattr("local_runtime.cli.commands.ROOT", tmp_path)
    monkeypatch.setattr("local_runtime.inspection.documents.generated_documents", lambda root: {path: "new"})
    monkeypatch.setattr("deployment.matrix.documents", lambda root: {})
    assert main(["dictionary", "--check"]) == 1
    assert "docs/reference/gold.md is not current" in capsys.readouterr().out
    assert main(["dictionary"]) == 0
    assert path.read_text() == "new"
    assert main(["dictionary", "--check"]) == 0
    path.write_text("old")
    assert main(["dictionary", "--check"]) == 1


def test_the_pages_have_every_stored_table():
    pages = {path.stem: text for path, text in generated_documents(ROOT).items()}
    for table in ("bronze.titles", "silver.imdb_matches", "gold.fact_playback"):
        assert f"## {table}\n" in pages[table.partition(".")[0]]
