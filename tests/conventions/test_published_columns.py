"""Dashboards and BI tools rely on the names, types and order of columns.

At a release, this command rewrites the fixture:
`LAKEHOUSE_RELEASE=1 ./lakehouse test --engine sail -- tests/conventions/test_published_columns.py`.
"""

import json
import os

import pytest

from tests.conventions.published_columns import RELEASED, breaking_changes, published, released


def test_every_column_of_the_last_release_is_there_with_its_type_and_in_its_place(graph):
    now = published(graph)
    if os.environ.get("LAKEHOUSE_RELEASE"):
        RELEASED.write_text(json.dumps(now, indent=2) + "\n")
    assert list(breaking_changes(released(), now)) == []


BEFORE = {"gold.a": {"x": "bigint", "y": "string", "z": "date"}, "gold.b": {"x": "int"}}


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        ({}, []),
        ({"gold.c": {"x": "int"}, "gold.a": {"new": "int", "x": "bigint", "y": "string", "z": "date"}}, []),
        ({"gold.b": None}, ["gold.b is gone"]),
        ({"gold.b": {"other": "int"}}, ["gold.b.x is gone"]),
        ({"gold.b": {"x": "bigint"}}, ["gold.b.x was int and is bigint"]),
        (
            {"gold.a": {"y": "string", "x": "bigint", "z": "date"}},
            ["gold.a had its columns in the order x, y, z; it is y, x, z"],
        ),
    ],
)
def test_a_breaking_change_is_named(now, changes):
    tables = {name: columns for name, columns in {**BEFORE, **now}.items() if columns is not None}
    assert list(breaking_changes(BEFORE, tables)) == changes
