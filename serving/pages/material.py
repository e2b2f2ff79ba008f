"""What drawings are made from, and what they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboards.pages.model import Panel
from metrics.columns import ResultColumn
from serving.locales import Locale
from serving.pages.asking import Asked
from serving.pages.tables import Table


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: its text, where it begins and how long it is, each in percent of the room."""

    label: str
    text: str
    start: float
    length: float
    tone: str = ""
    note: str = ""
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What the template draws: one of its parts, by the panel's kind. `legend` has labels and the classes of
    their swatches; `left_out` says what isn't drawn."""

    bars: list[Bar] = field(default_factory=list)
    parts: list[tuple[str, list[Bar]]] = field(default_factory=list)
    heat: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)
    across: list[str] = field(default_factory=list)
    table: Table | None = None
    spec: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)
    left_out: str = ""
    first: str = ""
    value: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.bars or self.parts or self.heat or self.spec or (self.table and self.table.rows))


@dataclass(frozen=True)
class Material:
    """A panel's answer, and how its values are written."""

    panel: Panel
    asked: Asked
    locale: Locale
    nothing: float | None = 0.0
    """What a day without a row counts; None for metrics of which no rows isn't 0."""

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The answer's columns."""
        return self.asked.answer.columns if self.asked.answer else ()

    @property
    def metric(self) -> ResultColumn:
        """The column that is drawn."""
        return next(column for column in self.columns if column.kind == "metric")

    @property
    def names(self) -> list[ResultColumn]:
        """The columns that rows are called by."""
        return [column for column in self.columns if column.kind in ("dimension", "time") and column.type != "key"]

    def text(self, value: Any) -> str:
        """A value of the metric as the reader writes it."""
        return self.locale.value(self.metric, value)

    def written(self, name: str, value: Any) -> str:
        """A value of a column as the reader writes it."""
        return self.locale.value(next(column for column in self.columns if column.name == name), value)

    def records(self) -> list[dict[str, Any]]:
        """The rows whose members are known; all rows, where most is of members that aren't."""
        names = [column.name for column in self.names]
        named = [record for record in self.asked.records if all(record[name] is not None for name in names)]
        known = [record for record in named if not any(record[name] in self.panel.leave_out for name in names)]
        return known if 2 * self._sum(known) >= self._sum(named) else named

    def _sum(self, records: Iterable[Mapping[str, Any]]) -> float:
        return sum(float(record[self.metric.name] or 0) for record in records)

    def label(self, record: Mapping[str, Any]) -> str:
        """What a row is called."""
        return self.locale.value(self.names[0], record[self.names[0].name])
