"""What an App is told by its environment, and that it starts as an App only."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
pytest.importorskip("databricks.sql", reason="what the App runs with (the group `app`) isn't installed")

from local_runtime.errors import UsageError
from serving import databricks_app
from serving.backends.settings import RUNTIMES_OWN, settings_of

ENVIRONMENT = {
    "DATABRICKS_HOST": "https://adb-1.azuredatabricks.net/",
    "DATABRICKS_APP_PORT": "8000",
    **dict.fromkeys(RUNTIMES_OWN, "given"),
    "DATABRICKS_WAREHOUSE_ID": "0123abcd",
    "LAKEHOUSE_CATALOG": "main",
    "LAKEHOUSE_PUBLISHED_SCHEMA": "dev_me_lakehouse_published",
    "LAKEHOUSE_READS_AS": "user",
}


def test_the_environment_that_the_bundle_sets_is_read():
    settings = settings_of(ENVIRONMENT)
    assert (settings.host, settings.port, settings.reads_as_user) == ("adb-1.azuredatabricks.net", 8000, True)


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_setting_that_can_not_be_meant_is_named(name):
    for value in ("", "a`b;", "${resources.schemas.published.name}/x`"):
        may_be_left_out, may_be_anything = name == "LAKEHOUSE_READS_AS", name in RUNTIMES_OWN
        if not (may_be_anything if value else may_be_left_out):
            with pytest.raises(UsageError, match=name):
                settings_of({**ENVIRONMENT, name: value})


def test_outside_of_the_runtime_of_apps_where_nobody_logs_people_in_it_does_not_start(monkeypatch):
    for name in RUNTIMES_OWN:
        monkeypatch.delenv(name, raising=False)
    for name in ENVIRONMENT.keys() - {*RUNTIMES_OWN}:
        monkeypatch.setenv(name, ENVIRONMENT[name])
    monkeypatch.setattr(databricks_app, "bound", lambda *_: pytest.fail("it took the port"))
    with pytest.raises(UsageError, match=r"DATABRICKS_APP_NAME isn't set.*serve --token-file"):
        databricks_app.main()
