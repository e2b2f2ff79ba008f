"""What the definitions may say: the closed language of entities, dimensions and measures."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Path = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Value = bool | int | str
Kind = Literal["text", "integer", "decimal", "date", "boolean", "key"]
Unit = Literal["titles", "hours", "plays", "subscribers", "events", "money", "share", "minutes", "number", "rating"]
Format = Literal["integer", "decimal", "percent", "currency", "rating"]
AddsUp = Literal["everything", "not time", "nothing"]

TESTS = ("equals", "other_than", "one_of", "at_least", "above", "at_most", "below", "known", "years_ago")


class Definition(BaseModel):
    """A part of the definitions: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Condition(Definition):
    """One predicate: a test of a column, or whether another entity has a row."""

    column: Path | None = Field(None, description="a column of the entity, or join.column")
    equals: Value | None = None
    other_than: Value | None = None
    one_of: list[Value] | None = None
    at_least: Value | None = None
    above: Value | None = None
    at_most: Value | None = None
    below: Value | None = None
    known: bool | None = Field(None, description="whether the column has a value")
    years_ago: list[int] | None = Field(
        None, description="from (inclusive) and to (exclusive), in calendar years before the latest of the entity"
    )
    has: Name | None = Field(None, description="an entity that must have a row that refers to this one")
    lacks: Name | None = Field(None, description="an entity that must have no row that refers to this one")
    where: list["Condition"] = Field([], description="conditions of the rows of `has` or `lacks`")

    @model_validator(mode="after")
    def _is_one_test(self) -> Self:
        given = [name for name in TESTS if getattr(self, name) is not None]
        others = [name for name in ("has", "lacks") if getattr(self, name) is not None]
        if self.column is not None and (len(given) != 1 or others):
            raise ValueError(f"a condition of a column has exactly one of {', '.join(TESTS)}")
        if self.column is None and (len(others) != 1 or given):
            raise ValueError("a condition names a column and its test, or an entity that it `has` or `lacks`")
        if self.where and not others:
            raise ValueError("`where` in a condition belongs to `has` or `lacks`")
        if self.years_ago is not None and (len(self.years_ago) != 2 or self.years_ago[0] >= self.years_ago[1]):
            raise ValueError("years_ago is two numbers, the smaller one first: [0, 5]")
        return self


class Join(Definition):
    """A many-to-one join: at most one row of the other entity for each of this one."""

    to: Name
    column: Name
    other: Name | None = Field(None, description="the other entity's column (default: its key)")
    form: bool = Field(False, description="compare the letters, digits, + and & of both, in lower case")
    optional: bool = Field(False, description="rows without a partner stay")


class Bridge(Definition):
    """A many-to-many join by a table of pairs whose weights add up to 1 for each row of this entity."""

    to: Name
    table: Name
    column: Name = Field(description="the bridge's column that equals this entity's key")
    other: Name = Field(description="the bridge's column that equals the other entity's key")
    weight: Name
    role: Condition | None = Field(None, description="the rows of the bridge that count")


class Attribute(Definition):
    """Where an entity has a dimension, if it isn't just a column."""

    column: Path
    part: Literal["year"]


class Time(Definition):
    """The date by which an entity's rows are counted over time."""

    column: Path
    grain: Literal["day", "month"]
    label: Text


class Entity(Definition):
    """A table of gold: its grain, what it is joined to, and the dimensions that its rows have."""

    table: Name
    label: Text
    grain: Text = Field(description="one row per …")
    key: Name | None = Field(None, description="its primary key, if other entities join it")
    rows: list[Condition] = Field([], description="the rows that count")
    time: Time | None = None
    joins: dict[Name, Join] = {}
    bridges: dict[Name, Bridge] = {}
    dimensions: dict[Name, Path | Attribute] = Field({}, description="a column, join.column or bridge.column for each")
    inherits: list[Name] = Field([], description="joins whose entity's dimensions are dimensions of this one too")
    person: Name | None = Field(None, description="the column that identifies a person")
    people: Name | None = Field(None, description="the number of people of a row, each in one row only")
    because: Text | None = Field(None, description="why its numbers come from a KPI table: gold has no facts of them")


