"""The country of each person in the sample, in which they live and watch: by the seed and the person's number."""

from collections.abc import Sequence

WEIGHTED_CODES = ("US",) * 8 + ("IN",) * 5 + ("GB", "GB", "DE", "FR", "JP", "BR", "ES", "KR", "MX", "TR")
# The countries by their codes: the catalogue's name for each, and its region.
NAMES_AND_REGIONS = {
    "US": ("United States", "Americas"),
    "IN": ("India", "Asia"),
    "GB": ("United Kingdom", "Europe"),
    "DE": ("Germany", "Europe"),
    "FR": ("France", "Europe"),
    "JP": ("Japan", "Asia"),
    "BR": ("Brazil", "Americas"),
    "ES": ("Spain", "Europe"),
    "KR": ("South Korea", "Asia"),
    "MX": ("Mexico", "Americas"),
    "TR": ("Turkey", "Asia"),
}
_CODES = "[" + ",".join(f"'{code}'" for code in WEIGHTED_CODES) + "]"
# SQL of DuckDB: the country's code of a `person` (INT).
CODE_OF_PERSON = f"({_CODES})[1 + (hash($seed, person, 'country') % {len(WEIGHTED_CODES)})::INT]"


def countries_of(people: Sequence[int], seed: int) -> list[str]:
    """The names of these people's countries, in order."""
    import duckdb

    code = CODE_OF_PERSON.replace("$seed", f"({seed})")
    query = f"SELECT {code} FROM (SELECT unnest(?::INT[]) AS person, generate_subscripts(?::INT[], 1) AS n) ORDER BY n"
    with duckdb.connect() as duck:
        codes = duck.execute(query, [list(people)] * 2).fetchall()
    return [NAMES_AND_REGIONS[code][0] for (code,) in codes]
