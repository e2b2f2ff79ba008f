"""Which address which scope opens, of every route and every way to write its path."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from serving.access.current import CurrentTokens
from serving.access.scopes import scopes_of
from serving.access.tokens import SCOPES, add
from serving.http.guard import Access
from serving.limits import Limits
from tests.serving.conftest import client_of

NEEDS = {
    "": {"/static", "/charts/{name}", "/api", "/api/v1/openapi.json", "/api/v1/health", "/api/v1/ready"},
    "titles": {"/titles", "/titles/{key}", "/api/v1/titles", "/api/v1/titles/{key}"},
    "operations": {"/operations", "/metrics", "/api/v1/publications"},
}
"""What isn't here needs the scope `metrics`."""
MANY = Limits(client_requests_a_minute=10**6, requests_a_minute=10**6)


def paths_of(routes, before=""):
    """The paths of all routes, those of included routers with them."""
    for route in routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from paths_of(inner.routes, before + (route.include_context.prefix or ""))
        else:
            yield before + route.path


@pytest.fixture(scope="module")
def asking(service, tmp_path_factory):
    """Clients by scope, each with a token of that scope only, and the paths of the application's routes."""
    file = tmp_path_factory.mktemp("scopes") / "tokens.json"
    tokens = {scope: add(file, scope, [scope]) for scope in SCOPES}
    with client_of(service, Access(tokens=CurrentTokens(file), hosts=None, limits=MANY)) as client:
        paths = sorted({*paths_of(client.app.app.routes)})

        def ask(scope, address):
            headers = {"Authorization": f"Bearer {tokens[scope]}"}
            return client.get(f"http://127.0.0.1{address}", headers=headers, follow_redirects=False).status_code

        yield ask, paths


def needed(path):
    return next((scope for scope, paths in NEEDS.items() if path in paths), "metrics")


def test_every_route_needs_the_scope_that_is_meant(asking):
    _, paths = asking
    assert len(paths) > 20
    assert {*paths} >= {path for paths_of_scope in NEEDS.values() for path in paths_of_scope}
    for path in paths:
        expected = (needed(path),) if needed(path) else ()
        assert scopes_of(path.replace("{name}", "a").replace("{key}", "1")) == expected, path


def test_no_way_to_write_a_path_opens_what_its_scope_does_not(asking):
    ask, paths = asking
    for path in paths:
        scope, plain = needed(path), path.replace("{name}", "plays").replace("{key}", "1")
        if not scope:
            continue
        written = [
            f"{plain}%0A",
            f"{plain}%0D%0A",
            f"{plain}%00",
            f"/{plain}",
            f"{plain}//",
            plain.upper(),
            f"{plain}/",
        ]
        for other in SCOPES:
            if other == scope:
                continue
            assert ask(other, plain) == 403, plain
            for address in written:
                assert ask(other, address) in (403, 404), (other, address)


@pytest.mark.parametrize("path", ["/titles%0A", "/metrics%0A", "/operations%0A", "/api/v1/publications%0A", "/%0A"])
def test_a_line_break_at_the_end_of_a_path_is_no_address_for_anybody(client, asking, path):
    ask, _ = asking
    assert [ask(scope, path) for scope in SCOPES] == [404] * 3
    assert client.get(path).status_code == 404


def test_an_address_that_nobody_knows_is_refused_to_whoever_lacks_a_scope(asking):
    ask, _ = asking
    for path in ("/nowhere", "/api/v1/everything", "/titles/1/more", "/operations/1", "/TITLES", "//titles"):
        assert scopes_of(path) == SCOPES
        assert {ask(scope, path) for scope in SCOPES} == {404}


def test_a_slash_at_the_end_leads_to_the_address_without_it(asking):
    ask, _ = asking
    assert [ask(scope, "/titles/") for scope in ("titles", "metrics")] == [307, 403]
