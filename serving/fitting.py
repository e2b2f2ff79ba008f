"""Whether gold has what the registry's definitions name: a lake of another version of the project may not."""

from local_runtime.delta.lake import DEFAULT_SCHEMA
from local_runtime.errors import LakehouseError
from metrics.gold import missing_in
from metrics.registry import Registry
from serving.backends import Backend, Store

SHOWN = 5  # of what is missing


def check_fit(backend: Backend, registry: Registry, store: Store) -> None:
    """Raises LakehouseError where the publication's gold lacks a table or a column that the registry names."""
    columns = {table: {*names} for table, names in backend.columns().items()}
    missing = {(table, column or "") for _, table, column in missing_in(registry, columns)}
    if not missing:
        return
    names = [".".join(filter(None, (DEFAULT_SCHEMA, *one))) for one in sorted(missing)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise LakehouseError(
        f"{store.name} lacks what the metrics are made from: {', '.join(names[:SHOWN])}{more}. It is of "
        f"another version of this project, or only some of its layers ran. {store.way_out}."
    )
