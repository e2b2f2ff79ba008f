"""How the model's tables are related, and where it has the registry's entities and dimensions, as data.

Only one relationship needs to be inactive: days filter titles by the day of their addition in measures of the catalogue
alone, because they filter sessions too, and a second active path would be ambiguous.
"""

from dataclasses import dataclass

from dashboards.power_bi.star import TABLES
from local_runtime.errors import LakehouseError
from metrics.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Relationship:
    """From the table of many rows to that of one; columns by their names in gold."""

    many: str
    column: str
    one: str
    key: str
    both: bool = False
    is_active: bool = True


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
BRIDGES = {
    "genres": "Title Genres",
    "countries": "Title Countries",
    "directors": "Title Directors",
    "actors": "Title Actors",
}
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


def home_of(registry: Registry, entity: str) -> str:
    """The table of an entity. Raises LakehouseError for one that the model doesn't have yet."""
    if entity in HOMES:
        return HOMES[entity]
    where = registry.at(("entities", entity))
    raise LakehouseError(
        f"{where}: Power BI has no table of {entity}: add it to HOMES in dashboards/power_bi/places.py."
    )


def place_of(registry: Registry, metric: str, dimension: str) -> tuple[str, str]:
    """The table and column of a dimension, for a metric. Raises LakehouseError for one that the model hasn't yet."""
    place = PLACES_OF_ENTITIES.get((registry.own_entity(metric), dimension)) or PLACES.get(dimension)
    if place:
        return place
    where = registry.at(("dimensions", dimension))
    raise LakehouseError(
        f"{where}: Power BI has no column of {dimension}: add it to PLACES in dashboards/power_bi/places.py."
    )


def repeating_dimensions(registry: Registry, entity: str) -> list[str]:
    """Dimensions behind a bridge of which a row may have a member several times, such as a region of two countries."""
    found = []
    for name, column in registry.dimensions_of_entity(entity).items():
        if registry.has_bridge(entity, column) and next(iter(TABLES[PLACES[name][0]].names)) != column.name:
            found.append(name)
    return found
