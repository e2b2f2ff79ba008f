import pytest


@pytest.fixture(scope="module")
def tables(made_lake):
    """The served tables of the sample's publication."""
    from tests.serving.warehouse.stand_in import tables_of

    return tables_of(made_lake)


@pytest.fixture(scope="module")
def stand_in(tables):
    """A warehouse with one published state, which no test changes."""
    from tests.serving.warehouse.stand_in import StandIn

    found = StandIn()
    found.publish("7", tables, 3)
    return found


@pytest.fixture(scope="module")
def app(stand_in):
    """A client to the App over that warehouse."""
    with client_over(stand_in) as found:
        yield found


def client_over(stand_in, settings=None, limits=None, log=None):
    """A client to an App over a stand-in."""
    from serving.build import build_waiting_service
    from serving.databricks_app import LIMITS, access_for
    from serving.http.access_log import AccessLog
    from serving.watching import Watcher
    from tests.serving.conftest import client_of
    from tests.serving.warehouse.stand_in import SETTINGS

    settings, limits = settings or SETTINGS, limits or LIMITS
    service = build_waiting_service(stand_in.store(settings, limits), limits)
    service.warms = False
    Watcher(service, AccessLog(quiet=True)).attempt()
    return client_of(service, access_for(settings, limits), log)
