"""What became of each release: whether it was applied, how its headers were read, and what is wrong with it."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, SUBSCRIBERS, TITLES, Feed
from bronze.lineage import SOURCE_FILE
from common.dates import AMBIGUOUS_DATE_ORDER
from common.specifications import ColumnSpec, TableSpec
from silver.releases.headers import found_columns, matched_headers, rescued_headers
from silver.releases.order import release_order

SEPARATORS = {";": ";", "\t": "tab", "|": "|"}
MOST_NAMED = 10  # headers in a sentence


def releases_of(feed: Feed, name: str, comment: str) -> TableSpec:
    """The table of what became of each of a feed's releases."""
    return TableSpec(
        name=name,
        comment=comment,
        columns=(
            ColumnSpec("source_file", "STRING", "the file, as a URL"),
            ColumnSpec("file_name", "STRING", "the name of the file"),
            ColumnSpec("release_order", "INT", "from 1, the oldest"),
            ColumnSpec("released_at", "TIMESTAMP", "the date in the name of the file, else when it was last modified"),
            ColumnSpec("ordered_by", "STRING", "file name or modification time"),
            ColumnSpec("rows", "BIGINT", "rows of the file"),
            ColumnSpec("valid_rows", "BIGINT", f"{feed.items} of the release"),
            ColumnSpec("quarantined_rows", "BIGINT", "rows that failed a rule"),
            ColumnSpec("is_applied", "BOOLEAN", "whether any row is valid; a release without one changes nothing"),
            ColumnSpec(
                "missing_columns", "ARRAY<STRING>", "columns of the feed that no header of the file gave a value"
            ),
            ColumnSpec("matched_headers", "ARRAY<STRING>", "headers of other names that were read, for what, and why"),
            ColumnSpec("leftover_headers", "ARRAY<STRING>", "headers that are known for no column"),
            ColumnSpec(
                "separator", "STRING", "what separates the cells of the file, where that seems not to be a comma"
            ),
            ColumnSpec(
                "problem", "STRING", "why the release was not applied, or only in part, and what to do; else null"
            ),
            ColumnSpec(
                "is_superseded",
                "BOOLEAN",
                "whether a later release was applied; of one that was not, any loaded later",
            ),
        ),
        rules={
            "release_is_applied": "is_applied OR is_superseded",
            "release_is_whole": "NOT is_applied OR problem IS NULL OR is_superseded",
        },
    )


TITLE_RELEASES = releases_of(
    TITLES,
    "title_releases",
    "One row per catalogue release (a file): its place in the order, what became of it, its headers.",
)
SUBSCRIBER_RELEASES = releases_of(
    SUBSCRIBERS,
    "subscriber_releases",
    "One row per snapshot of subscribers (a file): its place in the order, what became of it, its headers.",
)


def _header_lists(files: DataFrame, feed: Feed) -> DataFrame:
    """One row per file with rescued headers: matched_columns, matched_headers in the feed's order, leftover_headers."""
    position = F.array_position(F.array(*[F.lit(name) for name in feed.columns]), F.col("column"))
    text = F.concat("column", F.lit(' ← "'), "header", F.lit('" ('), "how", F.lit(")"))
    match = F.struct(position.alias("position"), "place", text.alias("text"))
    is_matched = F.col("column").isNotNull()
    return (
        matched_headers(files, feed)
        .groupBy(SOURCE_FILE)
        .agg(
            F.collect_set("column").alias("matched_columns"),
            F.array_sort(F.collect_list(F.when(is_matched, match))).alias("matches"),
            F.array_sort(F.collect_list(F.when(~is_matched, F.col("header")))).alias("leftover_headers"),
        )
        .withColumn("matched_headers", F.transform("matches", lambda match: match["text"]))
    )


def _without_people(headers: Column, is_named: Column) -> Column:
    """The headers, with … for what may be of a person: a file without a header has its first row for one.

    Of a file with none of the feed's columns that is every header, of others (`is_named`) one with a digit or an @.
    """
    return F.transform(headers, lambda it: F.when(is_named & ~it.rlike("[0-9@]"), it).otherwise("…"))


def _quarantined(quarantine: DataFrame) -> DataFrame:
    """One row per file with quarantined rows: how many, the names of the rules that they failed, ambiguous dates."""
    rules = F.array_sort(F.array_distinct(F.flatten(F.collect_set("failed_rules"))))
    counted = quarantine.groupBy(SOURCE_FILE).agg(
        F.count(F.lit(1)).alias("quarantined"),
        rules.alias("rules"),
        F.count_if(F.array_contains("failed_rules", AMBIGUOUS_DATE_ORDER)).alias("ambiguous"),
    )
    return counted.select(SOURCE_FILE, "quarantined", "rules", "ambiguous")


def _separator(text: Column) -> Column:
    """What a text is full of (twice or more), as a person calls it: a semicolon, tabs or bars; null for none."""
    times = {mark: F.length(text) - F.length(F.translate(text, mark, "")) for mark in SEPARATORS}
    return F.coalesce(*[F.when(times[mark] >= 2, F.lit(name)) for mark, name in SEPARATORS.items()])


def _said_if(condition: Column, *parts: Column | str) -> Column:
    """The parts as one text where the condition holds; nothing elsewhere."""
    texts = [F.lit(part) if isinstance(part, str) else part for part in parts]
    return F.when(condition, F.concat(*texts)).otherwise("")


def _count(number: Column) -> Column:
    return F.format_number(number, 0)


