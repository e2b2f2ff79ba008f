"""Countries, each with one name, that of the catalogue: the table of them, and how other names and codes are read."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from common.country_aliases import ALIASES_BY_SOURCE
from common.reference import csv_rows
from common.text import letters_and_digits

COUNTRY_SCHEMA = StructType().add("country", "string").add("iso_code", "string").add("region", "string")


def countries() -> tuple[tuple[str | None, ...], ...]:
    """One row of COUNTRY_SCHEMA per country, by its name in the catalogue.

    iso_code is ISO 3166-1 alpha-2, every code but AQ (Antarctica has no region). States that no longer exist have none,
    nor has Kosovo. region is that of the United Nations (M49); for those that M49 doesn't list (Kosovo, Taiwan, states
    that no longer exist) it is where they are.
    """
    return csv_rows(Path(__file__).with_name("countries.csv"))


def country_names() -> list[str]:
    """The names of countries in the catalogue."""
    return [str(country) for country, _, _ in countries()]


def plain(name: str) -> str:
    """The letters and digits of a name, in lower case, as `country_form` has them."""
    text = re.sub("^the ", "", name.lower()).replace("&", "and")
    return "".join(character for character in text if unicodedata.category(character)[0] in "LN")


def country_form(text: Column) -> Column:
    """STRING: the form by which names of countries are compared: letters and digits, in lower case, without "the"."""
    return letters_and_digits(F.replace(F.regexp_replace(F.lower(text), "^the ", ""), F.lit("&"), F.lit("and")))


@cache
def names_by_form() -> dict[str, str]:
    """The catalogue's name of a country by the form of that name, and of each alias."""
    own = {plain(name): name for name in country_names()}
    by_alias = {
        plain(alias): name
        for aliases in ALIASES_BY_SOURCE.values()
        for name, several in aliases.items()
        for alias in several
    }
    return own | by_alias


@cache
def codes_by_alias() -> dict[str, str]:
    """The code by ISO 3166-1 alpha-2 of each country by its aliases of two or three letters, in upper case: UK, USA."""
    codes = {country: code for country, code, _ in countries() if code}
    by_alias = {form.upper(): codes.get(name) for form, name in names_by_form().items()}
    return {
        alias: code for alias, code in by_alias.items() if code and code != alias and re.fullmatch("[A-Z]{2,3}", alias)
    }


def known_country(text: Column) -> Column:
    """STRING: the catalogue's name of a country, which `text` is a name of; else the text."""
    return _name(text, names_by_form())


def known_country_of_code(text: Column) -> Column:
    """STRING: the catalogue's name of a country, which `text`, in a column of codes, is a code or name of; or the text.

    The codes are those of ISO 3166-1 alpha-2, in any case.
    """
    by_code = {code.lower(): str(country) for country, code, _ in countries() if code}
    return _name(text, names_by_form() | by_code)


def _name(text: Column, names: Mapping[str, str]) -> Column:
    # One text to search, because the default engine makes a map of literals again for each row. The function is called
    # by its name, because the one of PySpark takes no column to search for.
    lines = "".join(f"\n{form}\t{name}" for form, name in names.items())
    before = F.concat(F.lit("\n"), country_form(text), F.lit("\t"))
    behind = F.call_function("substring_index", F.lit(lines), before, F.lit(-1))
    # Where the form is in none of the lines, this is what is before the first break: nothing. It is cast, because the
    # default engine makes another type of text of it, which no array of texts may have.
    name = F.nullif(F.substring_index(behind, "\n", 1), F.lit("")).cast("string")
    # Nearly all texts are the catalogue's names, and compared with nothing else.
    return F.when(text.isin(*country_names()), text).otherwise(F.coalesce(name, text))
