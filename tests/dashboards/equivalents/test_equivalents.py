"""Every formula that is generated has the form that docs/equivalents.md lists for its kind, and no other."""

import pytest

from tests.helpers.registry import registry_of

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.equivalents.kinds import KINDS, filled, kind_of, matches
from dashboards.equivalents.languages import DAX, LANGUAGES, LOOKML, METRIC_VIEW, SQL, TABLEAU

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)


@LANGUAGE
def test_each_formula_has_its_form(language):
    registry = registry_of()
    formulas = language.formulas(registry)
    wrong = [name for name, text in formulas.items() if not language.has_form(registry, name, text)]
    assert wrong == []
    assert {*registry.measures} - {*formulas} == set() or language.why_not


@LANGUAGE
def test_each_kind_that_a_language_writes_has_a_form(language):
    registry = registry_of()
    written = {kind_of(registry, name) for name in language.formulas(registry)}
    assert written <= {*language.forms} <= {*KINDS}


WRONG = {
    "an average for a sum": (DAX, "revenue", "SUM", "AVERAGE"),
    "another column": (DAX, "starts", "[starts]", "[title_key]"),
    "a filter is lost": (DAX, "movies", "KEEPFILTERS ( 'Titles'[in_catalogue] = TRUE () ),", ""),
    "parts are turned round": (DAX, "movie_share", "[Movies] + 0, [Titles]", "[Titles] + 0, [Movies]"),
    "rounded to other digits": (DAX, "views", ", 6 )", ", 2 )"),
    "the total keeps a filter": (DAX, "title_share", "ALLSELECTED ()", "ALLSELECTED ( 'Titles' )"),
    "SQL counts all values": (SQL, "viewers", "DISTINCT ", ""),
    "SQL adds up averages": (SQL, "average_rating", "SUM(", "AVG("),
    "a view averages": (METRIC_VIEW, "votes", "SUM(", "AVG("),
    "a view counts all values": (METRIC_VIEW, "viewers", "DISTINCT ", ""),
    "LookML averages": (LOOKML, "revenue", "SUM(", "AVG("),
    "LookML counts all values": (LOOKML, "viewers", "count_distinct", "count"),
    "LookML has no weights": (LOOKML, "hours_viewed", " * ${title_genres_pairs.weight}", ""),
    "LookML turns parts round": (LOOKML, "movie_share", "${movies}", "${titles}"),
    "Tableau averages": (TABLEAU, "revenue", "SUM(", "AVG("),
    "Tableau forgets the unit of weights": (TABLEAU, "hours_viewed", "3600000000", "3600"),
    "Tableau counts all values": (TABLEAU, "viewers", "COUNTD(", "COUNT("),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_form_is_noticed(name):
    language, measure, right, wrong = WRONG[name]
    text = language.formulas(registry_of())[measure]
    assert right in text and language.has_form(registry_of(), measure, text)
    assert not language.has_form(registry_of(), measure, text.replace(right, wrong))


def test_a_form_is_matched_whole_and_its_holes_by_their_patterns():
    assert matches("SUM ( {column} )", "SUM  (\n'T'[c] )", {"column": r"'\w+'\[\w+\]"})
    assert not matches("SUM ( {column} )", "SUM ( 1 )", {"column": r"'\w+'\[\w+\]"})
    assert not matches("SUM ( {column} )", "SUM ( 'T'[c] ) / 2", {"column": r"'\w+'\[\w+\]"})
    assert filled("SUM ( {column} )", {"column": "'T'[c]"}) == "SUM ( 'T'[c] )"
    with pytest.raises(KeyError):
        filled("SUM ( {column} )", {})
