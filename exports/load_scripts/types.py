"""Types of Delta in the words of other systems."""

from collections.abc import Mapping
from typing import Any

from local_runtime.errors import LakehouseError


def type_in(system: str, names: Mapping[str, str], delta: Any) -> str:
    """The system's name for a type that is no list; `names` has those of Delta's simple types, and of `decimal`.

    Raises LakehouseError for a type that isn't known there.
    """
    kind, _, size = str(delta).partition("(")
    if not isinstance(delta, str) or kind not in names:
        raise LakehouseError(f"A column of the type {delta} can't be exported for {system}: it is not known there.")
    return f"{names[kind]}({size}" if size else names[kind]
