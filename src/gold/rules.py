"""Rules of the gold tables: a row that fails one is dropped and counted, and one that gives NULL fails."""

from collections.abc import Mapping

_COUNTED = {"counts_titles": "titles > 0"}
_SHARE = {"share_is_a_fraction": "share BETWEEN 0 AND 1"}
_WEIGHT = {"weight_is_a_fraction": "weight > 0 AND weight <= 1"}
_TITLE = {"has_title": "title_key IS NOT NULL"}
_TYPE = {"known_type": "type IN ('Movie', 'TV Show')"}

RULES: Mapping[str, Mapping[str, str]] = {
    "dim_date": {
        "has_key": "date_key IS NOT NULL",
        "key_is_the_date": "date_key = -1 OR date_key = year * 10000 + month * 100 + day",
    },
    "dim_title": {
        **_TITLE,
        "has_name": "title IS NOT NULL",
        "known_type": "type_flag IN (1, 2, -1)",
        "has_rating": "rating_key IS NOT NULL",
        "positive_length": "coalesce(duration_minutes, seasons, 1) >= 0",
    },
    "dim_genre": {"has_key": "genre_key IS NOT NULL", "has_name": "genre <> ''"},
    "dim_country": {
        "has_key": "country_key IS NOT NULL",
        "has_name": "country <> ''",
        "iso_code_is_alpha_2": "iso_code IS NULL OR length(iso_code) = 2",
    },
    "dim_person": {"has_key": "person_key IS NOT NULL", "has_name": "person <> ''"},
    "dim_rating": {"has_key": "rating_key IS NOT NULL", "has_name": "rating <> ''"},
    "bridge_title_genre": {**_TITLE, "has_genre": "genre_key IS NOT NULL", **_WEIGHT},
    "bridge_title_country": {**_TITLE, "has_country": "country_key IS NOT NULL", **_WEIGHT},
    "bridge_title_person": {
        **_TITLE,
        "has_person": "person_key IS NOT NULL",
        "known_role": "role IN ('director', 'cast')",
        "billed_from_1": "billing_order >= 1",
        **_WEIGHT,
    },
    "fact_title_addition": {
        **_TITLE,
        "has_date": "date_key IS NOT NULL",
        "has_rating": "rating_key IS NOT NULL",
    },
    "kpi_content_type": {**_TYPE, **_COUNTED, **_SHARE},
    "kpi_genre": {"has_genre": "genre IS NOT NULL", **_COUNTED, **_SHARE},
    "kpi_country": {"has_country": "country IS NOT NULL", "types_add_up": "titles = movies + tv_shows", **_COUNTED},
    "kpi_rating": {"has_rating": "rating IS NOT NULL", **_COUNTED, **_SHARE},
    "kpi_release_year": {"has_year": "release_year IS NOT NULL", **_TYPE, **_COUNTED},
    "kpi_year_added": {**_TYPE, **_COUNTED},
    "kpi_content_age": {
        **_TYPE,
        "known_category": "content_age_category IN ('Recent', 'Modern', 'Classic')",
        "has_country": "country IS NOT NULL",
        "counts_titles": "content_count > 0",
    },
    "kpi_genre_trend": {"has_genre": "genre IS NOT NULL", **_COUNTED},
    "kpi_country_growth": {
        "has_country": "country IS NOT NULL",
        "counts_titles": "titles_last_5_years >= 0 AND titles_previous_5_years >= 0",
    },
}
