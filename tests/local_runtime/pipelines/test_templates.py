"""Bundles as the vendor's project templates write them: https://github.com/databricks/bundle-examples"""

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from local_runtime.delta.lake import Lake
from local_runtime.graph.dataset_graph import load_graph
from local_runtime.update.orchestration import run_update

BUNDLE = """
bundle: {name: template}
include: [resources/*.yml]
variables:
  catalog: {description: The catalog to use}
  schema: {description: The schema to use}
targets:
  dev:
    mode: development
    default: true
    variables: {catalog: main, schema: "${workspace.current_user.short_name}"}
  prod:
    mode: production
    variables: {catalog: main, schema: prod}
"""
PIPELINE = """
resources:
  pipelines:
    template_etl:
      name: template_etl
      catalog: ${var.catalog}
      schema: ${var.schema}
      serverless: true
      root_path: "../src/template_etl"
      libraries:
        - glob:
            include: ../src/template_etl/transformations/**
      environment:
        dependencies:
          - --editable ${workspace.file_path}
"""
TRIPS = """
from pyspark import pipelines as dp

@dp.table
def trips():
    return spark.read.table("samples.nyctaxi.trips")
"""
FARES = """
from pyspark import pipelines as dp
from pyspark.sql.functions import col, sum

@dp.table
def fares():
    return spark.read.table("trips").groupBy(col("zip")).agg(sum("fare").alias("total"))
"""


@pytest.fixture
def template(tmp_path):
    files = {
        "databricks.yml": BUNDLE,
        "resources/template_etl.pipeline.yml": PIPELINE,
        "src/template_etl/transformations/trips.py": TRIPS,
        "src/template_etl/transformations/deeper/fares.py": FARES,
        "src/template_etl/README.md": "",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.mark.parametrize(("target", "schema"), [("prod", "prod"), (None, "someone")])
def test_a_template_runs_over_a_small_table(template, sail, monkeypatch, target, schema):
    """Folders as globs, variables in the schema, and @dp.table over a batch read, which is a materialized view."""
    monkeypatch.setenv("LOGNAME", "Someone")
    lake = Lake(template / "lake")
    lake.path("nyctaxi.trips").mkdir(parents=True)
    write_deltalake(str(lake.path("nyctaxi.trips")), pa.table({"zip": [1, 1, 2], "fare": [1.5, 2.5, 4.0]}))
    graph = load_graph(template, template / "landing", lake, target)
    with lake.locked():
        outcome = run_update(sail, graph, lake, graph.pipelines)
    assert not outcome.failures
    totals = sail.read.format("delta").load(str(lake.path(f"{schema}.fares"))).orderBy("zip").collect()
    assert [(row.zip, row.total) for row in totals] == [(1, 4.0), (2, 4.0)]
