"""Apache Spark as the reference: the same tables, and flows run by its own structured streaming."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from cleanse.catalogue import rows as titles
from cleanse.subscribers import rows as subscribers
from local_runtime.delta.ddl import parse_ddl
from local_runtime.delta.lake import Lake
from local_runtime.engines.spark import SPARK_CONF
from local_runtime.graph.dataset_graph import load_graph
from local_runtime.pipelines.datasets import Kind, QueryFlow
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.state.progress import progress_of
from sample.making import make
from tests.conftest import ROOT
from tests.end_to_end.conftest import SAMPLE
from tests.end_to_end.nasty_landing import land_beside
from tests.end_to_end.test_playback import T, event, land
from tests.helpers.truth import rows

pytestmark = pytest.mark.spark


# What the sample lacks: starts and stops of a session that don't alternate, and events without one.
ODD_SESSIONS = [
    *(event(T + second, kind) for second, kind in enumerate(("PLAY_START", "PLAY_START", "PAUSE", "PAUSE", "RESUME"))),
    *(event(T + second, kind, session_id=None) for second, kind in ((60, "PLAY_START"), (70, "PLAY_STOP"))),
]


@pytest.fixture
def two_partitions(spark):
    """As in the launcher's session: with one partition, a dependence on row order would go unnoticed."""
    name = "spark.sql.shuffle.partitions"
    before = spark.conf.get(name)
    spark.conf.set(name, SPARK_CONF[name])
    yield
    spark.conf.set(name, before)


def test_122_the_sample_and_nasty_rows_are_the_same_in_every_layer_on_both_engines(
    sampled, spark, two_partitions, tmp_path
):
    with_usual_headers = SAMPLE.dirt - {"headers", "encodings", "malformed", "dates"}
    make(tmp_path / "beside", replace(SAMPLE, dirt=with_usual_headers))
    land_beside(sampled.landing, tmp_path / "beside")
    land(sampled, "odd.json", *ODD_SESSIONS)
    sampled.run()
    check_that_all_is_there(sampled)
    on_spark = replace(sampled, lake=Lake(tmp_path / "la ke %20#é of 'Spark'"), session=spark)
    on_spark.run()
    for schema in ("bronze", "silver", "gold"):
        assert on_spark.digests(schema) == sampled.digests(schema)


def check_that_all_is_there(place):
    """Current titles of the sample and nasty ones, rows in every table of gold, and failures of every rule."""
    current = rows(place, "SELECT DISTINCT show_id FROM gold.dim_title WHERE in_catalogue")
    assert len(current) > 1000
    assert len([show_id for (show_id,) in current if len(show_id) < len("s1000")]) > 100
    assert min(count for count, _ in place.digests().values()) > 0
    for table, rules, cells in (
        ("title_rows", {*titles.TITLE_RULES, titles.UNIQUE_TITLE}, titles.TITLE_CELLS),
        (
            "subscriber_rows",
            {*subscribers.SUBSCRIBER_RULES, subscribers.UNIQUE_SUBSCRIBER},
            subscribers.SUBSCRIBER_CELLS,
        ),
    ):
        failed = rows(place, f"SELECT DISTINCT unnest(failed_rules) FROM silver.{table}")
        assert {rule for (rule,) in failed} == rules
        unreadable = rows(place, f"SELECT DISTINCT unnest(unreadable).rule FROM silver.{table}")
        assert {rule for (rule,) in unreadable} == {cell.rule for cell in cells}


@dataclass
class Streaming:
    """Answers reads with Spark's own streams, of files and of the Delta tables of a lake."""

    session: Any
    lake: Lake
    schema: str

    def files(self, source):
        rescued = source.options.get("rescuedDataColumn")
        columns = parse_ddl(source.schema).rows + (f", {rescued} STRING" if rescued else "")
        own = {name: value for name, value in source.options.items() if not name.startswith("cloudFiles.")}
        reader = self.session.readStream.format(source.options["cloudFiles.format"]).schema(columns)
        return reader.options(**own, recursiveFileLookup=True).load(source.path)

    def stream(self, name):
        full_name = name if "." in name else f"{self.schema}.{name}"
        return self.session.readStream.format("delta").load(str(self.lake.log(full_name).path))


def test_every_streaming_flow_is_legal_for_structured_streaming(sampled, spark):
    sampled.run()
    graph = load_graph(ROOT, sampled.landing, sampled.lake)
    flows = [
        (flow, dataset.pipeline.schema)
        for dataset in graph.datasets.values()
        if dataset.kind is Kind.STREAMING_TABLE
        for flow in dataset.flows
        if isinstance(flow, QueryFlow)
    ]
    assert flows
    for flow, schema in flows:
        with answered_by(Streaming(spark, sampled.lake, schema)):
            rows = flow.function()
        assert rows.isStreaming, flow.name
        checkpoint = str(sampled.landing.parent / f"checkpoint-{flow.name}")
        writer = rows.writeStream.format("noop").option("checkpointLocation", checkpoint)
        writer.trigger(availableNow=True).start().awaitTermination()


def test_what_delta_spark_does_to_a_table_leaves_its_progress(project, spark):
    """RESTORE takes it back with the rows; OPTIMIZE, VACUUM, checkpoints and the clean-up of the log leave it."""
    project.pipeline("bronze", "@dp.table\ndef events():\n    return read_csv('events').select('id')")
    for number in range(3):
        project.land(f"events/{number}.csv", f"id\n{number}\n")
        project.run()
    log = project.lake.log("bronze.events")
    table = f"delta.`{log.path}`"
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    spark.sql(f"RESTORE TABLE {table} TO VERSION AS OF 1").collect()
    spark.sql(f"OPTIMIZE {table}").collect()
    spark.sql(f"VACUUM {table} RETAIN 0 HOURS").collect()
    for number in range(2):
        spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.checkpointInterval' = '{1 + number}')")
    newest_checkpoint = max(int(path.name[:20]) for path in log.folder.glob("*.checkpoint*.parquet"))
    for version in [version for version in log.versions() if version < newest_checkpoint]:
        (log.folder / f"{version:020}.json").unlink()
    assert log.versions()[0] > 4
    assert progress_of(log).version == 1
    assert project.run().results[0].rows_in == 1
    assert project.rows("bronze.events") == [("0",), ("1",), ("2",)]
    assert project.run().results[0].commits == 0
    assert spark.read.format("delta").load(str(log.path)).count() == 3
