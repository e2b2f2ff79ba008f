"""The verdict on each release: whether history applies it, and why not.

A fold over the releases in the order in which they arrived: each one is compared with the newest release that was
applied before it. The verdict depends on bronze and on the configuration alone, never on what history has taken in, so
a full refresh gives the same ones. Limits and reasons: docs/decisions/0029-verdicts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import RELEASE
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows

APPLIED, HELD, LATE, REJECTED, UNREADABLE = "applied", "held", "late", "rejected", "unreadable"
ACCEPT, REJECT = "accept", "reject"

LATE_PARTS = " of [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
UNKNOWN_RELEASE = "lakehouse.release_decisions names what is no release: "

CLOSES_TOO_MANY = "closes too many"
LEAVES_OUT_TOO_MANY = "leaves out too many rows"
GAPS_FILLED = "gaps filled"
IDENTITY_MISSING = "identity column missing"
FUTURE_DATE = "future date"

# Filled gaps only show in a column that had this share of unknown values before (docs/decisions/0029-verdicts.md).
FEWEST_GAPS, MOST_GAPS = 5, 50  # percent
FILLED = 5  # it has less than a fifth of the gaps
FILLED_COLUMNS = 2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When a release is held: percent of the members that it closes, percent of its rows that are left out.

    Neither counts below `at_least` members or rows.
    """

    closed_percent: int
    left_out_percent: int = 30
    at_least: int = 100


def verdicts_table(name: str, release: str, member: str) -> TableSpec:
    """The table of the verdicts on a feed's releases; `release` and `member` are what one of them is called."""
    return TableSpec(
        name=name,
        comment=f"One row per {release}: its verdict, the reason, and how it compares with the one applied before it.",
        columns=(
            RELEASE,
            ColumnSpec("release", "STRING", "path below the landing folder; of part files, their folder and job"),
            ColumnSpec("verdict", "STRING", "applied, held, late, rejected or unreadable"),
            ColumnSpec("reason", "STRING", "why it was not applied, or that a decision accepted it; else null"),
            ColumnSpec("decision", "STRING", "accept or reject, if one was made; else null"),
            ColumnSpec("release_order", "INT", "position in the order of dates, from 1 for the oldest"),
            ColumnSpec("released_at", "TIMESTAMP", "date in its name, or else when its file was last modified"),
            ColumnSpec("ingested_at", "TIMESTAMP", "when bronze ingested it"),
            ColumnSpec("version", "TIMESTAMP", "its version in history, if it is applied: its date, and milliseconds"),
            ColumnSpec("compared_with", "STRING", "newest release that was applied before it; null for the first"),
            ColumnSpec("rows", "BIGINT", "its rows"),
            ColumnSpec("left_out", "BIGINT", "rows that failed a rule, except repeats and empty rows"),
            ColumnSpec("members", "BIGINT", f"{member}s in it"),
            ColumnSpec("closes", "BIGINT", f"{member}s of the release that it is compared with that it lacks"),
        ),
        properties={"lakehouse.role": "verdicts"},
        rules={"release_is_settled": "verdict IN ('applied', 'rejected')"},
    )


# The name of a verdict's columns and types in the fold.
APPLIED_RELEASE = (
    "struct<position:int,release:string,release_order:int,rows:bigint,members:bigint,has_identity:boolean,"
    "unknown:array<bigint>>"
)
VERDICT = "struct<position:int,verdict:string,reason:string,compared_with:string,closes:bigint>"
NONE_APPLIED = (
    f"TRY_CAST(named_struct('position', -1, 'release', NULL, 'release_order', -1, 'rows', 0, 'members', 0, "
    f"'has_identity', FALSE, 'unknown', array()) AS {APPLIED_RELEASE})"
)
VERDICT_COLUMNS = verdicts_table("", "", "").column_names
# What the fold takes of each release, and what it keeps of the newest one applied.
FOLDED = (
    *(RELEASE.name, "release", "release_order", "decision", "rows", "left_out", "members", "has_identity"),
    *("in_future", "unknown"),
)
COMPARED = ("release", "release_order", "rows", "members", "has_identity", "unknown")


