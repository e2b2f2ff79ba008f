"""Names of the files of personal feeds, as they are shown outside bronze: parts that may name a person are hidden.

The local runtime does the same in its messages (`local_runtime/state/file_names.py`); a test compares the two.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.keys import SEPARATOR
from common.pseudonyms import UUID, pseudonym

# The number of a task, as Hadoop and Spark write it; six or eight digits may be a date.
PART_NUMBER = "^part-(?:[a-z]-)?[0-9]{5}"
# Keys of folders (`user_id=…`) whose values are ids, and the words before `id`.
ID_OWNERS = ("event", "user", "account", "subscriber", "customer", "member", "profile", "session", "viewer")
OWNERS = "|".join("".join(f"[{letter.upper()}{letter}]" for letter in owner) for owner in ID_OWNERS)
ID_KEYS = f"(?:^|[^A-Za-z])(?:(?:{OWNERS})?[-_. ]?(?:[Gg][Uu]|[Uu][Uu]|[Uu])?[Ii][Dd]|(?:{OWNERS}))="
NO_CENTURY, NO_MONTH, NO_DAY = (
    "(?:[013-9][0-9]|1[0-8]|2[1-9])",
    "(?:00|1[3-9]|[2-9][0-9])",
    "(?:00|3[2-9]|[4-9][0-9])",
)
YEAR = "(?:19|20)[0-9]{2}"
# A date has six digits (a month), eight (a day), or two more for each of hour, minute and second. Other runs of digits
# are spelled out by length, because not every engine's regular expressions can look ahead.
NO_DATE = (
    "(?:^|[^0-9])(?:[0-9]{5}|[0-9]{7}|[0-9]{9}|[0-9]{11}|[0-9]{13}|[0-9]{15,})(?:[^0-9]|$)",
    # After eight digits and a T comes a time.
    f"(?:^|[^0-9T]|(?:^|[^0-9])[0-9]{{0,7}}T)(?:{NO_CENTURY}[0-9]{{4}}|{YEAR}{NO_MONTH})(?:[^0-9]|$)",
    f"(?:^|[^0-9])(?:{NO_CENTURY}[0-9]{{6}}|{YEAR}{NO_MONTH}[0-9]{{2}}|{YEAR}[0-9]{{2}}{NO_DAY})"
    "(?:[0-9]{2})?(?:[0-9]{2})?(?:[0-9]{2})?(?:[^0-9]|$)",
)
MAY_NAME_A_PERSON = "|".join(("@", UUID, ID_KEYS, *NO_DATE))
HIDDEN = "…[0-9a-f]{16}$"
DIGITS_SHOWN = 16


def shown_path(path: Column, key: str) -> Column:
    """STRING: a path in which each part that may name a person is `…` and sixteen digits of its keyed hash.

    A part may name one if it holds an @, a UUID, five or more digits in a row that are no date, or the value of an id
    (`user_id=…`). The number of a part file (part-00001) stays. What is hidden already stays as it is.
    """
    parts = F.transform(F.split(path, "/"), lambda part: _shown(part, key))
    # The rare condition first: engines evaluate the rest only where it holds.
    return F.when(path.rlike(f"@|=|{UUID}|[0-9]{{5}}"), F.array_join(parts, "/")).otherwise(path)


def _shown(part: Column, key: str) -> Column:
    number = F.regexp_extract(part, PART_NUMBER, 0)
    rest = F.regexp_replace(part, PART_NUMBER, "")
    digits = F.substring(pseudonym(F.concat(F.lit(f"file{SEPARATOR}"), part), key), 1, DIGITS_SHOWN)
    may_name = rest.rlike(MAY_NAME_A_PERSON) & ~rest.rlike(f"^{HIDDEN}")
    return F.when(may_name, F.concat(number, F.lit("…"), digits)).otherwise(part)
