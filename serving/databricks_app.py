"""`python -m serving.databricks_app`: the same API and pages as a Databricks App, over a SQL warehouse.

The App's proxy logs people in and ends TLS, and nothing else reaches the port. resources/serving.app.yml sets the
environment. Only standard output and error are kept; the disk is empty at each start.
"""

import os
import sys
import threading

from local_runtime.errors import LakehouseError
from serving.access.audit import AuditLog
from serving.app import create_app
from serving.backends.publications import WarehouseStore
from serving.backends.settings import Settings, settings_of
from serving.build import build_waiting_service
from serving.http.access_log import AccessLog
from serving.http.guard import Access
from serving.limits import Limits
from serving.pages import vega
from serving.service import Service
from serving.start import bound, run

ANYWHERE = "0.0.0.0"  # the proxy is another machine
LIMITS = Limits(statement_seconds=60.0, running=8, waiting=200, waiting_seconds=30.0)
"""A warehouse runs some ten queries at once; waiting and running stay below the proxy's 120 seconds."""


def service_for(settings: Settings, limits: Limits = LIMITS) -> Service:
    """The service over the workspace's warehouse. It isn't warmed: that would start the warehouse for nobody."""
    service = build_waiting_service(WarehouseStore(settings, limits), limits)
    service.warms = False
    return service


def access_for(settings: Settings, limits: Limits = LIMITS) -> Access:
    """Everybody whom the proxy lets in."""
    return Access(hosts=None, limits=limits, behind_proxy=True)


def main() -> int:
    """Serves until SIGTERM; returns the exit code. Raises LakehouseError for settings that can't be meant."""
    settings = settings_of(os.environ)
    log = AccessLog(audit=AuditLog(stream=sys.stderr))
    with bound(ANYWHERE, settings.port) as listening:
        # Two seconds of work, for the first page with a chart: another thread does it meanwhile.
        threading.Thread(target=vega.script, name="charts", daemon=True).start()
        service = service_for(settings)
        log.event("serving", catalog=settings.catalog, reads_as="user" if settings.reads_as_user else "app")
        return run(create_app(service, access_for(settings), log), service, log, listening)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LakehouseError as error:
        sys.exit(str(error))
