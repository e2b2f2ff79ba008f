"""Which scope of a token opens which address."""

import re

ANY = ""
"""Whoever has a token."""
OF_ANY = re.compile(r"/(?:static/.*|charts/.*|api|api/v1/(?:openapi\.json|health))")
OF_TITLES = re.compile(r"/(?:api/v1/)?titles(?:/.*)?")
OF_OPERATIONS = re.compile(r"/(?:metrics|operations.*|api/v1/publications)")


def scope_of(path: str) -> str:
    """The scope that a request to the path needs; what nothing else is said of needs `metrics`."""
    if OF_ANY.fullmatch(path):
        return ANY
    if OF_TITLES.fullmatch(path):
        return "titles"
    return "operations" if OF_OPERATIONS.fullmatch(path) else "metrics"
