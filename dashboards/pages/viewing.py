"""Viewing: what is watched, when, on what, and where."""

from dashboards.pages.filters import ALONE, COUNTRY, DEVICE, EVENT_TYPE, PERIODS, TYPE
from dashboards.pages.model import Headline, Page, Panel
from metrics.query import Query

VIEWING = Page(
    path="/viewing",
    title="Viewing",
    lead="What is watched, when, on what, and where.",
    icon="viewing",
    periods=PERIODS,
    choices=(COUNTRY, DEVICE, TYPE, EVENT_TYPE),
    headlines=(
        Headline(metric="plays", grain="day"),
        Headline(metric="hours_viewed", grain="day"),
        Headline(metric="events", grain="day"),
        Headline(metric="completed_share", grain="day"),
    ),
    panels=(
        Panel(
            name="events",
            kind="line",
            title="Events per {grain}",
            query=Query(metrics=("events",), grain="day"),
            note="All types, unless one is chosen, beside the period before",
            alone=ALONE,
            in_period=True,
            width="wide",
        ),
        Panel(
            name="event-types",
            kind="bars",
            title="Types of events",
            finding="Most frequent: {first}",
            query=Query(metrics=("events", "event_share"), dimensions=("event_type",), order=("-events",)),
            note="Events; the table has their shares",
            in_period=True,
            width="narrow",
        ),
        Panel(
            name="top-titles",
            kind="table",
            title="Most watched titles",
            finding="Watched most: {first}",
            query=Query(
                metrics=("plays", "hours_viewed", "viewers"),
                dimensions=("title",),
                order=("-plays", "-hours_viewed"),
                limit=100,
            ),
            note="By plays",
            in_period=True,
            width="tall",
        ),
        Panel(
            name="starts",
            kind="bars",
            title="Most started titles",
            query=Query(metrics=("starts",), dimensions=("title",), order=("-starts",), limit=100),
            note="PLAY_START events, of all time",
            rows=5,
            width="narrow",
        ),
        Panel(
            name="views",
            kind="bars",
            title="Titles by views",
            query=Query(metrics=("views",), dimensions=("title",), order=("-views",), limit=100),
            note="Hours viewed by runtime, as Netflix publishes them",
            in_period=True,
            rows=5,
            width="narrow",
        ),
        Panel(
            name="countries",
            kind="table",
            title="Countries",
            finding="Most hours: {first}",
            query=Query(
                metrics=("hours_viewed", "plays", "viewers"),
                dimensions=("viewing_country",),
                order=("-hours_viewed",),
            ),
            note="By hours viewed",
            in_period=True,
            width="wide",
        ),
        Panel(
            name="country-events",
            kind="bars",
            title="Events by country",
            query=Query(metrics=("events",), dimensions=("viewing_country",), order=("-events",)),
            note="All types, unless one is chosen",
            in_period=True,
            width="narrow",
        ),
        Panel(
            name="devices",
            kind="table",
            title="Devices",
            finding="Most used: {first}",
            query=Query(
                metrics=("plays", "hours_viewed", "viewers"), dimensions=("device",), order=("-plays", "device")
            ),
            note="By plays",
            in_period=True,
        ),
        Panel(
            name="completion",
            kind="bars",
            title="Which movies are watched to the end",
            finding="Watched to the end most often: {first}",
            query=Query(
                metrics=("completed_share", "average_completion", "timed_plays"),
                dimensions=("genre",),
                order=("-completed_share",),
            ),
            note="Completed plays of movies, by genre",
            in_period=True,
        ),
    ),
)
