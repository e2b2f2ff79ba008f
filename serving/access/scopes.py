"""Which scope of a token opens which address."""

import re

from dashboards.pages import PAGES
from serving.access.tokens import SCOPES

OF_PAGES = frozenset(page.path for page in PAGES)
OF_ANY = re.compile(r"/(?:static(?:/.*)?|charts/[^/]*|api|api/v1/(?:openapi\.json|health|ready))")
OF_METRICS = re.compile(r"/(?:definitions/[^/]*|api/v1/(?:query|(?:metrics|kpis|dimensions)(?:/.*)?))")
OF_TITLES = re.compile(r"/(?:api/v1/)?titles(?:/[^/]*)?")
OF_OPERATIONS = re.compile(r"/(?:metrics|operations|api/v1/publications)")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def has_control_characters(path: str) -> bool:
    """Whether a path has a character that no address has: the router's `$` matches before a line break at the end."""
    return CONTROL.search(path) is not None


def scopes_of(path: str) -> tuple[str, ...]:
    """The scopes that a request to the path needs; none: any token will do. An unknown address needs all of them."""
    path = path.rstrip("/") or path[:1]  # the router leads from `/titles/` to `/titles`
    if OF_ANY.fullmatch(path):
        return ()
    if OF_TITLES.fullmatch(path):
        return ("titles",)
    if OF_OPERATIONS.fullmatch(path):
        return ("operations",)
    return ("metrics",) if path in OF_PAGES or OF_METRICS.fullmatch(path) else SCOPES
