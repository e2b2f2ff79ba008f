"""Names and abbreviations of months, in the languages in which sources write dates."""

import unicodedata
from collections.abc import Iterator

from pyspark.sql import Column
from pyspark.sql import functions as F

# By language, January to December: names, in the cases that dates have, and abbreviations, without points.
# Names and abbreviations are those of the Unicode CLDR; French `jui` stands for two months, so for none.
NAMES = {
    "English": (
        *("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug"),
        *("september sep sept", "october oct", "november nov", "december dec"),
    ),
    "German": (
        *("januar jan jänner jän", "februar feb", "märz mär mrz", "april apr", "mai", "juni jun", "juli jul"),
        *("august aug", "september sep sept", "oktober okt", "november nov", "dezember dez"),
    ),
    "French": (
        *("janvier janv jan", "février févr fév", "mars", "avril avr", "mai", "juin jui", "juillet juil jui"),
        *("août aoû", "septembre sept sep", "octobre oct", "novembre nov", "décembre déc"),
    ),
    "Spanish": (
        *("enero ene", "febrero feb", "marzo mar", "abril abr", "mayo may", "junio jun", "julio jul", "agosto ago"),
        *("septiembre setiembre sept sep set", "octubre oct", "noviembre nov", "diciembre dic"),
    ),
    "Portuguese": (
        *("janeiro jan", "fevereiro fev", "março mar", "abril abr", "maio mai", "junho jun", "julho jul"),
        *("agosto ago", "setembro set", "outubro out", "novembro nov", "dezembro dez"),
    ),
    "Italian": (
        *("gennaio gen", "febbraio feb", "marzo mar", "aprile apr", "maggio mag", "giugno giu", "luglio lug"),
        *("agosto ago", "settembre set sett", "ottobre ott", "novembre nov", "dicembre dic"),
    ),
    "Dutch": (
        *("januari jan", "februari feb", "maart mrt", "april apr", "mei", "juni jun", "juli jul", "augustus aug"),
        *("september sep sept", "oktober okt", "november nov", "december dec"),
    ),
    "Swedish": (
        *("januari jan", "februari feb febr", "mars mar", "april apr", "maj", "juni jun", "juli jul", "augusti aug"),
        *("september sep sept", "oktober okt", "november nov", "december dec"),
    ),
    "Danish": (
        *("januar jan", "februar feb febr", "marts mar", "april apr", "maj", "juni jun", "juli jul", "august aug"),
        *("september sep sept", "oktober okt", "november nov", "december dec"),
    ),
    "Norwegian": (
        *("januar jan", "februar feb febr", "mars mar", "april apr", "mai", "juni jun", "juli jul", "august aug"),
        *("september sep sept", "oktober okt", "november nov", "desember des"),
    ),
    "Polish": (
        *("styczeń stycznia sty", "luty lutego lut", "marzec marca mar", "kwiecień kwietnia kwi", "maj maja"),
        *("czerwiec czerwca cze", "lipiec lipca lip", "sierpień sierpnia sie", "wrzesień września wrz"),
        *("październik października paź", "listopad listopada lis", "grudzień grudnia gru"),
    ),
    "Turkish": (
        *("ocak oca", "şubat şub", "mart mar", "nisan nis", "mayıs may", "haziran haz", "temmuz tem", "ağustos ağu"),
        *("eylül eyl", "ekim eki", "kasım kas", "aralık ara"),
    ),
}
# Letters that are no other letter with a mark, and what is written in their place.
PLAIN_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o"})


def spellings(name: str) -> set[str]:
    """How a lower-case text may spell a name.

    A letter with marks may be one character or several, and marks may be missing; a Turkish capital İ is an i with a
    dot above in lower case, and a capital I no ı.
    """
    decomposed = unicodedata.normalize("NFD", name)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(PLAIN_LETTERS)
    capitals = name.replace("i", "i\u0307").replace("ı", "i")
    return {name, decomposed, plain, capitals}


def months_by_spelling() -> dict[str, int]:
    """The month that a spelling stands for in all languages that have it; one that stands for two is left out."""
    found: dict[str, set[int]] = {}
    for spelling, month in _all_spellings():
        found.setdefault(spelling, set()).add(month)
    return {spelling: month for spelling, (month, *others) in found.items() if not others}


def _all_spellings() -> Iterator[tuple[str, int]]:
    for months in NAMES.values():
        for month, names in enumerate(months, start=1):
            for name in names.split():
                for spelling in sorted(spellings(name)):
                    yield spelling, month


def _fields() -> tuple[str, int]:
    """All spellings as one text, with spaces around each: those of a month in one field, and the width of a field.

    A text, because its search costs an engine less than a map or an array of the same names.
    """
    by_month = [
        " ".join(["", *[name for name, its_month in months_by_spelling().items() if its_month == month], ""])
        for month in range(1, 13)
    ]
    width = max(map(len, by_month))
    return "".join(names.ljust(width, "|") for names in by_month), width


FIELDS, WIDTH = _fields()


def month_named(word: Column) -> Column:
    """INT: the month with this name or abbreviation, in lower case; 0 for another word."""
    place = F.position(F.concat(F.lit(" "), word, F.lit(" ")), F.lit(FIELDS))
    return F.ceil(place / WIDTH).cast("int")
