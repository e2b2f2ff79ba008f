"""Growth: how the catalogue became what it is, year by year, and who drives it."""

from dashboards.pages.filters import CATALOGUE_TYPE, GENRE, MADE_IN, RATING
from dashboards.pages.model import Headline, Page, Panel
from metrics.query import Filter, Query

GROWTH = Page(
    path="/growth",
    title="Growth",
    lead="How the catalogue became what it is, year by year, and who drives it.",
    icon="growth",
    choices=(CATALOGUE_TYPE, GENRE, MADE_IN, RATING),
    headlines=(
        Headline(metric="titles"),
        Headline(metric="titles_last_5_years"),
        Headline(metric="titles_previous_5_years"),
        Headline(metric="title_growth"),
    ),
    panels=(
        Panel(
            name="additions",
            kind="columns",
            title="Titles added, by year",
            query=Query(metrics=("titles",), dimensions=("year_added", "type")),
            note="By type; the latest 15 years",
            rows=15,
            width="wide",
        ),
        Panel(
            name="country-growth",
            kind="growth",
            title="Growth of additions by country",
            finding="{first} grows fastest",
            query=Query(
                metrics=("title_growth", "titles_last_5_years", "titles_previous_5_years"),
                dimensions=("production_country",),
                order=("-titles_last_5_years",),
            ),
            note="Titles added in the last five years, against the five before",
            alone="Titles added in the last five years; none were added in the five before",
            width="narrow",
        ),
        Panel(
            name="since-2015",
            kind="bars",
            title="Content by year of release, against 2015",
            query=Query(
                metrics=("titles",),
                dimensions=("release_year",),
                where=(Filter("release_year", ">=", (2015,)),),
                order=("release_year",),
            ),
            note="Titles of each year, and the change since 2015",
            base=2015,
            rows=15,
        ),
        Panel(
            name="added-since-2015",
            kind="bars",
            title="Additions by year, against 2015",
            query=Query(
                metrics=("titles",),
                dimensions=("year_added",),
                where=(Filter("year_added", ">=", (2015,)),),
                order=("year_added",),
            ),
            note="Titles added in each year, and the change since 2015",
            base=2015,
            rows=15,
        ),
        Panel(
            name="genre-trend",
            kind="heat",
            title="Genres over time",
            query=Query(metrics=("titles",), dimensions=("genre", "year_added"), order=("genre", "year_added")),
            note="Titles added in each year; a title counts once for each of its genres",
            rows=12,
            width="full",
        ),
        Panel(
            name="content-trend",
            kind="table",
            title="Content since 2010",
            query=Query(
                metrics=("titles", "average_duration", "production_countries"),
                dimensions=("release_year", "type"),
                where=(Filter("release_year", ">=", (2010,)),),
                order=("-release_year", "-titles"),
            ),
            note="By year of release: the newest first, then the largest. Length is of movies",
            rows=12,
            width="wide",
        ),
        Panel(
            name="diversity",
            kind="bars",
            title="From how many countries",
            query=Query(
                metrics=("production_countries",),
                dimensions=("release_year",),
                where=(Filter("release_year", ">=", (2010,)),),
                order=("-release_year",),
            ),
            note="Distinct countries of production, by year of release since 2010",
            rows=14,
            width="narrow",
        ),
    ),
)
