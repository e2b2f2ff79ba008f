"""What is made from the registry: docs/metrics.md, the JSON Schema of the definitions, and Databricks' metric views.

The metric views' statements are files, because the job that runs them has none of the registry's packages.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from metrics.model import Definitions, Kpi
from metrics.registry import Registry
from metrics.views import view_statements

PROSE = Path(__file__).parent / "prose"
SCHEMA = "metrics/definitions.schema.json"  # below the repository's root
VIEWS = "src/tasks/metric_views"  # only `src` is uploaded
VIEW_HEAD = (
    "-- Made from metrics/definitions by ./lakehouse generate metrics; src/tasks/make_metric_views.py runs it.\n"
)
ASKING = """\
## Metrics

What `./lakehouse metrics query` answers; `./lakehouse metrics NAME` says by what one can be asked for. A metric that
adds up over everything still doesn't over the members of a genre, country of production, director or actor if it counts
a title for each of them: hours are divided by the bridge weights, counts aren't. A metric that doesn't add up over time
is that of the last month of a period.

**`last`** is a period up to the newest day of the data: `1m` up to 30 November is November, up to 15 January it begins
on 16 December. With a grain that is no coarser (`last=2m` by month), it is so many whole periods, of which the newest
may be unfinished. `until=2026-11-29` ends the period with that day instead.

**`compare=previous`**

- without a grain: the period as long that ends the day before this one begins;
- by a grain: the whole period before each row's, which is what that period's own row has, however `last` is written
  (`2m` or `60d`). So an unfinished month stands beside a whole one; `last=29d` without a grain compares 29 days with
  the 29 before. A first row that `last` cuts (`45d` by month) is compared with a whole period, too.

**`compare=year`** is the same days of the year before; by day or week, those 364 days before."""
DIMENSIONS = """\
**Dimensions**, beside days, weeks, months, quarters and years. *Also* is a name that several share: which of them it is
depends on the metric."""


def documents(registry: Registry) -> dict[str, str]:
    """The texts of the generated documents, by their paths below the project's folder."""
    views = {
        f"{VIEWS}/{name}.sql": f"{VIEW_HEAD}{statement};\n" for name, statement in view_statements(registry).items()
    }
    return {"docs/metrics.md": metrics_page(registry), SCHEMA: schema_text(), **views}


def schema_text() -> str:
    """The JSON Schema of a file of definitions, which editors take to complete and check them."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Definitions.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def metrics_page(registry: Registry) -> str:
    """docs/metrics.md: the metrics, the dimensions, and the measures of each table."""
    introduction, meanings = (
        (PROSE / name).read_text(encoding="utf-8").rstrip() for name in ("introduction.md", "meanings.md")
    )
    return "\n".join([introduction, "", *_metrics(registry), *_tables(registry), meanings, ""])


def _metrics(registry: Registry) -> Iterator[str]:
    yield from ASKING.splitlines()
    for subject in dict.fromkeys(registry.subjects.get(name, "Other") for name in registry.metrics):
        yield from ["", f"**{subject}**", ""]
        yield from _header("metric", "meaning", "computed as", "adds up over")
        for name, measure in registry.metrics.items():
            if registry.subjects.get(name, "Other") == subject:
                adds_up = "everything but time" if measure.adds_up == "not time" else measure.adds_up
                yield _row(f"`{name}`", measure.description, measure.definition, adds_up)
    yield ""
    yield from DIMENSIONS.splitlines()
    yield ""
    yield from _header("dimension", "meaning", "also")
    for name, dimension in registry.dimensions.items():
        yield _row(f"`{name}`", dimension.description, dimension.short or "")
    yield ""


def _tables(registry: Registry) -> Iterator[str]:
    """The sections of tables; neighbours with the same measures share one."""
    for subject, names in groupby(registry.tables, key=lambda name: registry.subjects.get(name, "Other")):
        yield from [f"## {subject}", ""]
        for rows, alike in groupby(names, key=lambda name: tuple(_measures(registry, registry.tables[name]))):
            yield from [f"### {', '.join(alike)}", ""]
            yield from _header("measure", "meaning", "computed as", "adds up over")
            yield from [*rows, ""]


def _measures(registry: Registry, table: Kpi) -> Iterator[str]:
    for name, column in table.columns.items():
        metric = registry.measures.get(column.metric or "")
        meaning = column.description or (metric.description if metric else "")
        yield _row(name, meaning, column.definition or (metric.definition if metric else ""), column.adds_up)


def _header(*names: str) -> Iterable[str]:
    return [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
