"""A report on each release: whether it was applied, how its headers were read, and what is wrong with it."""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import CORRUPT, Feed
from bronze.provenance import RELEASE, SOURCE_FILE
from cleanse.releases.cells import cell_text
from cleanse.releases.headers import filled_columns, matched_headers, rescued_headers, without_people
from cleanse.releases.verdicts import APPLIED, HELD, LATE, UNREADABLE
from common.aggregates import count_rows
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows
from silver.releases.order import release_order
from silver.releases.problems import problem

SEPARATORS = {";": ";", "\t": "tab", "|": "|"}

BY_RULE = "ARRAY<STRUCT<rule: STRING, rows: BIGINT, example: STRING>>"
RELEASE_COLUMNS = (
    ColumnSpec("source_file", "STRING", "URL of the file"),
    ColumnSpec("file_name", "STRING", "name of the file"),
    ColumnSpec("release_order", "INT", "position in the order of releases, from 1 for the oldest"),
    ColumnSpec("released_at", "TIMESTAMP", "date in the file name, or else when the file was last modified"),
    ColumnSpec("ordered_by", "STRING", "name, modification time or ingestion: what released_at is from"),
    ColumnSpec("rows", "BIGINT", "rows of the file"),
    ColumnSpec("valid_rows", "BIGINT", "rows that failed no rule"),
    ColumnSpec("quarantined_rows", "BIGINT", "rows that failed a rule"),
    ColumnSpec("is_applied", "BOOLEAN", "whether any row is valid; a release without valid rows is ignored"),
    ColumnSpec("missing_columns", "ARRAY<STRING>", "columns of the feed for which no header had a value"),
    ColumnSpec("matched_headers", "ARRAY<STRING>", "headers read under other names, with the column and why"),
    ColumnSpec("leftover_headers", "ARRAY<STRING>", "headers that match no column"),
    ColumnSpec("separator", "STRING", "what seems to separate the cells: ;, tab or |; null for a comma"),
    ColumnSpec("problem", "STRING", "why the release was not applied, or only in part, and what to do; else null"),
    ColumnSpec("is_superseded", "BOOLEAN", "whether a later release was applied; if unreadable, also one loaded later"),
    ColumnSpec("release", "STRING", "path below the landing folder, by which a decision names it; null for IMDb"),
    ColumnSpec("verdict", "STRING", "applied, held, late, rejected or unreadable"),
    ColumnSpec("reason", "STRING", "why it was held, or would have been without a decision; else null"),
    ColumnSpec("version", "TIMESTAMP", "its version in history, if it is applied; null for IMDb"),
    ColumnSpec("unreadable", BY_RULE, "cells that could not be read and are unknown: rule, rows, an example"),
    ColumnSpec("undecided_date", "STRING", "what looks like a date in its name and was not read as one; else null"),
    ColumnSpec("failures", BY_RULE, "rows that failed a rule: rule, rows, and one value where one decided; else null"),
    ColumnSpec(
        "currency", "STRING", "sign or code of the currency of its amounts, as the source has it; null for none"
    ),
)
NO_EXAMPLES: Mapping[str, Column] = {}


def releases_table(name: str, release: str) -> TableSpec:
    """The table that reports on a feed's releases; `release` is what one of them is called."""
    return TableSpec(
        name=name,
        comment=f"One row per {release} (a file): its position, whether it was applied, and how its headers were read.",
        columns=RELEASE_COLUMNS,
        rules={
            "release_is_applied": "is_applied OR is_superseded OR verdict = 'rejected'",
            "release_is_whole": "NOT is_applied OR problem IS NULL OR is_superseded",
            "cells_are_readable": "size(unreadable) = 0 OR is_superseded",
        },
        properties={"lakehouse.role": "releases"},
    )


def file_report(bronze: DataFrame, quarantine: DataFrame, feed: Feed) -> DataFrame:
    """One row per file in a bronze table whose newest file replaces the others; a row not in quarantine is valid."""
    measures = {"filled_columns": filled_columns(feed), "rescued_headers": rescued_headers(), "line": F.min(CORRUPT)}
    files = release_order(bronze, **measures).withColumn("source_file", F.col(SOURCE_FILE))
    counted = files.join(_failures(quarantine, SOURCE_FILE), SOURCE_FILE, how="left").join(
        _failures_by_rule(quarantine, SOURCE_FILE, NO_EXAMPLES), SOURCE_FILE, how="left"
    )
    verdict = F.when(F.col("valid_rows") > 0, APPLIED).otherwise(UNREADABLE)
    unknown = (RELEASE.name, "release", "reason", "compared_with", "undecided_date", "currency")
    absent = {name: F.lit(None).cast("string") for name in unknown}
    judged = counted.transform(_with_row_counts).withColumns(
        {
            "verdict": verdict,
            "unreadable": F.array().cast(_plain(BY_RULE)),
            "closes": F.lit(0),
            "version": F.lit(None).cast("timestamp"),
            **absent,
        }
    )
    return _reported(judged, files, feed, SOURCE_FILE)


