"""The catalogue: what there is to watch, where it was made, for whom, and how old it is."""

from dashboards.pages.filters import ADDED, CATALOGUE_TYPE, GENRE, MADE_IN, MADE_IN_REGION, RATING, RELEASED
from dashboards.pages.model import Headline, Page, Panel
from metrics.query import Query

CATALOGUE = Page(
    path="/catalogue",
    title="Catalogue",
    lead="What there is to watch, where it was made, for whom, and how old it is.",
    icon="catalogue",
    choices=(CATALOGUE_TYPE, GENRE, MADE_IN, MADE_IN_REGION, RATING, RELEASED, ADDED),
    headlines=(
        Headline(metric="titles"),
        Headline(metric="movie_share"),
        Headline(metric="genres"),
        Headline(metric="production_countries"),
        Headline(metric="average_duration"),
        Headline(metric="average_rating"),
        Headline(metric="unwatched_titles"),
        Headline(metric="unwatched_share", good="down"),
    ),
    panels=(
        Panel(
            name="types",
            kind="bars",
            title="Movies and TV shows",
            query=Query(metrics=("titles", "title_share"), dimensions=("type",), order=("-titles",)),
            note="Number of titles",
            width="narrow",
        ),
        Panel(
            name="content-age",
            kind="parts",
            title="How old the content is, by type",
            query=Query(metrics=("titles",), dimensions=("type", "content_age_category")),
            note="Share of titles: recent is from 2020, modern from 2010",
            width="narrow",
        ),
        Panel(
            name="ratings",
            kind="bars",
            title="Maturity ratings",
            finding="Most frequent rating: {first}",
            query=Query(metrics=("titles", "title_share"), dimensions=("rating",), order=("-titles",)),
            note="Number of titles",
            rows=5,
            width="narrow",
        ),
        Panel(
            name="genres",
            kind="bars",
            title="Genres",
            finding="Largest genre: {first}",
            query=Query(metrics=("titles", "title_share"), dimensions=("genre",), order=("-titles",)),
            note="A title counts once for each of its genres",
            rows=12,
        ),
        Panel(
            name="countries",
            kind="table",
            title="Where titles are made",
            finding="Most titles are made in: {first}",
            query=Query(
                metrics=("titles", "movies", "tv_shows"), dimensions=("production_country",), order=("-titles",)
            ),
            note="A title counts once for each of its countries",
            rows=9,
        ),
        Panel(
            name="release-years",
            kind="columns",
            title="Titles by year of release",
            query=Query(metrics=("titles",), dimensions=("release_year", "type")),
            note="The latest 25 years; the table has all",
            rows=25,
            width="tall",
        ),
        Panel(
            name="regions",
            kind="bars",
            title="Regions of production",
            query=Query(metrics=("titles",), dimensions=("production_region",), order=("-titles",)),
            note="A title counts once for each of its countries there",
            width="narrow",
        ),
        Panel(
            name="depth",
            kind="bars",
            title="What nobody watched",
            query=Query(
                metrics=("unwatched_titles", "unwatched_share", "watched_titles", "titles"), dimensions=("type",)
            ),
            note="Titles without a view; the table has their share",
            width="narrow",
        ),
        Panel(
            name="years-added",
            kind="columns",
            title="Titles by the year in which they were added",
            query=Query(metrics=("titles",), dimensions=("year_added", "type")),
            rows=15,
            width="full",
        ),
        Panel(
            name="countries-by-age",
            kind="table",
            title="Age of content by type and country",
            query=Query(
                metrics=("titles", "average_duration", "genres"),
                dimensions=("production_country", "type", "content_age_category"),
                order=("-titles",),
            ),
            note="With the average length of movies and the number of genres",
            rows=6,
            width="full",
        ),
        Panel(
            name="underwatched",
            kind="table",
            title="Well rated, little watched",
            query=Query(
                metrics=("less_watched_share", "average_rating", "votes"),
                dimensions=("title", "type"),
                order=("less_watched_share", "-average_rating"),
                limit=100,
            ),
            note="Top rated at IMDb, and the share of rated titles that have fewer hours still",
            rows=6,
            width="full",
        ),
    ),
)
