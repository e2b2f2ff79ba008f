"""What a page is made of: data, from which `building.py` asks and `templates/page.html` shows."""

from dataclasses import dataclass
from typing import Literal

from metrics.query import Query

Kind = Literal["line", "columns", "bars", "growth", "parts", "table", "heat"]
Width = Literal["full", "wide", "tall", "half", "narrow"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter in the form over a page: a menu of a dimension's members.

    `dimensions` are what it filters by, the first one that all metrics of a panel have; panels without any say that
    they aren't filtered. `listed` is a metric with the first dimension: the menu has the members that it has.
    """

    name: str
    label: str
    dimensions: tuple[str, ...]
    listed: str


@dataclass(frozen=True, kw_only=True)
class Headline:
    """A number at the top of a page, with its change and a small line.

    `last` is its period where it isn't that of the page; `grain` that of its line. A metric without time has neither.
    `good` is the direction that is welcome. `is_explained` shows the metric's description, where another number of the
    page is nearly the same.
    """

    metric: str
    label: str | None = None
    last: str | None = None
    line: str | None = None
    grain: str | None = None
    good: Literal["up", "down"] = "up"
    is_explained: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a page that answers one question.

    The first metric of `query` is what is drawn. `kind`: `line` (over time; a second dimension makes series), `columns`
    (over years), `bars` (ranked), `growth` (ranked by change), `parts` (shares of a whole, one bar a row), `table`, and
    `heat` (first dimension down, second across). `finding` is a title that says what is there: `{first}` is the first
    row's name, `{value}` its value; without rows, on a tie, or where nothing grows, `title` stands, whose `{grain}` is
    that of the query. `in_period` puts the page's period into the query.

    `note` stands under the title; `alone` instead of it, where there is nothing before to compare with.

    `rows` is how many are drawn; the table behind has the others. `base` is the year that bars are compared with;
    `by_name` sorts rows by their names, where these have an order of their own. `width` `tall` is wide, beside two
    narrow panels, one over the other.
    """

    name: str
    kind: Kind
    title: str
    query: Query
    note: str = ""
    alone: str = ""
    finding: str = ""
    in_period: bool = False
    rows: int = 10
    width: Width = "half"
    leave_out: tuple[str, ...] = ("Unknown",)
    base: int | None = None
    by_name: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: `periods` are what readers choose from, the first one unless they do; none: the page has no period."""

    path: str
    title: str
    lead: str
    icon: str
    headlines: tuple[Headline, ...] = ()
    panels: tuple[Panel, ...] = ()
    choices: tuple[Choice, ...] = ()
    periods: tuple[str, ...] = ()
