"""The keys of gold's tables, as the model declares them beside the functions that make the tables."""

import importlib
import os
import pkgutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from local_runtime.root import ROOT

SOURCES = ROOT / "src"


@dataclass(frozen=True)
class Keys:
    """The primary key of a table, and its foreign keys: the column, and the table whose key it is."""

    primary: tuple[str, ...] = ()
    foreign: Mapping[str, str] = field(default_factory=dict)


def declared_keys() -> dict[str, Keys]:
    """The keys of every table of gold, by its name without a schema. Imports the model, which takes some 0.3 s."""
    os.environ.setdefault("SPARK_CONNECT_MODE_ENABLED", "1")
    if str(SOURCES) not in sys.path:
        sys.path.insert(0, str(SOURCES))
    import gold
    from common.specifications import TableSpec

    names = [found.name for found in pkgutil.walk_packages(gold.__path__, "gold.")]
    # A module of declarations needs a pipeline to run in; it specifies nothing.
    modules = [importlib.import_module(name) for name in names if not name.endswith(".pipeline")]
    found = (value for module in modules for value in vars(module).values() if isinstance(value, TableSpec))
    return {table.name: Keys(table.primary_key, table.foreign_keys) for table in found}
