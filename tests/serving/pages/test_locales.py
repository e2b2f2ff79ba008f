"""Numbers are written as the reader's language writes them."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.columns import ResultColumn
from serving.locales import ENGLISH, LOCALES, MINUS, NOTHING, day, locale_of
from tests.serving.pages.documents import parse


@pytest.mark.parametrize(
    ("header", "written"),
    [
        ("", "1,234,567.5"),
        ("en-GB,en;q=0.9", "1,234,567.5"),
        ("de-DE,de;q=0.9,en;q=0.8", "1.234.567,5"),
        ("de-CH", "1\u2019234\u2019567.5"),
        ("fr", "1\u202f234\u202f567,5"),
        ("es-MX,es;q=0.9", "1,234,567.5"),
        ("xx, nl;q=0.5, fr;q=0.7", "1\u202f234\u202f567,5"),
        ("fr;q=many, pt", "1.234.567,5"),
        (", ;;; q=0", "1,234,567.5"),
    ],
)
def test_signs_are_those_of_the_preferred_language(header, written):
    assert locale_of(header).number(Decimal("1234567.5"), 1) == written


def test_numbers_are_rounded_half_up_and_none_is_a_dash():
    assert [ENGLISH.number(Decimal(text)) for text in ("0.5", "1.5", "-2.5", "-0.4")] == ["1", "2", f"{MINUS}3", "0"]
    assert ENGLISH.number(None) == ENGLISH.percent(None) == NOTHING


def test_changes_have_their_sign_and_unit():
    assert ENGLISH.change(Decimal("0.3855")) == "+38.6\u202f%"
    assert ENGLISH.change(Decimal("-0.012")) == f"{MINUS}1.2\u202f%"
    assert ENGLISH.change(Decimal("0.0001")) == "0.0\u202f%"
    assert LOCALES["comma"].change(Decimal("-0.008"), "points") == f"{MINUS}0,8\u202fpoints"


def test_values_are_written_as_their_columns_say():
    money = ResultColumn(name="revenue", label="Revenue", kind="metric", type="decimal", format="currency")
    assert [ENGLISH.value(money, Decimal(text)) for text in ("13.04", "19729.5")] == ["13.04", "19,730"]
    year = ResultColumn(name="release_year", label="Year", kind="dimension", type="integer")
    assert ENGLISH.value(year, 2021) == "2021"
    moments = [day(date(2021, 3, 1), grain) for grain in ("day", "month", "quarter", "year")]
    assert moments == ["1 Mar 2021", "Mar 2021", "1. quarter 2021", "2021"]


def test_a_page_is_kept_for_each_way_of_writing(client):
    pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
    english, german = (client.get("/catalogue", headers={"Accept-Language": name}) for name in ("en", "de"))
    assert english.headers["etag"] != german.headers["etag"]
    assert german.headers["etag"] == client.get("/catalogue", headers={"Accept-Language": "nl"}).headers["etag"]
    assert "Accept-Language" in german.headers["vary"]
    assert parse(german.text).one("html").attributes["data-point"] == ","
    known = {"If-None-Match": english.headers["etag"], "Accept-Language": "en"}
    assert client.get("/catalogue", headers=known).status_code == 304
