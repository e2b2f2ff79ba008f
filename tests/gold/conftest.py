"""What gold's tests share: the tables' specifications, and their declarations as a run sees them."""

from types import ModuleType

import pytest

from common.specifications import TableSpec
from gold.catalogue import bridges, facts
from gold.catalogue import dimensions as catalogue_dimensions
from gold.catalogue.kpis import composition as kpis
from gold.conformed import dimensions as conformed_dimensions
from gold.conformed import events as playback_dimensions
from gold.playback import facts as playback_facts
from gold.playback import sessions
from gold.playback.kpis import tastes as preferences
from gold.playback.kpis import titles as playback_kpis
from gold.subscribers import dimensions as subscriber_dimensions
from gold.subscribers import facts as subscriber_facts
from gold.subscribers.kpis import months as subscriber_kpis
from local_runtime.lake.lake import Lake
from local_runtime.update.validation import validate

CATALOGUE = (catalogue_dimensions, bridges, facts, kpis)
PLAYBACK = (playback_dimensions, playback_facts, playback_kpis, preferences, sessions)
SUBSCRIBERS = (subscriber_dimensions, subscriber_facts, subscriber_kpis)
MODULES: tuple[ModuleType, ...] = (conformed_dimensions, *CATALOGUE, *PLAYBACK, *SUBSCRIBERS)
TABLES = {value.name: value for module in MODULES for value in vars(module).values() if isinstance(value, TableSpec)}


@pytest.fixture
def declared(graph):
    """Gold's tables as they are declared, by name."""
    return {
        name.removeprefix("gold."): dataset
        for name, dataset in graph.datasets.items()
        if name.startswith("gold.") and dataset.is_stored
    }


@pytest.fixture
def analyze(graph, spark, tmp_path):
    """Runs gold's functions on empty tables; fails where what one returns is not what its table declares."""
    pipelines = [pipeline for pipeline in graph.pipelines if pipeline.schema == "gold"]
    return lambda: validate(spark, graph, Lake(tmp_path / "lake"), pipelines, dict.fromkeys(graph.datasets, ""))


@pytest.fixture
def one_row(spark):
    """What an unknown member is made of."""
    return spark.range(1)


@pytest.fixture
def rows(spark):
    """Makes a frame of a table's rows."""
    return lambda table, *rows: spark.createDataFrame(list(rows), table.rows_schema)
