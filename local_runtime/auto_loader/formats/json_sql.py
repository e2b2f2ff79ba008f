"""Conditions of DuckDB for a line `l` of JSON: whether it is one that only Python reads as Spark does.

A search for a few letters takes a tenth of the time of a regular expression. So the expressions are behind CASE: of AND
and OR every part is computed for every row.
"""

from local_runtime.quoting import text_literal

LONG_DECIMALS = "|".join(rf"[0-9]{{{digits},}}[.][0-9]{{{16 - digits},}}" for digits in range(1, 16))
REWRITTEN = rf"[:\[,][ \t]*-?([0-9]+[.][0-9]+([eE]|0[^0-9])|0[.]0{{4}}|{LONG_DECIMALS})"
"""Where a line may hold a number with a point that DuckDB would write otherwise: 1.50, 1.5e3, 0.0000001, long ones.

To look for numbers without a point too (1e3, -0) would take as long as to read the lines.
"""
# What DuckDB accepts and Spark doesn't: a comma before an end, and NaN and infinity as C's printf writes them.
NO_JSON = r",[ \t]*[}\]]|[:\[,][ \t]*-?(nan|inf)"
MAY_BE_LAX = (",}", ",]", ", }", ", ]", ",  ", ", \t", ",\t", "nan", "inf")
"""Of which a line that NO_JSON matches has one; not ", " alone, which many programs write between values."""
CONTAINS_ONE = " OR ".join(f"contains(l, '{text}')" for text in MAY_BE_LAX)
IS_LAX = f"CASE WHEN {CONTAINS_ONE} THEN regexp_matches(l, {text_literal(NO_JSON)}) ELSE false END"
IS_REWRITTEN = f"CASE WHEN contains(l, '.') THEN regexp_matches(l, {text_literal(REWRITTEN)}) ELSE false END"
NOT_ONLY_SPACES = "(starts_with(l, '{') OR trim(l) <> '')"  # the first is cheap, and so are all lines but a few