class Dimension(Definition):
    """What rows are grouped and filtered by."""

    label: Text
    description: Text
    kind: Kind
    short: Name | None = Field(
        None, description="a name that several dimensions share; a metric decides which is meant"
    )
    unknown: Text | None = Field(None, description="the member of rows without a value")
    needs: Name | None = Field(None, description="a dimension that tells members of one name apart")
    personal: bool = Field(False, description="an attribute of a person: shown of groups only")
    synonyms: list[Text] = []


class Average(Definition):
    """The mean of the known values of a column."""

    column: Path
    decimals: int = Field(0, ge=0, le=6)


class Ratio(Definition):
    """One measure divided by another; null where that is 0."""

    of: Name
    to: Name


class Share(Definition):
    """A measure divided by its total."""

    of: Name
    over: Literal["all"] | list[Name] = Field(description="dimensions that the total leaves out; all: all of a query's")


class Growth(Definition):
    """(to - from) / from; null where from is 0."""

    of: Name = Field(description="the later measure")
    since: Name = Field(description="the earlier measure")


class Difference(Definition):
    """One measure minus another."""

    of: Name
    less: Name


DERIVED = ("ratio", "share", "growth", "difference")
KINDS = ("count", "count_distinct", "count_members", "sum", "average", *DERIVED)


class Measure(Definition):
    """One metric. Exactly one of KINDS says how it is computed."""

    label: Text
    description: Text
    definition: Text = Field(description="how it is computed, in words")
    unit: Unit
    format: Format
    adds_up: AddsUp
    synonyms: list[Text] = Field([], max_length=10)
    hidden: bool = Field(False, description="only a part of other measures")
    of: Name | None = Field(None, description="the entity whose rows are counted")
    where: list[Condition] = []
    count: Literal["rows"] | None = None
    count_distinct: Path | None = Field(None, description="a column of the entity, or join.column")
    count_members: Name | None = Field(None, description="a dimension whose known members are counted")
    sum: Path | None = None
    decimals: int = Field(0, ge=0, le=6, description="of the column that is summed")
    per: int = Field(1, ge=1, description="what the sum is divided by: 3600 makes hours of seconds")
    average: Average | None = None
    ratio: Ratio | None = None
    difference: Difference | None = None
    share: Share | None = None
    growth: Growth | None = None
    over_bridge: Literal["weighted", "each", "refuse"] | None = Field(
        None, description="what a row counts for each of several members: its weight, 1, or the query is refused"
    )
    needs: list[Name] = Field([], description="dimensions without which it has no meaning")

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a measure has exactly one of {', '.join((*KINDS, 'count_members'))}")
        derived = given[0] in DERIVED
        if derived and (self.of or self.where or self.over_bridge):
            raise ValueError(f"`{given[0]}` takes of, where and over_bridge from its measures")
        if not derived and not self.of:
            raise ValueError("`of` is missing: the entity whose rows are counted")
        if self.sum is None and (self.decimals or self.per != 1):
            raise ValueError("`decimals` and `per` belong to `sum`")
        return self

    @property
    def how(self) -> str:
        """Its kind: one of KINDS."""
        return next(name for name in KINDS if getattr(self, name) is not None)


class KpiColumn(Definition):
    """A measure of a KPI table; texts that are left out are the metric's own."""

    metric: Name | None = None
    description: Text | None = None
    definition: Text | None = None
    adds_up: Text = Field(description="in words: over what the column adds up")


class Kpi(Definition):
    """A table of gold whose measures are documented; a KPI table equals the query that it stands for."""

    question: Text | None = None
    dimensions: dict[Name, Name] = Field({}, description="its columns and the dimensions that they are")
    where: Text | None = Field(None, description="a filter, as on the command line")
    is_excerpt: bool = Field(False, description="whether the query has rows that the table leaves out")
    columns: dict[Name, KpiColumn]


class Definitions(Definition):
    """What one file may have; all files together are the registry."""

    subject: Text | None = Field(None, description="the heading under which its metrics are listed")
    entities: dict[Name, Entity] = {}
    dimensions: dict[Name, Dimension] = {}
    measures: dict[Name, Measure] = {}
    tables: dict[Name, Kpi] = {}
