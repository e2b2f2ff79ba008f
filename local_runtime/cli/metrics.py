"""`metrics`: what is defined, and answers to queries of the registry."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.table import Table

from local_runtime.cli.screen import console, say, say_item, warn
from local_runtime.delta.lake import Lake
from local_runtime.errors import UsageError
from local_runtime.inspection.read_only import LATEST, NEWEST, Reading
from local_runtime.printable import on_one_line

if TYPE_CHECKING:
    from metrics.columns import ResultColumn
    from metrics.query import Query
    from metrics.registry import Registry

QUERY = "query"
QUERY_OPTIONS = ("metric", "by", "where", "last", "until", "compare", "order", "limit", "csv", "json", "sql", "latest")


def metrics(arguments: Namespace) -> int:
    """Lists metrics, defines one, answers a query, or prints views."""
    from metrics.registry import load_registry

    asked = [name for name in QUERY_OPTIONS if getattr(arguments, name)]
    if asked and arguments.name != QUERY:
        raise UsageError(f"--{asked[0]} belongs to a query: ./lakehouse metrics query --metric NAME")
    registry = load_registry()
    if arguments.views:
        from metrics.views import views_sql

        print(views_sql(registry, arguments.views))
        return 0
    if arguments.name == QUERY:
        return _answer(registry, arguments)
    if arguments.name is None:
        _list(registry)
    else:
        _define(registry, arguments.name)
    return 0


def _list(registry: "Registry") -> None:
    """Every metric below its subject."""
    width = max(map(len, registry.metrics))
    subjects = dict.fromkeys(registry.subjects.get(name, "Other") for name in registry.metrics)
    for subject in subjects:
        say(subject, "bold")
        for name, measure in registry.metrics.items():
            if registry.subjects.get(name, "Other") == subject:
                say_item(f"{name:<{width}}  {measure.description}")
        say("")
    say("./lakehouse metrics NAME says how one is computed, and by what it can be asked for.")


def _define(registry: "Registry", name: str) -> None:
    """One metric's definition."""
    measure = registry.measure(name)
    say(f"{measure.label} ({name})", "bold")
    say_item(measure.description)
    say_item(f"computed as: {measure.definition}")
    say_item(f"unit: {measure.unit}; adds up over {measure.adds_up}")
    if measure.synonyms:
        say_item(f"also called: {', '.join(measure.synonyms)}")
    say_item(f"counted from: {'; '.join(_sources(registry, name))}")
    say_item(f"by: {', '.join(_dimensions(registry, name))}")
    if grains := registry.grains_of(name):
        say_item(f"by time: {', '.join(grains)}")
    say_item(f"defined in: {registry.at(('measures', name))}")
    needed = ",".join(registry.fewest_dimensions(name))
    say(f"./lakehouse metrics query --metric {name}{f' --by {needed}' if needed else ''}")


def _sources(registry: "Registry", name: str) -> Iterator[str]:
    for entity in registry.entities_of(name):
        definition = registry.entities[entity]
        because = f" (because {definition.because})" if definition.because else ""
        yield f"gold.{definition.table}, {definition.grain}{because}"


def _dimensions(registry: "Registry", name: str) -> Iterator[str]:
    for dimension in registry.dimensions_of(name):
        short = registry.dimensions[dimension].short
        is_meant = short is not None and registry.meaning_of(short, name) == dimension
        yield f"{dimension} ({short})" if is_meant else dimension


def _answer(registry: "Registry", arguments: Namespace) -> int:
    from local_runtime.cli.output import exact
    from local_runtime.inspection.formats import as_csv, as_json
    from local_runtime.inspection.query import bound_result
    from metrics.sql import statement

    query = _query(arguments)
    wanted = statement(registry, query, arguments.sql or "duckdb")
    if arguments.sql:
        import sqlglot

        print(sqlglot.parse_one(wanted.sql, dialect=arguments.sql).sql(dialect=arguments.sql, pretty=True) + ";")
        for name, value in wanted.parameters.items():
            print(f"-- {name} = {on_one_line(str(value))}")
        return 0
    lake = Lake(arguments.lake.absolute())
    reading = Reading(gold=LATEST if arguments.latest else NEWEST, tell=lambda note: print(note, file=sys.stderr))
    result = bound_result(lake, wanted.sql, wanted.parameters, wanted.tables, reading)
    if arguments.csv or arguments.json:
        sys.stdout.write(exact((as_json if arguments.json else as_csv)(result), arguments.json))
        return 0
    rows = result.fetchall()
    console.print(_table(wanted.columns, rows))
    if not rows:
        warn("There are no such rows.")
    return 0


def _query(arguments: Namespace) -> "Query":
    from metrics.query import Query
    from metrics.where import parse_where

    order = tuple(
        f"-{name.removesuffix(':desc')}" if name.endswith(":desc") else name for name in _names(arguments.order)
    )
    return Query(
        metrics=tuple(_names(arguments.metric)),
        dimensions=tuple(_names(arguments.by)),
        where=parse_where(arguments.where) if arguments.where else (),
        last=arguments.last,
        until=arguments.until,
        compare=arguments.compare,
        order=order,
        limit=arguments.limit,
    )


def _names(texts: Iterable[str]) -> Iterator[str]:
    """The names of options that take several, between commas."""
    for text in texts:
        yield from (name.strip() for name in text.split(",") if name.strip())


def _table(columns: "Sequence[ResultColumn]", rows: Iterable[Sequence[Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        is_number = column.type in ("integer", "decimal")
        table.add_column(on_one_line(column.label), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_shown(column, value) for column, value in zip(columns, row, strict=True)))
    return table


def _shown(column: "ResultColumn", value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return "-"
    if column.format == "percent":
        sign = "+" if column.kind == "change" and value > 0 else ""
        return f"{sign}{Decimal(value) * 100:,.1f}{' points' if column.unit == 'points' else ' %'}"
    if column.format == "currency":
        return f"{value:,.2f}"
    if column.type == "decimal":
        return f"{value:,.1f}"
    if column.kind == "time" and isinstance(value, date):
        return {"month": f"{value:%Y-%m}", "year": f"{value:%Y}"}.get(column.source, value.isoformat())
    is_count = column.kind != "dimension" and isinstance(value, int)
    return f"{value:,}" if is_count else on_one_line(str(value))