def snapshot_report(
    bronze: DataFrame,
    rows: DataFrame,
    verdicts: DataFrame,
    feed: Feed,
    examples: Mapping[str, Column] = NO_EXAMPLES,
    currency: str = "TRY_CAST(NULL AS STRING)",
) -> DataFrame:
    """One row per release of a snapshot feed. `rows` are its checked rows, `verdicts` one row per release.

    `examples` are, by rule, the value that decided for a row which failed it; none where that could identify a person.
    `currency` is an SQL expression, the same for all rows of a release.
    """
    files = bronze.groupBy(RELEASE.name).agg(
        filled_columns(feed).alias("filled_columns"),
        rescued_headers().alias("rescued_headers"),
        F.min(CORRUPT).alias("line"),
        F.min(SOURCE_FILE).alias("source_file"),
    )
    described = rows.groupBy("release").agg(
        F.min("ordered_by").alias("ordered_by"),
        F.min("undecided_date").alias("undecided_date"),
        F.min(F.expr(currency)).alias("currency"),
    )
    left_out = rows.filter(F.size("failed_rules") > 0)
    judged = (
        verdicts.join(described, "release", how="inner")
        .join(_failures(left_out, "release"), "release", how="left")
        .join(_failures_by_rule(left_out, "release", examples), "release", how="left")
        .join(_unreadable(rows), "release", how="left")
        .join(files, RELEASE.name, how="inner")
        .transform(_with_row_counts)
    )
    named = judged.withColumns(
        {
            "file_name": F.regexp_extract("release", "[^/]*$", 0),
            "unreadable": F.coalesce("unreadable", F.array().cast(_plain(BY_RULE))),
        }
    )
    return _reported(named, files, feed, RELEASE.name)


def _reported(judged: DataFrame, files: DataFrame, feed: Feed, by: str) -> DataFrame:
    """One row per release, with RELEASE_COLUMNS."""
    headers = judged.join(_header_lists(files, feed, by), by, how="left").transform(_with_headers, feed)
    applied = headers.withColumn("is_applied", F.col("verdict") == APPLIED)
    reported = applied.transform(_with_supersession).withColumn("problem", problem(feed))
    return reported.select(*[column.name for column in RELEASE_COLUMNS])


def _plain(type_name: str) -> str:
    return type_name.replace(": ", ":")


def _unreadable(rows: DataFrame) -> DataFrame:
    """One row per release with cells that could not be read: `unreadable`, by rule."""
    cells = rows.select("release", F.explode("unreadable").alias("cell")).select("release", "cell.rule", "cell.value")
    return _by_rule(cells, "release", "unreadable")


def _failures_by_rule(failed: DataFrame, by: str, examples: Mapping[str, Column]) -> DataFrame:
    """One row per release with rows that failed a rule: `failures`, by rule."""
    rows = failed.withColumn("rule", F.explode("failed_rules"))
    values = [F.when(F.col("rule") == rule, value) for rule, value in examples.items()]
    value = cell_text(F.coalesce(*values)) if values else F.lit(None).cast("string")
    return _by_rule(rows.select(by, "rule", value.alias("value")), by, "failures")


def _by_rule(values: DataFrame, by: str, name: str) -> DataFrame:
    """One row per release: the column `name`, how many rows each rule has, and the smallest of their values."""
    by_rule = values.groupBy(by, "rule").agg(count_rows("rows"), F.min("value").alias("example"))
    return by_rule.groupBy(by).agg(F.array_sort(F.collect_list(F.struct("rule", "rows", "example"))).alias(name))


