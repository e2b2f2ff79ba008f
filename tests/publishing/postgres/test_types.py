"""Types, names and addresses, without a server."""

from types import SimpleNamespace

import duckdb
import pytest

from exports.tables import Column
from local_runtime.errors import LakehouseError, UnsupportedError, UsageError
from publishing.postgres.connection import address_of
from publishing.postgres.definitions import LONGEST_NAME, columns_of, foreign_key_name
from publishing.postgres.types import digest_text, fingerprint_in_lake, has_digest, number_in_lake, server_type

LIST = {"type": "array", "elementType": "string", "containsNull": True}


def table(*columns, name="kpi_genre"):
    return SimpleNamespace(name=name, columns=[Column(each, kind, "") for each, kind in columns])


@pytest.mark.parametrize(
    ("delta", "expected"),
    [
        ("long", "bigint"),
        ("decimal(12, 2)", "numeric(12,2)"),
        (LIST, "text[]"),
        ({**LIST, "elementType": "decimal(3,1)"}, "numeric(3,1)[]"),
        ("timestamp", "timestamp with time zone"),
    ],
)
def test_types_are_written_as_postgresql_shows_them(delta, expected):
    assert server_type(table(), Column("it", delta, "")) == expected


@pytest.mark.parametrize("delta", ["binary", {"type": "map"}, {**LIST, "elementType": LIST}])
def test_a_type_that_has_no_equivalent_is_refused(delta):
    with pytest.raises(UnsupportedError, match=r"gold\.kpi_genre\.it is "):
        server_type(table(), Column("it", delta, ""))


def test_a_name_that_postgresql_would_cut_is_refused():
    with pytest.raises(LakehouseError, match="longer than names in PostgreSQL"):
        columns_of(table(("é" * 32, "long")))
    assert columns_of(table(("é" * 31, "long")))


def test_names_of_keys_are_cut_and_stay_apart():
    names = {foreign_key_name("a" * 40, "b" * 40 + end) for end in ("1", "2")}
    assert [len(name) <= LONGEST_NAME for name in names] == [True, True]


def fingerprint(columns, values):
    """The fingerprint of one row."""
    return duckdb.sql(f"SELECT {fingerprint_in_lake(columns)} FROM (SELECT {values})").fetchall()[0][0]


def test_rows_that_differ_anywhere_have_different_fingerprints():
    columns = [Column("a", "string", ""), Column("b", "string", ""), Column("c", LIST, "")]
    rows = [
        "'x' AS a, 'y' AS b, ['z'] AS c",
        "'xy' AS a, '' AS b, ['z'] AS c",
        "'x|1:y' AS a, NULL AS b, ['z'] AS c",
        "'x' AS a, NULL AS b, ['z'] AS c",
        "'x' AS a, '' AS b, ['z'] AS c",
        "'x' AS a, 'y' AS b, NULL::VARCHAR[] AS c",
        "'x' AS a, 'y' AS b, []::VARCHAR[] AS c",
        "'x' AS a, 'y' AS b, [NULL]::VARCHAR[] AS c",
        "'x' AS a, 'y' AS b, ['NULL'] AS c",
        "'x' AS a, 'y' AS b, ['z', ''] AS c",
        """'x' AS a, 'y' AS b, ['z","'] AS c""",
    ]
    assert len({fingerprint(columns, row) for row in rows}) == len(rows)


def test_fingerprints_do_not_depend_on_the_order_of_columns():
    columns = [Column("a", "long", ""), Column("b", "long", "")]
    assert fingerprint(columns, "1 AS a, 2 AS b") == fingerprint(columns[::-1], "2 AS b, 1 AS a")


def test_a_digest_is_the_sum_of_numbers_whatever_the_order():
    numbers = [duckdb.sql(f"SELECT {number_in_lake(f'md5({text!r})')}").fetchall()[0][0] for text in "abc"]
    assert max(numbers) < 1 << 60
    assert digest_text(sum(numbers)) == digest_text(sum(numbers[::-1]) + (1 << 64))


def test_floating_point_numbers_have_no_digest():
    assert has_digest([Column("a", "decimal(3,1)", "")])
    assert not has_digest([Column("a", "long", ""), Column("b", {**LIST, "elementType": "double"}, "")])


@pytest.mark.parametrize("dsn", ["postgresql://me@host:5433/db", "host=host port=5433 user=me dbname=db"])
def test_an_address_is_a_url_or_words(dsn):
    given = address_of(dsn)
    assert {"host=host", "port=5433", "user=me", "dbname=db", "connect_timeout=15"} <= set(given.split())


def test_what_the_user_sets_in_the_address_holds():
    assert "connect_timeout=3" in address_of("host=h connect_timeout=3 application_name=mine")


def test_an_empty_password_is_none_and_any_other_is_refused():
    assert "password" not in address_of("host=h password=''").replace("password=''", "")
    with pytest.raises(UsageError, match="has a password"):
        address_of("host=h password=x")
