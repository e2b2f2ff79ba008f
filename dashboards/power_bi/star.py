"""The semantic model's tables, their relationships, and where each dimension of the registry is, as data.

A table of gold that is joined in several roles is there once for each role: countries of production, of viewing and of
residence are three tables, so that a report may filter by two of them at once and every name says which is meant. Only
one relationship needs to be inactive: days filter titles by the day of their addition in measures of the catalogue
alone, because they filter sessions too, and a second active path would be ambiguous.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.registry import Registry


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
    measures and relationships need are hidden and keep gold's names. `joins` names an entity whose joins are looked up
    by SQL, because their columns aren't equal but alike.
    """

    name: str
    gold: str
    description: str
    names: Mapping[str, str] = field(default_factory=dict)
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


@dataclass(frozen=True, kw_only=True)
class Relationship:
    """From the table of many rows to that of one; columns by their names in gold."""

    many: str
    column: str
    one: str
    key: str
    both: bool = False
    is_active: bool = True


def _first_day(name: str, expression: str, grain: str) -> Calculated:
    return Calculated(
        name=name,
        expression=expression,
        type="dateTime",
        description=f"first day of the {grain}",
        format="yyyy-mm-dd",
    )


DAY = "'Dates'[Day]"
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
    key="date",
    rows=("date", None),
    calculated=(
        _first_day("Week", f"{DAY} - WEEKDAY ( {DAY}, 2 ) + 1", "week, which begins on Monday"),
        _first_day("Month", f"DATE ( YEAR ( {DAY} ), MONTH ( {DAY} ), 1 )", "month"),
        _first_day("Quarter", f"DATE ( YEAR ( {DAY} ), 3 * QUARTER ( {DAY} ) - 2, 1 )", "quarter"),
    ),
    sorted_by={"Month of year": "month", "Day of week": "day_of_week"},
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


def _to(many: str, column: str, one: str, key: str | None = None, **more: bool) -> Relationship:
    return Relationship(many=many, column=column, one=one, key=key or column, **more)


RELATIONSHIPS = (
    _to("Titles", "rating_key", "Ratings"),
    _to("Titles", "date_added", "Dates", "date", is_active=False),
    _to("Title Genres", "genre_key", "Genres"),
    _to("Title Genres", "title_key", "Titles", both=True),
    _to("Title Countries", "country_key", "Production Countries"),
    _to("Title Countries", "title_key", "Titles", both=True),
    _to("Title Directors", "person_key", "Directors"),
    _to("Title Directors", "title_key", "Titles", both=True),
    _to("Title Actors", "person_key", "Actors"),
    _to("Title Actors", "title_key", "Titles", both=True),
    _to("Subscribers", "plan_key", "Plans"),
    _to("Subscribers", "country_key", "Residence Countries"),
    _to("Subscribers", "device_key", "Subscriber Devices"),
    _to("Subscribers", "age_band", "Age Bands"),
    _to("Subscribers", "gender", "Genders"),
    _to("Sessions", "title_key", "Titles"),
    _to("Sessions", "subscriber_key", "Subscribers"),
    _to("Sessions", "device_key", "Devices"),
    _to("Sessions", "country_key", "Viewing Countries"),
    _to("Sessions", "date_key", "Dates"),
    _to("Events", "event_date", "Dates", "date"),
    _to("Events", "device_key", "Devices"),
    _to("Events", "country_key", "Viewing Countries"),
    _to("Title Ratings", "title_key", "Titles"),
    # A month's plan and country are those of its version of the subscriber, so they are reached by it.
    _to("Subscription Months", "subscriber_key", "Subscribers"),
    _to("Subscription Months", "date_key", "Dates"),
    _to("Title Starts", "title_key", "Titles"),
    _to("Subscriber Groups", "plan", "Plans"),
    _to("Subscriber Groups", "country", "Residence Countries"),
    _to("Subscriber Groups", "age_band", "Age Bands"),
    _to("Subscriber Groups", "gender", "Genders"),
    _to("Underwatched Titles", "title_key", "Titles"),
)
# The model's table of each entity of the registry that measures count.
HOMES = {
    "title": "Titles",
    "any_title": "Titles",
    "rated_title": "Title Ratings",
    "play": "Sessions",
    "timed_play": "Sessions",
    "event_day": "Events",
    "started_title": "Title Starts",
    "subscriber": "Subscribers",
    "subscriber_group": "Subscriber Groups",
    "subscription_month": "Subscription Months",
    "cohort_month": "Cohorts",
    "underwatched_title": "Underwatched Titles",
}
# The table that has each bridge, by the registry's entity and bridge.
BRIDGES = {"genres": "Title Genres", "countries": "Title Countries", "directors": "Title Directors", "actors": "Title Actors"}
PLACES = {
    "title_key": ("Titles", "title_key"),
    "title": ("Titles", "Title"),
    "type": ("Titles", "Type"),
    "release_year": ("Titles", "Release year"),
    "year_added": ("Titles", "Year added"),
    "content_age_category": ("Titles", "Age of content"),
    "rating": ("Ratings", "Maturity rating"),
    "audience": ("Ratings", "Audience"),
    "genre": ("Genres", "Genre"),
    "production_country": ("Production Countries", "Country of production"),
    "production_region": ("Production Countries", "Region of production"),
    "director": ("Directors", "Director"),
    "actor": ("Actors", "Actor"),
    "device": ("Devices", "Device"),
    "viewing_country": ("Viewing Countries", "Country of viewing"),
    "viewing_region": ("Viewing Countries", "Region of viewing"),
    "event_type": ("Events", "Event type"),
    "plan": ("Plans", "Plan"),
    "residence_country": ("Residence Countries", "Country of residence"),
    "residence_region": ("Residence Countries", "Region of residence"),
    "age_band": ("Age Bands", "Age band"),
    "gender": ("Genders", "Gender"),
    "cohort_month": ("Cohorts", "Month of joining"),
    "months_since_joining": ("Cohorts", "Months since joining"),
}
PLACES_OF_ENTITIES = {("subscriber", "device"): ("Subscriber Devices", "Device of subscriber")}
GRAINS = {"day": "Day", "week": "Week", "month": "Month", "quarter": "Quarter", "year": "Year"}


def place_of(registry: Registry, metric: str, dimension: str) -> tuple[str, str]:
    """The table and column of a dimension, for a metric."""
    return PLACES_OF_ENTITIES.get((registry.own_entity(metric), dimension), PLACES[dimension])


def repeating_dimensions(registry: Registry, entity: str) -> list[str]:
    """Dimensions behind a bridge of which a row may have one member several times, such as a region of two countries."""
    found = []
    for name, column in registry.dimensions_of_entity(entity).items():
        table, _ = PLACES[name]
        if registry.has_bridge(entity, column) and next(iter(TABLES[table].names)) != column.name:
            found.append(name)
    return found
