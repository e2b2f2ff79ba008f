"""Parts of SQL that every dialect has: identifiers, whole numbers, exact fractions, dates."""

from dataclasses import dataclass
from functools import cache

from sqlglot import exp

DIALECTS = ("duckdb", "databricks", "postgres", "bigquery")
# What any sum of a lake fits into, and products of such sums.
WIDE = {"duckdb": "INT128", "databricks": "DECIMAL(38, 0)", "postgres": "DECIMAL(38, 0)", "bigquery": "BIGDECIMAL"}
PARTS = 1_000_000
DECIMALS = 6
# Letters, digits, + and & are what members with several spellings are compared by (docs/data-model.md).
FORM = r"[^\p{L}\p{M}\p{N}+&]+"
POSTGRES_FORM = "[^[:alnum:]+&]+"


def column(name: str, table: str | None = None) -> exp.Column:
    """A column. This and `table` are the only places where names get into SQL: both quote them."""
    return exp.column(name, table=table, quoted=True)


def table(name: str, alias: str, schema: str = "gold") -> exp.Expr:
    """A table of gold."""
    return exp.alias_(exp.table_(name, db=schema, quoted=True), alias, table=True, quoted=True)


def named(expression: exp.Expr, name: str) -> exp.Expr:
    """The expression as a column of that name."""
    return exp.Alias(this=expression, alias=exp.to_identifier(name, quoted=True))


def subquery(query: exp.Expr, alias: str) -> exp.Expr:
    """The query as a table of a FROM."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def number(value: int) -> exp.Expr:
    """A whole number."""
    return exp.Literal.number(value)


def cast(expression: exp.Expr, kind: str) -> exp.Expr:
    """The expression in a type."""
    return exp.Cast(this=expression, to=_type(kind).copy())


@cache
def _type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind)


def case(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Expr:
    """CASE WHEN condition THEN then ELSE otherwise END."""
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def all_of(conditions: list[exp.Expr]) -> exp.Expr | None:
    """The conditions, joined by AND; None for none."""
    return exp.and_(*conditions, copy=False) if conditions else None


def times(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """The product; a factor of 1 is left out."""
    if is_one(left):
        return right
    return left if is_one(right) else exp.Mul(this=exp.paren(left, copy=False), expression=exp.paren(right, copy=False))


def is_one(expression: exp.Expr) -> bool:
    """Whether it is the number 1."""
    return isinstance(expression, exp.Literal) and expression.this == "1"


@dataclass(frozen=True)
class Fraction:
    """A number as whole numbers: `part` divided by `whole`. Null where `whole` is 0, or either is unknown."""

    part: exp.Expr
    whole: exp.Expr

    def by(self, other: "Fraction") -> "Fraction":
        """This one divided by another."""
        return Fraction(times(self.part, other.whole), times(self.whole, other.part))

    def minus(self, other: "Fraction") -> "Fraction":
        """This one minus another."""
        left, right = times(self.part, other.whole), times(other.part, self.whole)
        return Fraction(exp.Sub(this=exp.paren(left), expression=exp.paren(right)), times(self.whole, other.whole))

    def exact(self) -> exp.Expr:
        """DECIMAL(18,6), rounded half up, for a part that isn't negative: engines differ in decimal division."""
        twice = times(number(2 * PARTS), self.part)
        whole = exp.func("NULLIF", self.whole.copy(), number(0))
        up = exp.Add(this=exp.paren(twice), expression=exp.paren(self.whole.copy()))
        millionths = exp.IntDiv(this=exp.paren(up), expression=exp.paren(times(number(2), whole)))
        return decimal(millionths, DECIMALS)


def decimal(whole_number: exp.Expr, decimals: int) -> exp.Expr:
    """DECIMAL(18,n) of a whole number of its smallest units."""
    if not decimals:
        return cast(whole_number, "BIGINT")
    unit = cast(exp.Literal.number(f"0.{'1'.zfill(decimals)}"), f"DECIMAL({decimals}, {decimals})")
    return cast(exp.Mul(this=cast(whole_number, "DECIMAL(18, 0)"), expression=unit), f"DECIMAL(18, {decimals})")


def truncated(day: exp.Expr, grain: str, dialect: str) -> exp.Expr:
    """DATE: the first day of the period that a day is in; weeks begin on Monday."""
    if grain == "day":
        return day
    unit = "ISOWEEK" if grain == "week" and dialect == "bigquery" else grain.upper()
    start: exp.Expr = exp.DateTrunc(this=day, unit=exp.Literal.string(unit))  # type: ignore[no-untyped-call]
    return cast(start, "DATE")


def moved(day: exp.Expr, count: int, unit: str) -> exp.Expr:
    """DATE: so many days, weeks, months, quarters or years later; earlier for a negative count."""
    factor, base = {"week": (7, "DAY"), "quarter": (3, "MONTH")}.get(unit, (1, unit.upper()))
    if not count:
        return day
    return cast(
        exp.DateAdd(this=day, expression=exp.Literal.number(count * factor), unit=exp.var(base)),
        "DATE",
    )


def later(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """DATE: the later of two days that are both known or both unknown."""
    return exp.Greatest(this=one, expressions=[other])


def form(text: exp.Expr, dialect: str) -> exp.Expr:
    """The form by which members with several spellings are compared; the whole text where nothing is left of it."""
    lower = exp.Lower(this=text)
    arguments = [exp.Literal.string(POSTGRES_FORM if dialect == "postgres" else FORM), exp.Literal.string("")]
    if dialect in ("duckdb", "postgres"):
        arguments.append(exp.Literal.string("g"))
    letters = exp.Anonymous(this="REGEXP_REPLACE", expressions=[lower, *arguments])
    return exp.func("COALESCE", exp.func("NULLIF", letters, exp.Literal.string("")), lower.copy())
