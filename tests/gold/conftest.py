"""Shared by gold's tests: the tables' specifications, and their declarations as a run sees them."""

import importlib

import pytest

from common.specifications import TableSpec
from local_runtime.delta.lake import Lake
from local_runtime.update.validation import validate
from tests.conftest import ROOT

MODULES = [
    importlib.import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
    for path in sorted((ROOT / "src" / "gold").rglob("*.py"))
    if path.name not in ("pipeline.py", "__init__.py")
]
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
    """Runs gold's functions on empty tables; fails where a result differs from the table's declaration."""
    pipelines = [pipeline for pipeline in graph.pipelines if pipeline.schema == "gold"]
    return lambda: validate(spark, graph, Lake(tmp_path / "lake"), pipelines, dict.fromkeys(graph.datasets, ""))


@pytest.fixture
def one_row(spark):
    """The single row that unknown members are made from."""
    return spark.range(1)


@pytest.fixture
def made(star):
    """Calls a function with the tables of the star that its parameters name."""

    def make(function):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        return function(*[star[name] for name in names])

    return make
