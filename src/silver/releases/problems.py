"""What is wrong with a release, and what to do about it, in sentences for a person."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from bronze.feeds import Feed
from bronze.provenance import RELEASE
from cleanse.releases.verdicts import APPLIED, HELD, LATE, LATE_PART_FILES, UNREADABLE
from common.dates import AMBIGUOUS_DATE_ORDER
from common.text import counted, is_or_are, text_if

MAX_NAMED_HEADERS = 10  # headers in a sentence


def problem(feed: Feed) -> Column:
    """STRING: what is wrong with a row of a release report, and what to do; null if nothing is."""
    invalid, valid = F.col("quarantined_rows"), F.col("valid_rows")
    ambiguous = F.exists("unreadable", lambda cell: cell["rule"] == AMBIGUOUS_DATE_ORDER)
    of_applied = F.when(ambiguous, _both_date_orders()).when(invalid > valid, _mostly_invalid(feed))
    verdict = F.col("verdict")
    return (
        F.when(verdict == UNREADABLE, _not_applied(feed))
        .when(verdict == HELD, F.concat(_held(feed), _decide()))
        .when(verdict == LATE, F.concat(_late(), _decide()))
        .when(verdict == APPLIED, of_applied)
    )


def _name() -> Column:
    """STRING: what a release is called: its path below the landing folder; of IMDb, the name of its file."""
    return F.coalesce("release", "file_name")


def _held(feed: Feed) -> Column:
    """Why a release waits: it would change more than a release usually does."""
    return F.concat(
        "release",
        F.lit(" is held, and was not applied: "),
        "reason",
        F.lit(". It would close "),
        counted(F.col("closes"), feed.row_noun),
        F.lit(", compared with "),
        "compared_with",
        F.lit("; "),
        _formatted(F.col("quarantined_rows")),
        F.lit(" of its "),
        _formatted(F.col("rows")),
        F.lit(" rows "),
        is_or_are(F.col("quarantined_rows")),
        F.lit(" left out. "),
    )


def _late() -> Column:
    older = F.concat(F.lit("its date is before that of "), "compared_with", F.lit(", which was applied before. "))
    part = F.concat(
        F.lit("other part files of "), RELEASE.name, F.lit(" were loaded before. Once accepted, they are one release. ")
    )
    why = F.when(F.col("reason") == LATE_PART_FILES, part).otherwise(older)
    return F.concat("release", F.lit(" came too late, and was not applied: "), why)


def _decide() -> Column:
    return F.lit("Accept or reject it (lakehouse.release_decisions).")


def _formatted(count: Column) -> Column:
    return F.format_number(count, 0)


def _both_date_orders() -> Column:
    """Of an applied release: some of its dates prove that the day comes first, and others that the month does."""
    return F.concat(
        _name(),
        F.lit(" writes 9/25/2021 as well as 25/9/2021: dates that may be either of two days are unknown "),
        F.lit(f"({AMBIGUOUS_DATE_ORDER}). "),
        F.lit("Write its dates one way (2021-09-25) and land it under a name that comes later: its own with "),
        F.lit("_corrected before the extension."),
    )


def _mostly_invalid(feed: Feed) -> Column:
    """Of an applied release: it has more invalid rows than valid ones."""
    return F.concat(
        _name(),
        F.lit(" was applied, but only "),
        _formatted(F.col("valid_rows")),
        F.lit(" of its "),
        _formatted(F.col("rows")),
        F.lit(" rows "),
        is_or_are(F.col("valid_rows")),
        F.lit(f" valid: {feed.row_noun} of the others are missing from {feed.collection}. Rules: "),
        F.array_join("rules", ", "),
        F.lit("."),
    )


def _not_applied(feed: Feed) -> Column:
    """Why a release was not applied: none of its rows is valid."""
    rows, missing, leftover = F.col("rows"), F.col("missing_columns"), F.col("leftover_headers")
    named = F.array_join(F.slice(leftover, 1, MAX_NAMED_HEADERS), '", "')
    return F.concat(
        _name(),
        F.lit(" was not applied: "),
        text_if(rows == 1, "its only row is not valid."),
        text_if(rows > 1, "none of its ", _formatted(rows), " rows is valid."),
        text_if(F.size(missing) > 0, " No column was found for ", F.array_join(missing, ", "), "."),
        text_if(F.size(leftover) == 1, ' Left-over header: "', named, '".'),
        text_if(F.size(leftover) > 1, ' Left-over headers: "', named, '"'),
        text_if(
            F.size(leftover) > MAX_NAMED_HEADERS, " and ", _formatted(F.size(leftover) - MAX_NAMED_HEADERS), " more"
        ),
        text_if(F.size(leftover) > 1, "."),
        # If headers explain it, the rules add nothing.
        text_if((F.size(missing) == 0) | (F.size(leftover) == 0), " Rules: ", F.array_join("rules", ", "), "."),
        _separated(feed),
    )


def _separated(feed: Feed) -> Column:
    """What to do about the separator of a file's lines, if it is known; an empty text otherwise."""
    has_tabs = F.col("separator") == "tab"
    mark = F.when(has_tabs, "tabs").otherwise(F.concat(F.lit("'"), "separator", F.lit("'")))
    needs_tabs = feed.options.get("sep") == "\t"
    with_others = text_if(
        F.col("separator").isNotNull(),
        *(" It looks separated by ", mark, f": save it with {'tabs' if needs_tabs else 'commas'}."),
    )
    above = " Its lines have tabs, as they should, and its first line is no header: remove what is above the header."
    return F.when(has_tabs, above).otherwise(with_others) if needs_tabs else with_others
