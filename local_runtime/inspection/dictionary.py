"""The data dictionary: what every table is, from what its pipeline declares of it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from local_runtime.delta.ddl import DeclaredColumn, DeclaredTable
from local_runtime.delta.lake import DEFAULT_SCHEMA
from local_runtime.graph.dataset_graph import Graph
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Kind, OnViolation, SnapshotFlow, qualified

INTRODUCTION = """\
# Data dictionary

Made by `./lakehouse dictionary` from the declarations of the tables, as Unity Catalog also shows them; a test keeps it
current. The definitions behind the columns (the identity of titles, the rules for rows, what is counted) are in the
[data model](data-model.md) and in [metrics](metrics.md), the source columns of each column in [lineage](lineage.md)."""
CONSEQUENCES = {
    OnViolation.WARN: "such rows are kept and counted",
    OnViolation.DROP: "such rows are dropped and counted",
    OnViolation.FAIL: "such a row ends the update",
}


def data_dictionary(graph: Graph, landing: Path, queries: Mapping[str, str]) -> str:
    """The dictionary of all tables as Markdown, by schema, in the order of writing.

    `queries` are files with queries, their texts by their paths.
    """
    readers = _readers(graph)
    asked = _queries_by_table(queries)
    lines = [INTRODUCTION]
    for pipeline in graph.pipelines:
        lines += ["", f"## {pipeline.schema}"]
        for name in sorted(graph.stored(pipeline)):
            lines += ["", *_table_section(graph, name, landing, readers.get(name, []), asked.get(name, []))]
    return "\n".join(lines) + "\n"


def _readers(graph: Graph) -> dict[str, list[str]]:
    """For each table, the tables that read it, themselves or through views."""
    readers: dict[str, list[str]] = {}
    for name, dataset in sorted(graph.datasets.items()):
        for table in graph.tables_read(name) if dataset.is_stored else ():
            readers.setdefault(table, []).append(name)
    return readers


def _queries_by_table(queries: Mapping[str, str]) -> dict[str, list[str]]:
    """For each table, the files with queries that read it; a name without a schema is of DEFAULT_SCHEMA."""
    from sqlglot import exp, parse

    queries_by_table: dict[str, list[str]] = {}
    for path, text in sorted(queries.items()):
        for statement in filter(None, parse(text, dialect="databricks")):
            own = {cte.alias for cte in statement.find_all(exp.CTE)}
            tables = {(table.db, table.name) for table in statement.find_all(exp.Table)}
            for schema, name in sorted(tables):
                if schema or name not in own:
                    queries_by_table.setdefault(f"{schema or DEFAULT_SCHEMA}.{name}", []).append(path)
    return queries_by_table


def _table_section(
    graph: Graph, name: str, landing: Path, readers: Sequence[str], queries: Sequence[str]
) -> Iterator[str]:
    dataset = graph.datasets[name]
    yield f"### {name}"
    yield ""
    yield dataset.comment or ""
    yield ""
    folders = [str(Path(source).relative_to(landing)) for source in graph.sources[name]]
    yield f"- {_refresh(dataset)}"
    if reads := [*(f"files in `{folder}/`" for folder in dict.fromkeys(folders)), *sorted(graph.tables_read(name))]:
        yield f"- reads {', '.join(reads)}"
    if readers:
        yield f"- read by {', '.join(readers)}"
    if queries:
        yield f"- asked in {', '.join(f'[{path}](../{path})' for path in queries)}"
    declared = dataset.declared
    if declared:
        yield from _column_table(dataset, declared)
    if dataset.expectations:
        yield ""
        for rule in dataset.expectations:
            yield f"- `{rule.name}`: `{' '.join(rule.rule.split())}`; where it fails, {CONSEQUENCES[rule.action]}"


def _refresh(dataset: Dataset) -> str:
    """What the table is, and how it is refreshed."""
    flow = dataset.flows[0]
    if isinstance(flow, AutoCdcFlow | SnapshotFlow):
        changes = "snapshots" if isinstance(flow, SnapshotFlow) else "changes"
        return f"streaming table: AUTO CDC of {changes}, SCD type {flow.scd_type} by {', '.join(flow.keys)}"
    if dataset.kind is Kind.STREAMING_TABLE:
        return "streaming table: new rows are appended"
    if dataset.refreshed_by:
        partitions = ", ".join(dataset.partition_cols)
        return f"materialized view: refreshed by those partitions ({partitions}) of {dataset.refreshed_by} that changed"
    return "materialized view: recomputed if its sources have changed"


def _column_table(dataset: Dataset, declared: DeclaredTable) -> Iterator[str]:
    parents = {column: qualified(parent, dataset.pipeline.schema) for column, parent in declared.foreign_keys}
    yield ""
    yield "| column | type | what it means |"
    yield "|---|---|---|"
    for column in declared.columns:
        keys = ["primary key"] if column.name in declared.primary_key else []
        keys += [f"refers to {parents[column.name]}"] if column.name in parents else []
        yield f"| {column.name} | {column.type.upper()} | {_meaning(column, keys)} |"


def _meaning(column: DeclaredColumn, keys: Sequence[str]) -> str:
    text = (column.comment or "").replace("|", "&#124;")
    return f"{text} ({', '.join(keys)})" if text and keys else text or ", ".join(keys)
