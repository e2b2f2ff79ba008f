"""The verdict on each release: whether history applies it, and why not.

A fold over the releases in the order in which they arrived: each one is compared with the newest release that was
applied before it. The verdict depends on bronze and on the configuration alone, never on what history has taken in, so
a full refresh gives the same ones. Limits and reasons: docs/decisions/0029-verdicts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.provenance import RELEASE
from cleanse.releases.arrivals import MOST_OF_ONE_SECOND, with_order
from cleanse.releases.decisions import ACCEPT, REJECT, decision_about, unknown_names, with_decision
from cleanse.releases.overlaps import overlaps
from common.specifications import ColumnSpec, TableSpec

APPLIED, HELD, LATE, REJECTED, UNREADABLE = "applied", "held", "late", "rejected", "unreadable"
MISSING = "missing"
"""In place of a verdict, where a decision names no release."""

CLOSES_TOO_MANY = "closes too many"
LEAVES_OUT_TOO_MANY = "leaves out too many rows"
GAPS_FILLED = "gaps filled"
IDENTITY_MISSING = "identity column missing"
FUTURE_DATE = "future date"
LATE_PART_FILES = "late part files"
TOO_MANY = f"more than {MOST_OF_ONE_SECOND} releases of one second, which history can't tell apart"

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
            ColumnSpec(
                "verdict", "STRING", "applied, held, late, rejected or unreadable; missing: a decision names no release"
            ),
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
        rules={
            "release_is_settled": f"verdict IN ('{APPLIED}', '{REJECTED}', '{MISSING}')",
            "decision_names_a_release": f"verdict <> '{MISSING}'",
        },
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
VERDICT_COLUMNS = verdicts_table("", "", "").columns
# What the fold takes of each release, and what it keeps of the newest one applied.
FOLDED = (
    *("release", "release_order", "decision", "rows", "left_out", "members", "has_identity", "in_future", "unknown"),
    *("is_late_part", "is_one_too_many"),
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
    the folder of its part files. One that names no release has a row of its own, with the verdict `missing`: it stops
    nothing, because a release may not have come yet, and is reported until it has.
    """
    numbered = with_order(with_decision(releases, decisions), decisions)
    candidates = numbered.join(overlaps(numbered, members), "position", how="left")
    in_order = F.array_sort(F.collect_list(F.struct("position", *FOLDED, "overlaps")))
    folded = candidates.groupBy().agg(in_order.alias("candidates")).select(_fold(limits).alias("verdicts"))
    verdicts = folded.select(F.explode("verdicts").alias("verdict")).select("verdict.*")
    judged = numbered.join(verdicts, "position", how="inner").select(*[column.name for column in VERDICT_COLUMNS])
    return judged.unionByName(_missing(releases, decisions)) if decisions else judged


def _missing(releases: DataFrame, decisions: Mapping[str, str]) -> DataFrame:
    """One row per decision that names no release."""
    named = unknown_names(releases, decisions)
    known = {
        RELEASE.name: F.col("release"),
        "release": F.col("release"),
        "verdict": F.lit(MISSING),
        "decision": decision_about(F.col("release"), decisions),
    }
    return named.select(
        *[known.get(it.name, F.lit(None).cast(it.type.lower())).alias(it.name) for it in VERDICT_COLUMNS]
    )


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
    return F.coalesce(F.get(release["overlaps"], last["position"]), F.lit(0).cast("bigint"))


def _verdict(release: Column, last: Column, reason: Column) -> Column:
    decision = release["decision"]
    return (
        F.when(release["members"] == 0, UNREADABLE)
        .when(decision == REJECT, REJECTED)
        .when(release["is_one_too_many"], HELD)
        # Alone, they would close the members of the others. Once accepted, they are rows of their release.
        .when(release["is_late_part"], LATE)
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
    return (
        F.when(release["is_one_too_many"], TOO_MANY)
        .when(release["is_late_part"], LATE_PART_FILES)
        .when(last["position"] >= 0, F.nullif(named, F.lit("")))
    )


def _filled_columns(release: Column, last: Column) -> Column:
    """INT: of how many columns with gaps in the release applied last this one has far fewer."""
    gaps = F.arrays_zip(last["unknown"].alias("before"), release["unknown"].alias("now"))

    def is_filled(column: Column) -> Column:
        before, now = column["before"] * 100, column["now"]
        had_gaps = (before >= last["rows"] * FEWEST_GAPS) & (before <= last["rows"] * MOST_GAPS)
        return had_gaps & (now * FILLED * last["rows"] < column["before"] * release["rows"])

    return F.size(F.filter(gaps, is_filled))
