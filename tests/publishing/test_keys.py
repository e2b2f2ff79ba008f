"""The model's keys, as publishing reads them."""

from publishing.keys import declared_keys
from tests.gold.conftest import TABLES


def test_keys_are_those_of_the_models_specifications():
    keys = declared_keys()
    assert {name: (it.primary, dict(it.foreign)) for name, it in keys.items() if name in TABLES} == {
        name: (table.primary_key, dict(table.foreign_keys)) for name, table in TABLES.items()
    }
    assert all(keys[parent].primary for it in keys.values() for parent in it.foreign.values())
