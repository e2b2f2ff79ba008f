"""The overview: what was watched, by whom, what it brought, and what grows."""

from dashboards.pages.filters import ALONE, COUNTRY, PERIODS, PLAN, TYPE
from dashboards.pages.model import Headline, Page, Panel
from metrics.query import Query

OVERVIEW = Page(
    path="/",
    title="Overview",
    lead="What was watched, by whom, and what it brought.",
    icon="overview",
    periods=PERIODS,
    choices=(COUNTRY, TYPE, PLAN),
    headlines=(
        Headline(metric="hours_viewed", grain="day"),
        Headline(metric="plays", grain="day"),
        Headline(metric="viewers", grain="day"),
        Headline(metric="active_subscribers", last="1m", line="12m", grain="month"),
        Headline(metric="revenue", last="1m", line="12m", grain="month"),
        Headline(metric="churned_subscribers", last="1m", line="12m", grain="month", good="down"),
        Headline(metric="titles"),
        Headline(metric="movie_share"),
    ),
    panels=(
        Panel(
            name="hours-per-day",
            kind="line",
            title="Hours viewed per {grain}",
            note="Beside the period before",
            alone=ALONE,
            query=Query(metrics=("hours_viewed",), grain="day"),
            in_period=True,
            width="wide",
        ),
        Panel(
            name="growth-by-country",
            kind="growth",
            title="Hours viewed by country",
            finding="{first} grows fastest",
            note="Hours viewed against the period before",
            alone=ALONE,
            query=Query(metrics=("hours_viewed",), dimensions=("viewing_country",), compare="previous"),
            in_period=True,
            width="narrow",
        ),
        Panel(
            name="most-watched",
            kind="table",
            title="Most watched titles",
            note="By hours viewed",
            query=Query(metrics=("hours_viewed", "plays"), dimensions=("title",), order=("-hours_viewed",), limit=100),
            in_period=True,
            rows=8,
        ),
        Panel(
            name="hours-by-genre",
            kind="bars",
            title="Hours by genre",
            finding="Most watched: {first}",
            note="A title of two genres counts half for each",
            query=Query(metrics=("hours_viewed",), dimensions=("genre",), order=("-hours_viewed",)),
            in_period=True,
            rows=8,
        ),
    ),
)