def _with_row_counts(files: DataFrame) -> DataFrame:
    """One row per file, with quarantined_rows, valid_rows, and rules and failures, which are empty for none."""
    failures = F.coalesce("failures", F.array().cast(_plain(BY_RULE)))
    quarantined = F.coalesce("quarantined", F.lit(0).cast("bigint"))
    counts = {"quarantined_rows": quarantined, "valid_rows": F.col("rows") - quarantined}
    return files.withColumns({**counts, "rules": _or_empty("rules"), "failures": failures})


def _with_headers(files: DataFrame, feed: Feed) -> DataFrame:
    """One row per file, with missing_columns, matched_headers, leftover_headers and separator.

    The separator is guessed from the header if it is the only leftover one, or else from a line that is not a record if
    the file has nothing else.
    """
    lists = ("filled_columns", "matched_columns", "matched_headers", "leftover_headers")
    complete = files.withColumns({name: _or_empty(name) for name in lists})
    is_missing = {
        name: ~F.array_contains("filled_columns", name)
        & ~F.arrays_overlap("matched_columns", F.array(*[F.lit(known) for known in _read_as(name, feed)]))
        for name in feed.column_names
    }
    missing = F.array_compact(F.array(*[F.when(is_missing[name], F.lit(name)) for name in feed.column_names]))
    only_header = F.when(F.size("leftover_headers") == 1, F.get("leftover_headers", F.lit(0)))
    only_lines = F.when(F.size("missing_columns") == len(feed.column_names), F.col("line"))
    separated = complete.withColumn("missing_columns", missing).withColumn(
        "separator", _separator(F.coalesce(only_header, only_lines))
    )
    if not feed.is_personal:
        return separated
    has_header = F.size("missing_columns") < len(feed.column_names)
    return separated.withColumn("leftover_headers", without_people(F.col("leftover_headers"), has_header))


def _read_as(name: str, feed: Feed) -> list[str]:
    """The columns that can be read as a column of the feed: it, and its alternatives."""
    return [name, *[column.name for column in feed.alternatives if name in column.replaces]]


def _with_supersession(files: DataFrame) -> DataFrame:
    """One row per file, with is_superseded.

    A release that is unreadable is also settled by one that was loaded later and applied, whatever their dates. One
    that is held or late waits for a decision.
    """
    last_applied = F.max(F.when(F.col("is_applied"), F.col("release_order"))).over(all_rows())
    last_loaded = F.max(F.when(F.col("is_applied"), F.col("ingested_at"))).over(all_rows())
    is_settled = (F.col("verdict") == UNREADABLE) & (last_loaded > F.col("ingested_at"))
    waits = F.col("verdict").isin(HELD, LATE)
    is_superseded = F.coalesce((last_applied > F.col("release_order")) | is_settled, F.lit(False)) & ~waits
    return files.withColumn("is_superseded", is_superseded)


def _or_empty(name: str) -> Column:
    return F.coalesce(name, F.array().cast("array<string>"))


def _header_lists(files: DataFrame, feed: Feed, by: str) -> DataFrame:
    """One row per file with rescued headers: matched_columns, matched_headers in the feed's order, leftover_headers."""
    names = F.array(*[F.lit(column.name) for column in feed.known_columns])
    position = F.array_position(names, F.col("column"))
    text = F.concat("column", F.lit(' ← "'), "header", F.lit('" ('), "how", F.lit(")"))
    match = F.struct(position.alias("position"), "rank", text.alias("text"))
    is_matched = F.col("column").isNotNull()
    return (
        matched_headers(files, feed, [by])
        .groupBy(by)
        .agg(
            F.collect_set("column").alias("matched_columns"),
            F.array_sort(F.collect_list(F.when(is_matched, match))).alias("matches"),
            F.array_sort(F.collect_list(F.when(~is_matched, F.col("header")))).alias("leftover_headers"),
        )
        .withColumn("matched_headers", F.transform("matches", lambda match: match["text"]))
    )


def _failures(quarantine: DataFrame, by: str) -> DataFrame:
    """One row per release with quarantined rows: their number, and the rules that they failed."""
    rules = F.array_sort(F.array_distinct(F.flatten(F.collect_set("failed_rules"))))
    return quarantine.groupBy(by).agg(count_rows("quarantined"), rules.alias("rules"))


def _separator(text: Column) -> Column:
    """STRING: the separator that a text contains at least twice: a semicolon, tab or bar; null if there is none."""
    times = {mark: F.length(text) - F.length(F.translate(text, mark, "")) for mark in SEPARATORS}
    return F.coalesce(*[F.when(times[mark] >= 2, F.lit(name)) for mark, name in SEPARATORS.items()])
