"""The model whose names one of the source systems gives: for those who had its explore, over the export to BigQuery."""

from dashboards.looker.sources import Lookml

CONNECTION = "bigquery_connection"
NAME = "analytics_netflix_current"
LABEL = "Netflix Content Explore"


def legacy_model() -> Lookml:
    """The model: one connection, one explore."""
    return {
        "connection": CONNECTION,
        "label": "Netflix content",
        "includes": [f"/views/{NAME}.view.lkml"],
        "explores": [
            {
                "name": NAME,
                "label": LABEL,
                "description": "Titles of the latest release of the catalogue",
                "sql_always_where": f"${{{NAME}.in_catalogue}}",
            }
        ],
    }


def legacy_view() -> Lookml:
    """The view: the columns of dim_title by which the explore was asked, and the number of titles."""
    return {
        "name": NAME,
        "sql_table_name": "@{BIGQUERY_SCHEMA}.dim_title",
        "dimensions": [
            # Titles that have left and the unknown one have no show_id.
            {
                "name": "primary_key",
                "primary_key": "yes",
                "hidden": "yes",
                "type": "string",
                "sql": "${TABLE}.title_key",
            },
            {
                "name": "show_id",
                "description": "the catalogue's own id of the title",
                "type": "string",
                "sql": "${TABLE}.show_id",
            },
            {"name": "type", "description": "Movie or TV Show", "type": "string", "sql": "${TABLE}.type"},
            {
                "name": "country",
                "description": "the countries of production, in the order of their names",
                "type": "string",
                "sql": _COUNTRIES,
            },
            {
                "name": "release_year",
                "description": "year in which the title was first shown",
                "type": "number",
                "value_format": "0",
                "sql": "${TABLE}.release_year",
            },
            {"name": "in_catalogue", "hidden": "yes", "type": "yesno", "sql": "${TABLE}.in_catalogue"},
        ],
        "measures": [{"name": "total_titles", "description": "number of titles", "type": "count"}],
    }


_COUNTRIES = (
    "(SELECT STRING_AGG(c.country, ', ' ORDER BY c.country) FROM @{BIGQUERY_SCHEMA}.bridge_title_country AS b "
    "JOIN @{BIGQUERY_SCHEMA}.dim_country AS c ON c.country_key = b.country_key WHERE b.title_key = ${TABLE}.title_key)"
)
