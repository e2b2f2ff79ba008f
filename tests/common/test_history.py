from datetime import datetime

from common.history import latest_versions
from silver.catalogue.titles import TITLES
from tests.helpers.frames import assert_same_rows

JAN, FEB = datetime(2021, 1, 1), datetime(2021, 2, 1)


def test_latest_versions_are_one_row_per_key_with_its_newest_version_ended_or_not(rows):
    columns = "title_key rating __START_AT __END_AT"
    history = rows(TITLES, (1, "PG", JAN, FEB), (1, "R", FEB, None), (2, None, JAN, FEB), columns=columns)
    expected = rows(TITLES, (1, "R", FEB, None), (2, None, JAN, FEB), columns=columns)
    assert_same_rows(latest_versions(history, "title_key"), expected)
