"""Who is answered, how much they may send, and what every answer has."""

import asyncio
import io
import json
import re

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.errors import UsageError
from serving.access.current import CurrentTokens
from serving.http.access_log import AccessLog
from serving.http.guard import Access
from serving.start import access_for
from tests.serving.conftest import client_of

TOKEN = "0123456789abcdef0123"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8642", "[::1]:8642", "LOCALHOST"])
def test_this_machine_is_answered(client, host):
    assert client.get("/api/v1/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8642", "127.0.0.1.evil.example", "", "[::1]evil"])
def test_a_name_of_somebody_else_that_points_to_this_machine_is_refused(client, host):
    answer = client.get("/api/v1/health", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (421, "urn:lakehouse:problem:wrong-host")


@pytest.fixture(scope="module")
def guarded(service, tmp_path_factory):
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text(f"{TOKEN}\n")
    with client_of(service, Access(tokens=CurrentTokens(file), hosts=None)) as found:
        yield found


@pytest.mark.parametrize("given", [None, "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9"])
def test_without_the_token_nothing_is_answered(guarded, given):
    headers = {} if given is None else {"Authorization": given.encode()}
    for address in ("/", "/api/v1/query?metrics=titles", "/metrics", "/api/v1/health", "/static/lakehouse.css"):
        answer = guarded.get(address, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="lakehouse"')


def test_with_the_token_everything_is(guarded):
    for scheme in ("Bearer", "bearer"):
        assert guarded.get("/", headers={"Authorization": f"{scheme} {TOKEN}"}).status_code == 200


def test_a_load_balancer_needs_no_token(guarded):
    assert guarded.get("/api/v1/ready").json() == {"ready": True}


def test_the_token_comes_before_304(guarded):
    known = guarded.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).headers["etag"]
    assert guarded.get("/", headers={"If-None-Match": known}).status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "lakehouse.example"])
def test_an_address_that_others_reach_needs_a_token(host, tmp_path):
    with pytest.raises(UsageError, match="--token-file"):
        access_for(host, None)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    access = access_for(host, tmp_path / "token")
    assert (access.hosts, access.tokens.find(TOKEN).name, access.tokens.find(TOKEN + "x")) == (None, "token", None)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_this_machine_needs_none(host):
    access = access_for(host, None)
    assert (access.tokens, access.rates) == (None, None)


@pytest.mark.parametrize("text", ["", "short", "two words that are long", "\n"])
def test_a_token_that_can_be_guessed_is_refused(tmp_path, text):
    (tmp_path / "token").write_text(text)
    with pytest.raises(UsageError, match="openssl"):
        CurrentTokens(tmp_path / "token")


def test_a_large_body_is_refused_however_it_is_sent(client):
    large = b'{"metrics": ["' + b"x" * 65_536 + b'"]}'
    headers = {"Content-Type": "application/json"}
    for content in (large, iter([large[:40_000], large[40_000:]])):
        answer = client.post("/api/v1/query", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:lakehouse:problem:request-too-large")


def test_every_answer_is_safe_to_show(client):
    for address in ("/", "/api/v1/query?metrics=titles", "/nowhere", "/static/lakehouse.css", "/metrics"):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "camera=()" in headers["permissions-policy"]
        assert (headers["referrer-policy"], headers["cross-origin-resource-policy"]) == ("same-origin", "same-origin")
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy


def test_no_page_elsewhere_may_read_an_answer(client):
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answers = [client.request(method, "/api/v1/query?metrics=titles", headers=asked) for method in ("GET", "OPTIONS")]
    answers.append(client.post("/api/v1/query", json={"metrics": ["titles"]}, headers=asked))
    assert [answer.status_code for answer in answers] == [200, 405, 200]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_request_id_is_echoed_and_an_odd_one_replaced(client):
    assert client.get("/api/v1/health", headers={"X-Request-Id": "a-1.b_2"}).headers["x-request-id"] == "a-1.b_2"
    for odd in ("x" * 65, 'a"b', "a b"):
        made = client.get("/api/v1/health", headers={"X-Request-Id": odd}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_the_log_has_a_line_of_json_per_request_without_what_was_asked(service):
    written = io.StringIO()
    with client_of(service, log=AccessLog(written)) as client:
        client.get("/api/v1/titles?search=somebody", headers={"X-Request-Id": "mine"})
    (line,) = [json.loads(line) for line in written.getvalue().splitlines()]
    assert (line["request_id"], line["path"], line["status"]) == ("mine", "/api/v1/titles", 200)
    assert "somebody" not in written.getvalue()


def test_an_error_of_the_server_is_told_without_its_cause_and_logged_with_it(service, monkeypatch):
    written = io.StringIO()

    async def fail(*_):
        raise RuntimeError("the cause")

    with client_of(service, log=AccessLog(written)) as client:
        monkeypatch.setattr(type(service.statements), "once", fail)
        answer = client.get("/api/v1/titles")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "the cause" not in answer.text
    assert "the cause" in written.getvalue()
    assert answer.json()["request_id"] in written.getvalue()


def test_a_body_that_does_not_come_is_waited_for_only_so_long_and_holds_no_generation(service):
    from serving.app import create_app
    from serving.limits import Limits

    app = create_app(service, Access(limits=Limits(request_seconds=0.2)), AccessLog(quiet=True))
    readers = service.generations.current.readers

    async def ask(parts, path="/api/v1/query"):
        sent, waiting = [], iter(parts)

        async def receive():
            part = next(waiting, None)
            if part is None:
                await asyncio.sleep(60)
            await asyncio.sleep(0.05)
            return {"type": "http.request", "body": part, "more_body": part != b"}"}

        async def send(message):
            sent.append(message)

        headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"content-length", b"64")]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
        await app({**scope, "headers": headers, "http_version": "1.1", "scheme": "http"}, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), json.loads(sent[1]["body"])

    for parts in ([], [b"{"], [b" "] * 40):  # nothing, the beginning, a little at a time
        status, headers, problem = asyncio.run(asyncio.wait_for(ask(parts), 5))
        assert (status, problem["type"]) == (408, "urn:lakehouse:problem:request-timeout")
        assert (headers[b"content-type"], headers[b"connection"]) == (b"application/problem+json", b"close")
        assert service.generations.current.readers == readers
    assert asyncio.run(asyncio.wait_for(ask([b'{"metrics": ["titles"]', b"}"]), 5))[0] == 200
