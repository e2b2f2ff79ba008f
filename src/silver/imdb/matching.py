"""What matches of titles and of people have in common: names in a comparable form, and three verdicts.

Rules and reasons: docs/decisions/0023-imdb-matches.md.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.text import fold

MATCHED, AMBIGUOUS, UNMATCHED = "matched", "ambiguous", "unmatched"
KNOWN_VERDICT = {"known_verdict": f"verdict IN ('{MATCHED}', '{AMBIGUOUS}', '{UNMATCHED}')"}
IS_MATCHED = f"verdict = '{MATCHED}'"


def comparable_name(name: Column) -> Column:
    """STRING: a name in lower case, as words of letters, marks and digits separated by spaces.

    Apostrophes are left out, and `&` becomes `and`. A name without letters and digits (`#`) stays unchanged.
    """
    words = F.regexp_replace(F.regexp_replace(F.lower(name), "['`\u2018\u2019\u02bc]", ""), "&", " and ")
    plain = F.trim(F.regexp_replace(words, r"[^\p{L}\p{M}\p{N}]+", " "))
    return F.coalesce(F.nullif(plain, F.lit("")), fold(F.lower(name)))