def release_verdicts(
    releases: DataFrame, members: DataFrame, limits: Limits, decisions: Mapping[str, str]
) -> DataFrame:
    """One row per release, with the columns of `verdicts_table`.

    `releases` have _release, release, released_at, ingested_at, sort_key (orders releases of one date), rows, left_out,
    members, has_identity, in_future, and `unknown`: the rows without a value in each column whose gaps are compared,
    null where the release lacks the column. `members` are one row per release and member: release, key. A release whose
    name differs from `_release` is part files that came later than the first ones. `decisions` are by release, or by
    the folder of its part files. One that names no release is an error when the rows are computed.
    """
    numbered = _with_order(releases).withColumn("decision", _decision(F.col("release"), decisions))
    candidates = numbered.join(_overlaps(numbered, members), "position", how="left")
    in_order = F.array_sort(F.collect_list(F.struct("position", *FOLDED, "overlaps")))
    folded = candidates.groupBy().agg(in_order.alias("candidates")).select(_fold(limits).alias("verdicts"))
    verdicts = folded.select(F.explode("verdicts").alias("verdict")).select("verdict.*")
    judged = numbered.join(verdicts, "position", how="inner")
    return judged.select(*VERDICT_COLUMNS)


def _with_order(releases: DataFrame) -> DataFrame:
    """One row per release, with its release_order (by date, from 1), position (by arrival, from 0) and version.

    Releases of one second are in the order of their arrival, those of one arrival in that of their names. So a version,
    which is the release's date and, as milliseconds, its place among those of the same second, rises with
    release_order, and no release that arrives later changes it.
    """
    by_date = ("second", "ingested_at", "released_at", "sort_key", "release")
    second = F.date_trunc("second", "released_at")
    order = F.row_number().over(all_rows().orderBy(*by_date)).cast("int")
    position = F.row_number().over(all_rows().orderBy("ingested_at", *by_date)).cast("int") - 1
    same_second = Window.partitionBy("second").orderBy("position")
    numbered = releases.withColumn("second", second).withColumns({"release_order": order, "position": position})
    version = F.timestamp_millis(F.unix_millis("second") + F.row_number().over(same_second))
    return numbered.withColumn("version", version)


def _decision(release: Column, decisions: Mapping[str, str]) -> Column:
    """STRING: the decision about a release, by its path or that of the folder of its part files; null for none.

    A folder that is a release itself, of part files without an id, stands for that release alone.
    """
    if not decisions:
        return F.lit(None).cast("string")
    by_path = F.create_map(*[F.lit(text) for pair in decisions.items() for text in pair])
    folder = F.regexp_replace(release, "/[^/]*$", "")
    releases = F.collect_set(release).over(all_rows())
    known = F.array_union(releases, F.collect_set(folder).over(all_rows()))
    # Late part files are named by the time of their ingestion, which a full refresh of bronze changes.
    unknown = F.filter(
        F.array(*map(F.lit, decisions)),
        lambda named: (
            ~F.array_contains(known, F.regexp_replace(named, LATE_PARTS, "")) & ~F.array_contains(known, named)
        ),
    )
    message = F.concat(F.lit(UNKNOWN_RELEASE), F.array_join(unknown, ", "))
    of_folder = F.when(~F.array_contains(releases, folder), F.try_element_at(by_path, folder))
    decision = F.coalesce(F.try_element_at(by_path, release), of_folder)
    return F.when(F.size(unknown) > 0, F.raise_error(message).cast("string")).otherwise(decision)


def _overlaps(numbered: DataFrame, members: DataFrame) -> DataFrame:
    """One row per release with members: `overlaps`, how many of its members each release has.

    Members are grouped by the set of releases that have them: there are far fewer sets than members.
    """
    placed = members.join(numbered.select("release", "position"), "release", how="inner")
    keys = placed.groupBy("key").agg(F.array_sort(F.collect_list("position")).alias("others"))
    sets = keys.groupBy("others").agg(F.count(F.lit(1)).alias("members"))
    pairs = sets.select("members", "others", F.explode("others").alias("position")).select(
        "members", "position", F.explode("others").alias("other")
    )
    shared = pairs.groupBy("position", "other").agg(F.sum("members").alias("members"))
    return shared.groupBy("position").agg(F.collect_list(F.struct("other", "members")).alias("overlaps"))


