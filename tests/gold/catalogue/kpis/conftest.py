"""A small catalogue."""

from datetime import date

import pytest

from gold.catalogue.bridges import BRIDGE_TITLE_COUNTRY, BRIDGE_TITLE_GENRE
from gold.catalogue.dimensions import DIM_GENRE, DIM_RATING, DIM_TITLE
from gold.conformed.dimensions import DIM_COUNTRY

TITLE = "title_key type release_year date_added rating_key duration_minutes content_age_category in_catalogue"


@pytest.fixture
def star(rows):
    """Movies 1 (France and Japan) and 2 (nothing known), show 3 (Japan), and movie 4, which left the catalogue."""
    return {
        "dim_title": rows(
            DIM_TITLE,
            (1, "Movie", 2020, date(2021, 5, 1), 10, 90, "Recent", True),
            (2, "Movie", 2009, None, -1, None, "Classic", True),
            (3, "TV Show", 2020, date(2016, 5, 1), 10, None, "Recent", True),
            (4, "Movie", 1999, date(2021, 5, 1), 10, 60, "Classic", False),
            (-1, "Unknown", None, None, -1, None, "Unknown", False),
            columns=TITLE,
        ),
        "dim_rating": rows(DIM_RATING, (10, "PG"), (-1, "Unknown"), columns="rating_key rating"),
        "dim_genre": rows(DIM_GENRE, (20, "Dramas"), (21, "Kids"), (-1, "Unknown"), columns="genre_key genre"),
        "dim_country": rows(DIM_COUNTRY, (30, "France"), (31, "Japan"), (-1, "Unknown"), columns="country_key country"),
        "bridge_title_genre": rows(
            BRIDGE_TITLE_GENRE, (1, 21), (1, 20), (2, -1), (3, 20), (4, 21), columns="title_key genre_key"
        ),
        "bridge_title_country": rows(
            BRIDGE_TITLE_COUNTRY, (1, 30), (1, 31), (2, -1), (3, 31), (4, 30), columns="title_key country_key"
        ),
    }
