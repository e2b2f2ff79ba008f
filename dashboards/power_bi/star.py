"""The semantic model's tables, as data.

A table of gold that is joined in several roles is there once for each role: countries of production, of viewing and of
residence are three tables, so that a report may filter by two of them at once and every name says which is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Calculated:
    """A calculated column, of one row's values alone, as DirectQuery demands."""

    name: str
    expression: str
    type: str
    description: str
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the model.

    `gold` is the table that it reads, `rows` what it reads of it (column and value; None: a value that is known),
    `distinct` whether it reads distinct rows. `names` are its visible columns by their names in gold; columns that only
    measures and relationships need are hidden and keep gold's names, unless a visible one differs in case only
    (`hidden_names`). `joins` names an entity whose joins are looked up by SQL, because their columns aren't equal but
    alike.
    """

    name: str
    gold: str
    description: str
    names: Mapping[str, str] = field(default_factory=dict)
    hidden_names: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    rows: tuple[str, str | None] | None = None
    distinct: bool = False
    joins: str | None = None
    is_hidden: bool = False
    calculated: tuple[Calculated, ...] = ()
    sorted_by: Mapping[str, str] = field(default_factory=dict)
    grouped_by: Mapping[str, str] = field(default_factory=dict)
    hierarchies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_calendar: bool = False

    def column(self, gold: str) -> str:
        """The name of a column of gold in the model; that of a calculated column is its own."""
        return self.names.get(gold) or self.hidden_names.get(gold, gold)


def _first_day(name: str, expression: str, grain: str) -> Calculated:
    return Calculated(
        name=name,
        expression=expression,
        type="dateTime",
        description=f"first day of the {grain}",
        format="yyyy-mm-dd",
    )


DATES = Table(
    name="Dates",
    gold="dim_date",
    description="One row per day of every year from the first to the last that facts refer to.",
    names={
        "date": "Day",
        "year": "Year",
        "month_name": "Month of year",
        "day_name": "Day of week",
        "is_weekend": "Weekend",
    },
    hidden_names={"month": "month_number", "quarter": "quarter_number"},
    key="date",
    rows=("date", None),
    calculated=(
        _first_day("Week", "'Dates'[Day] - 'Dates'[day_of_week] + 1", "week, which begins on Monday"),
        _first_day("Month", "DATE ( 'Dates'[Year], 'Dates'[month_number], 1 )", "month"),
        _first_day("Quarter", "DATE ( 'Dates'[Year], 3 * 'Dates'[quarter_number] - 2, 1 )", "quarter"),
    ),
    sorted_by={"Month of year": "month_number", "Day of week": "day_of_week"},
    hierarchies={"Calendar": ("Year", "Quarter", "Month", "Day")},
    is_calendar=True,
)
COUNTRY_COLUMNS = {
    "Production Countries": ("Country of production", "Region of production"),
    "Viewing Countries": ("Country of viewing", "Region of viewing"),
    "Residence Countries": ("Country of residence", "Region of residence"),
}


def _countries(name: str) -> Table:
    country, region = COUNTRY_COLUMNS[name]
    return Table(
        name=name,
        gold="dim_country",
        description=f"One row per country: {country[0].lower()}{country[1:]}.",
        names={"country": country, "region": region},
        key="country_key",
        hierarchies={"Regions and countries": (region, country)},
    )


YEAR_ADDED = Calculated(
    name="Year added",
    expression="IF ( NOT ISBLANK ( 'Titles'[date_added] ), YEAR ( 'Titles'[date_added] ) )",
    type="int64",
    description="year in which the title was added; blank if the date is unknown",
    format="0",
)
DIMENSION_TABLES = (
    DATES,
    Table(
        name="Titles",
        gold="dim_title",
        description="One row per title as it is now, in the catalogue or not.",
        names={
            "title": "Title",
            "type": "Type",
            "release_year": "Release year",
            "content_age_category": "Age of content",
        },
        key="title_key",
        calculated=(YEAR_ADDED,),
        # Titles of one name are different titles.
        grouped_by={"Title": "title_key"},
    ),
    Table(
        name="Ratings",
        gold="dim_rating",
        description="One row per maturity rating.",
        names={"rating": "Maturity rating", "audience": "Audience"},
        key="rating_key",
        hierarchies={"Audiences and ratings": ("Audience", "Maturity rating")},
    ),
    Table(
        name="Genres",
        gold="dim_genre",
        description="One row per genre.",
        names={"genre": "Genre"},
        key="genre_key",
    ),
    _countries("Production Countries"),
    Table(
        name="Directors",
        gold="dim_person",
        description="One row per person, as a director.",
        names={"person": "Director"},
        key="person_key",
    ),
    Table(
        name="Actors",
        gold="dim_person",
        description="One row per person, as an actor.",
        names={"person": "Actor"},
        key="person_key",
    ),
    Table(
        name="Devices",
        gold="dim_device",
        description="One row per kind of device that is watched on.",
        names={"device": "Device"},
        key="device_key",
    ),
    Table(
        name="Subscriber Devices",
        gold="dim_device",
        description="One row per kind of device that a subscriber has, which needn't be watched on.",
        names={"device": "Device of subscriber"},
        key="device_key",
    ),
    _countries("Viewing Countries"),
    _countries("Residence Countries"),
    Table(
        name="Plans",
        gold="dim_plan",
        description="One row per subscription plan.",
        names={"plan": "Plan"},
        key="plan_key",
    ),
    Table(
        name="Age Bands",
        gold="dim_subscriber",
        description="One row per age band of subscribers.",
        names={"age_band": "Age band"},
        key="age_band",
        distinct=True,
    ),
    Table(
        name="Genders",
        gold="dim_subscriber",
        description="One row per gender of subscribers.",
        names={"gender": "Gender"},
        key="gender",
        distinct=True,
    ),
    Table(
        name="Subscribers",
        gold="dim_subscriber",
        description="One row per subscriber and version.",
        key="subscriber_key",
    ),
)


def _bridge(name: str, table: str, member: str, role: str | None = None) -> Table:
    return Table(
        name=name,
        gold=table,
        description=f"One row per title and {member}; weights add up to 1 per title.",
        rows=("role", role) if role else None,
        is_hidden=True,
    )


BRIDGE_TABLES = (
    _bridge("Title Genres", "bridge_title_genre", "genre"),
    _bridge("Title Countries", "bridge_title_country", "country of production"),
    _bridge("Title Directors", "bridge_title_person", "director", "director"),
    _bridge("Title Actors", "bridge_title_person", "actor", "cast"),
)
FACT_TABLES = (
    Table(name="Sessions", gold="fact_playback", description="One row per viewing session."),
    Table(
        name="Events",
        gold="playback_event_days",
        description="One row per day, event type, device and country of viewing.",
        names={"event_type": "Event type"},
        joins="event_day",
    ),
    Table(
        name="Title Ratings",
        gold="fact_title_rating",
        description="One row per title that is rated at IMDb, in the catalogue or not.",
    ),
    Table(
        name="Subscription Months",
        gold="fact_subscription_month",
        description="One row per subscriber and month, and one after leaving.",
    ),
    Table(
        name="Title Starts",
        gold="kpi_top_titles",
        description="One row per title that was watched or started.",
    ),
    Table(
        name="Subscriber Groups",
        gold="kpi_subscribers",
        description="One row per plan, country, age band and gender of current subscribers.",
    ),
    Table(
        name="Cohorts",
        gold="kpi_cohort_retention",
        description="One row per month of joining and months since then.",
        names={"cohort_month": "Month of joining", "months_since_joining": "Months since joining"},
    ),
    Table(
        name="Underwatched Titles",
        gold="kpi_underwatched_titles",
        description="One row per title of the catalogue that is well rated but little watched.",
    ),
)
TABLES = {table.name: table for table in (*DIMENSION_TABLES, *BRIDGE_TABLES, *FACT_TABLES)}