def _fold(limits: Limits) -> Column:
    """ARRAY of VERDICT: one for each of the sorted `candidates`."""

    def step(state: Column, release: Column) -> Column:
        last = state["last"]
        closes = F.when(last["position"] >= 0, last["members"] - _shared(release, last))
        reason = _reason(release, last, closes, limits)
        verdict = _verdict(release, last, reason)
        is_newest = (verdict == APPLIED) & (release["release_order"] > last["release_order"])
        new = F.struct(*[release[name] for name in ("position", *COMPARED)]).cast(APPLIED_RELEASE)
        row = F.struct(
            release["position"].alias("position"),
            verdict.alias("verdict"),
            reason.alias("reason"),
            last["release"].alias("compared_with"),
            closes.alias("closes"),
        ).cast(VERDICT)
        verdicts = F.concat(state["verdicts"], F.array(row).cast(f"array<{VERDICT}>"))
        return F.struct(F.when(is_newest, new).otherwise(last).alias("last"), verdicts.alias("verdicts"))

    start = F.struct(
        F.expr(NONE_APPLIED).alias("last"), F.expr(f"TRY_CAST(array() AS array<{VERDICT}>)").alias("verdicts")
    )
    return F.aggregate("candidates", start, step)["verdicts"]


def _shared(release: Column, last: Column) -> Column:
    """BIGINT: how many members of the release applied last this one has."""
    overlap = F.filter(release["overlaps"], lambda overlap: overlap["other"] == last["position"])
    return F.coalesce(F.get(overlap, F.lit(0))["members"], F.lit(0).cast("bigint"))


def _verdict(release: Column, last: Column, reason: Column) -> Column:
    decision = release["decision"]
    # Part files that came after the others of their release, whose members they would close: not even accepted.
    is_late_part = release["release"] != release[RELEASE.name]
    return (
        F.when(release["members"] == 0, UNREADABLE)
        .when(decision == REJECT, REJECTED)
        .when(is_late_part, LATE)
        .when(decision == ACCEPT, APPLIED)
        .when(release["release_order"] < last["release_order"], LATE)
        .when(reason.isNotNull(), HELD)
        .otherwise(APPLIED)
    )


def _reason(release: Column, last: Column, closes: Column, limits: Limits) -> Column:
    """STRING: what a person should look at before the release is applied; null if nothing, or nothing was applied."""
    most_closed = last["members"] * limits.closed_percent
    most_left_out = release["rows"] * limits.left_out_percent
    reasons = {
        CLOSES_TOO_MANY: (closes >= limits.at_least) & (closes * 100 > most_closed),
        LEAVES_OUT_TOO_MANY: (release["left_out"] >= limits.at_least) & (release["left_out"] * 100 > most_left_out),
        GAPS_FILLED: (release["rows"] >= limits.at_least) & (_filled_columns(release, last) >= FILLED_COLUMNS),
        IDENTITY_MISSING: last["has_identity"] & ~release["has_identity"],
        FUTURE_DATE: release["in_future"],
    }
    named = F.array_join(
        F.array_compact(F.array(*[F.when(holds, F.lit(name)) for name, holds in reasons.items()])), ", "
    )
    return F.when(last["position"] >= 0, F.nullif(named, F.lit("")))


def _filled_columns(release: Column, last: Column) -> Column:
    """INT: of how many columns with gaps in the release applied last this one has far fewer."""
    gaps = F.arrays_zip(last["unknown"].alias("before"), release["unknown"].alias("now"))

    def is_filled(column: Column) -> Column:
        before, now = column["before"] * 100, column["now"]
        had_gaps = (before >= last["rows"] * FEWEST_GAPS) & (before <= last["rows"] * MOST_GAPS)
        return had_gaps & (now * FILLED * last["rows"] < column["before"] * release["rows"])

    return F.size(F.filter(gaps, is_filled))
