"""Rows of catalogue releases, each checked once: their rules, their cells, and which of them repeat a title."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.provenance import RELEASE
from cleanse.catalogue.cleansing import LISTS, cleanse_titles, with_identity
from cleanse.releases.cells import ONE_VALUE, UNREADABLE, Cell, cell_text, with_unreadable
from cleanse.releases.late_parts import with_joined_parts
from cleanse.releases.rows import ONE_RELEASE, RELEASE_COLUMNS
from common.dates import AMBIGUOUS_DATE_ORDER, LAST_DAY, STREAMING_BEGAN
from common.keys import SEPARATOR, surrogate_key
from common.rules import FAILED_RULES, failed_rules, with_failed_rules
from common.specifications import ColumnSpec, TableSpec

# The first film was made in 1888; years after 2100 are typing errors.
FIRST_YEAR, LAST_YEAR = 1888, 2100
# Logistics (2012), the longest film there is, lasts 35 days and 17 hours.
LONGEST_MOVIE = 51_420
# Meet the Press, the longest-running show of television, has been on every year since 1947.
MAX_SEASONS = 100
# The most names or genres in one cell. A longer text is not a list, and gold's weights are millionths at least.
LONGEST_LIST = 10_000

TITLE_COLUMNS = (
    ColumnSpec("title_key", "BIGINT", "hash of what identifies a title: type, title, release year and directors"),
    ColumnSpec("show_id", "STRING", "id of the title in its latest release; other releases may reuse it"),
    ColumnSpec("type", "STRING", "Movie or TV Show"),
    ColumnSpec("type_flag", "INT", "1 Movie, 2 TV Show"),
    ColumnSpec("title", "STRING", "name of the title, with single spaces"),
    ColumnSpec("short_title", "STRING", "the title up to the first colon"),
    ColumnSpec("directors", "ARRAY<STRING>", "in source order; empty if unknown"),
    ColumnSpec("cast", "ARRAY<STRING>", "in source order; empty if unknown"),
    ColumnSpec("countries", "ARRAY<STRING>", "countries of production, in source order; empty if unknown"),
    ColumnSpec("genres", "ARRAY<STRING>", "in source order; empty if unknown"),
    ColumnSpec("date_added", "DATE", "when the title was added to the catalogue; from 2007-01-16 on"),
    ColumnSpec("release_year", "INT", "year in which the title was first shown"),
    ColumnSpec("rating", "STRING", "maturity rating"),
    ColumnSpec("duration_minutes", "INT", f"length of a movie in minutes, 1 to {LONGEST_MOVIE:,}"),
    ColumnSpec("seasons", "INT", f"number of seasons of a TV show, 1 to {MAX_SEASONS}"),
    ColumnSpec("description", "STRING", "one or two sentences"),
)

TITLE_ROWS = TableSpec(
    name="title_rows",
    comment="One row per row of a catalogue release: cleansed, with the rules that it and its cells failed.",
    columns=(
        *RELEASE_COLUMNS,
        *TITLE_COLUMNS,
        FAILED_RULES,
        UNREADABLE,
        ColumnSpec(
            "bronze_row",
            "STRUCT<" + ", ".join(f"{column.name}: {column.type}" for column in feeds.TITLES_FEED.table.columns) + ">",
            "the unchanged row, if it failed a rule; else null",
        ),
    ),
    partition_cols=(RELEASE.name,),
)

# Who a row is. A row that fails one of these is left out.
TITLE_RULES = {
    "well_formed_record": "_corrupt_record IS NULL",
    "valid_show_id": "show_id IS NOT NULL",
    "valid_title": "title IS NOT NULL",
    "valid_type": "type_flag IS NOT NULL",
    "valid_release_year": f"release_year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}",
}
UNIQUE_TITLE = "unique_title"

LENGTH = ("duration_minutes", "seasons")
NO_ITEMS = "TRY_CAST(array() AS ARRAY<STRING>)"
TITLE_CELLS = (
    ONE_VALUE,
    # A score (7.8, 8.1/10) is not a maturity rating; a minimum age (16, 18+) may be one.
    Cell(
        rule="valid_rating",
        condition="rating IS NULL OR rating NOT RLIKE '^[0-9]+[.,][0-9]'",
        text="rating",
        columns=("rating",),
    ),
    Cell(
        rule="valid_date_added",
        condition="date_added_text IS NULL OR date_added IS NOT NULL OR date_is_ambiguous",
        text="date_added_text",
        columns=(),
    ),
    Cell(rule=AMBIGUOUS_DATE_ORDER, condition="NOT date_is_ambiguous", text="date_added_text", columns=("date_added",)),
    Cell(
        rule="plausible_date_added",
        condition=f"date_added IS NULL OR date_added BETWEEN DATE'{STREAMING_BEGAN}' "
        f"AND least(date_add(last_day, 1), DATE'{LAST_DAY}')",
        text="date_added_text",
        columns=("date_added",),
    ),
    Cell(
        rule="valid_duration",
        condition="duration_text IS NULL OR duration_minutes IS NOT NULL OR seasons IS NOT NULL",
        text="duration_text",
        columns=(),
    ),
    Cell(
        rule="plausible_duration",
        condition=f"coalesce(duration_minutes BETWEEN 1 AND {LONGEST_MOVIE}, TRUE) "
        f"AND coalesce(seasons BETWEEN 1 AND {MAX_SEASONS}, TRUE)",
        text="duration_text",
        columns=LENGTH,
    ),
    Cell(
        rule="length_fits_type",
        condition="CASE type_flag WHEN 1 THEN seasons IS NULL WHEN 2 THEN duration_minutes IS NULL ELSE TRUE END",
        text="duration_text",
        columns=LENGTH,
    ),
    *[
        Cell(
            rule=f"plausible_{column}",
            condition=f"size({column}) <= {LONGEST_LIST}",
            text=f"{name}_text",
            columns=(column,),
            unknown=NO_ITEMS,
        )
        for name, column in LISTS.items()
    ],
)


def title_rows(cells: DataFrame, accepted: Sequence[str] = ()) -> DataFrame:
    """One row per row of `title_cells`, with the columns of TITLE_ROWS; `failed_rules` are empty for a valid row.

    If several otherwise valid rows of a release are the same title, the one added last is valid, or else the one with
    the smallest show_id as text; the others fail `unique_title`. Hashes break further ties: of the cleansed columns
    first, so that neither the folder nor the file decides what gold shows. The late part files whose names are
    `accepted` are rows of the release that they belong to.
    """
    rows = with_unreadable(cleanse_titles(cells, accepted), TITLE_CELLS, cell_text).transform(with_identity)
    others = ("title", "cast", "countries", "genres", "rating", "duration_minutes", "seasons", "description")
    values = surrogate_key(
        *[F.array_join(name, SEPARATOR) if name in LISTS.values() else F.col(name) for name in others]
    )
    unchanged = surrogate_key(
        *[F.col(f"bronze_row.{name}") for name in (*feeds.TITLES_FEED.column_names, feeds.RESCUED)]
    )
    checked = rows.withColumns(
        {"row_failures": failed_rules(TITLE_RULES), "values_hash": values, "cells_hash": unchanged}
    )
    best_first = (F.desc_nulls_last("date_added"), *[F.col(name) for name in ("show_id", "values_hash", "cells_hash")])
    joined = with_joined_parts(checked, accepted)
    valid = with_failed_rules(joined, "title_key", best_first, UNIQUE_TITLE, within=ONE_RELEASE)
    computed = {
        "short_title": F.trim(F.get(F.split("title", ":"), F.lit(0))),
        "bronze_row": F.when(F.size("failed_rules") > 0, F.col("bronze_row")),
    }
    return valid.select(*[computed.get(name, F.col(name)).alias(name) for name in TITLE_ROWS.column_names])
