"""Imports PySpark's Connect client without pandas.

The client imports pandas with itself, which is a third of a short command's time, and uses it only for rows that are
given or asked for as pandas (docs/decisions/0012). While the client is imported, stand-ins take pandas' place: names
for annotations, and for `isinstance`, which can't hold as long as nobody has imported pandas.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from types import ModuleType
from typing import Any


class _StandInMeta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return "pandas" in sys.modules and isinstance(instance, _genuine("pandas", cls.__name__))

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return _genuine("pandas", cls.__name__)(*arguments, **named)


class _Pandas(ModuleType):
    """Stands for pandas: a class for each name that is asked for."""

    def __getattr__(self, name: str) -> Any:
        if not name[:1].isupper():
            return _genuine("pandas", name)
        stand_in = _StandInMeta(name, (), {})
        setattr(self, name, stand_in)
        return stand_in


class _Types(ModuleType):
    """Stands for pandas.api.types: a function for each name that is asked for."""

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: _genuine("pandas.api.types", name)(*arguments)


def _genuine(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


@contextmanager
def without_pandas() -> Iterator[None]:
    """For the length of the context an import of pandas gives stand-ins, unless pandas is imported already."""
    if "pandas" in sys.modules:
        yield
        return
    pandas, types = _Pandas("pandas"), _Types("pandas.api.types")
    vars(pandas).update(__version__=version("pandas"), __path__=[])
    api = ModuleType("pandas.api")
    vars(api).update(types=types, __path__=[])
    stand_ins = {"pandas": pandas, "pandas.api": api, "pandas.api.types": types}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
