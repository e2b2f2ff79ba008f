"""Groups of people that are too small to be shown are added to one member, where a query has attributes of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from metrics.expressions import case, cast
from metrics.query import Grouping

NO_VALUE, BETWEEN, AFTER = "\x1e", "\x1f", "\x1d"
PARAMETER = "fold"
Cell = tuple[object, ...]


@dataclass(frozen=True)
class Fold:
    """Rows of these `cells`, the values of all `groupings` of a query, get `member` as their `personal` dimensions."""

    groupings: tuple[Grouping, ...]
    personal: frozenset[str]
    cells: frozenset[Cell]
    member: str

    def keys(self) -> list[str]:
        """The cells as texts, which the statement's parameter has."""
        return sorted(BETWEEN.join(map(_text, cell)) for cell in self.cells)

    def parameter(self, dialect: str) -> list[str] | str:
        """What the statement's parameter is bound to: the keys, on Databricks as one text."""
        return AFTER.join(self.keys()) if dialect == "databricks" else self.keys()

    def applied(self, value: exp.Expr, cell: Sequence[exp.Expr], dialect: str = "duckdb") -> exp.Expr:
        """The value of a personal dimension, in a row with the cell's values; in the SQL of DuckDB or Databricks."""
        texts: list[exp.Expr] = []
        for part in cell:
            known = cast(part.copy(), "VARCHAR")
            texts += [exp.func("COALESCE", known, exp.Literal.string(NO_VALUE)), exp.Literal.string(BETWEEN)]
        key = exp.Concat(expressions=texts[:-1])
        if dialect == "databricks":  # no subquery with IN outside of filters there, and drivers differ over lists
            keys = exp.func("SPLIT", exp.Placeholder(this=PARAMETER), exp.Literal.string(AFTER), dialect="databricks")
            return case(exp.ArrayContains(this=keys, expression=key), exp.Literal.string(self.member), value)
        # A subquery is looked up by hash; a list would be searched for every row.
        small = exp.select(exp.Anonymous(this="UNNEST", expressions=[exp.Placeholder(this=PARAMETER)]))
        is_small = exp.In(this=key, query=small.subquery())
        return case(is_small, exp.Literal.string(self.member), value)


def _text(value: object) -> str:
    """A value as SQL casts it to a text."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