def _problem(feed: Feed) -> Column:
    """What is wrong with a release, and what to do about it; null for nothing."""
    quarantined, rows = F.col("quarantined_rows"), F.col("rows")
    # Of an applied release: its quarantined rows are such as it lacks, so they leave the whole.
    partly = F.when(F.col("ambiguous") > 0, _both_orders(feed)).when(
        quarantined > rows - quarantined, _mostly_invalid(feed)
    )
    return F.when(~F.col("is_applied"), _not_applied()).otherwise(partly)


def _both_orders(feed: Feed) -> Column:
    """What became of an applied release whose dates prove that day and month come in both orders."""
    return F.concat(
        "file_name",
        F.lit(" writes 9/25/2021 as well as 25/9/2021: rows whose dates may be either of two days are quarantined, "),
        _count(F.col("ambiguous")),
        F.lit(f" in all ({AMBIGUOUS_DATE_ORDER}), and their {feed.items} are missing from {feed.whole}. "),
        F.lit("Write its dates one way (2021-09-25) and land it under a name that comes later: its own with "),
        F.lit("_mended before the ending."),
    )


def _mostly_invalid(feed: Feed) -> Column:
    """What became of an applied release of which fewer rows are valid than not."""
    return F.concat(
        "file_name",
        F.lit(" was applied, but only "),
        _count(F.col("valid_rows")),
        F.lit(" of its "),
        _count(F.col("rows")),
        F.lit(f" rows are valid: {feed.items} of the others are missing from {feed.whole}. Rules: "),
        F.array_join("rules", ", "),
        F.lit("."),
    )


def _not_applied() -> Column:
    """Why a release was not applied, and what to do about it."""
    rows, missing, left = F.col("rows"), F.col("missing_columns"), F.col("leftover_headers")
    named = F.array_join(F.slice(left, 1, MOST_NAMED), '", "')
    mark = F.when(F.col("separator") == "tab", "tabs").otherwise(F.concat(F.lit("'"), "separator", F.lit("'")))
    return F.concat(
        "file_name",
        F.lit(" was not applied: "),
        _said_if(rows == 1, "its only row is not valid."),
        _said_if(rows > 1, "none of its ", _count(rows), " rows is valid."),
        _said_if(F.size(missing) > 0, " No column was found for ", F.array_join(missing, ", "), "."),
        _said_if(F.size(left) == 1, ' Left-over header: "', named, '".'),
        _said_if(F.size(left) > 1, ' Left-over headers: "', named, '"'),
        _said_if(F.size(left) > MOST_NAMED, " and ", _count(F.size(left) - MOST_NAMED), " more"),
        _said_if(F.size(left) > 1, "."),
        # Where headers explain it, the rules say nothing new.
        _said_if((F.size(missing) == 0) | (F.size(left) == 0), " Rules: ", F.array_join("rules", ", "), "."),
        _said_if(F.col("separator").isNotNull(), " It looks separated by ", mark, ": save it with commas."),
    )


def release_report(bronze: DataFrame, quarantine: DataFrame, feed: Feed) -> DataFrame:
    """One row per file in a bronze table: a release, its place in the order, and what became of it.

    A row that isn't in quarantine is valid. `separator` is read from the header, where it is the only one that is left
    over, else from a line that is no record, where there is nothing else.
    """
    files = release_order(bronze, found=found_columns(feed), headers=rescued_headers(), line=F.min(CORRUPT))
    for part in (_header_lists(files, feed), _quarantined(quarantine)):
        files = files.join(part, SOURCE_FILE, how="left")
    none = F.array().cast("array<string>")
    lists = ("found", "matched_columns", "matched_headers", "leftover_headers", "rules")
    whole = files.withColumns({name: F.coalesce(name, none) for name in lists})
    is_missing = {
        name: ~F.array_contains("found", name) & ~F.array_contains("matched_columns", name) for name in feed.columns
    }
    missing = F.array(*[F.when(is_missing[name], F.lit(name)) for name in feed.columns])
    only_header = F.when(F.size("leftover_headers") == 1, F.get("leftover_headers", F.lit(0)))
    only_lines = F.when(F.size("missing_columns") == len(feed.columns), F.col("line"))
    later = Window.partitionBy(F.lit(0))
    judged = (
        whole.withColumn("quarantined_rows", F.coalesce("quarantined", F.lit(0).cast("bigint")))
        .withColumn("valid_rows", F.col("rows") - F.col("quarantined_rows"))
        .withColumn("is_applied", F.col("valid_rows") > 0)
        .withColumn("missing_columns", F.filter(missing, lambda name: name.isNotNull()))
        .withColumn("separator", _separator(F.coalesce(only_header, only_lines)))
    )
    if feed.is_personal:
        is_named = F.size("missing_columns") < len(feed.columns)
        judged = judged.withColumn("leftover_headers", _without_people(F.col("leftover_headers"), is_named))
    last_applied = F.max(F.when(F.col("is_applied"), F.col("release_order"))).over(later)
    # One that wasn't applied is settled, too, once another was loaded after it and applied, whatever their dates.
    last_loaded = F.max(F.when(F.col("is_applied"), F.col("ingested_at"))).over(later)
    is_settled = ~F.col("is_applied") & (last_loaded > F.col("ingested_at"))
    return judged.withColumns(
        {
            "source_file": F.col(SOURCE_FILE),
            "problem": _problem(feed),
            "is_superseded": F.coalesce((last_applied > F.col("release_order")) | is_settled, F.lit(False)),
        }
    ).select(*TITLE_RELEASES.column_names)
