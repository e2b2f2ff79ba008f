"""The audit log says who asked for what, by names and without values; it has a largest size."""

import io
import json
import os
import stat

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.errors import UsageError
from serving.access.audit import AuditLog
from serving.access.current import CurrentTokens
from serving.access.tokens import add
from serving.http.access_log import AccessLog
from serving.http.guard import Access
from serving.limits import Limits
from tests.serving.conftest import client_of


@pytest.fixture
def asked(service, tmp_path):
    """A function that asks as `reader`, and returns the lines that were written."""
    text = add(tmp_path / "tokens", "reader", ["metrics", "titles"])
    path = tmp_path / "audit" / "audit.jsonl"
    audit = AuditLog(path)
    access = Access(tokens=CurrentTokens(tmp_path / "tokens"), hosts=None)
    headers = {"Authorization": f"Bearer {text}", "X-Request-Id": "mine"}

    def ask(method, address, **more):
        before = len(path.read_text().splitlines())
        client.request(method, address, headers={**headers, **more.pop("headers", {})}, **more)
        assert text not in path.read_text()
        return [json.loads(line) for line in path.read_text().splitlines()[before:]]

    with client_of(service, access, AccessLog(io.StringIO(), audit=audit)) as client:
        yield ask
    audit.close()
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_query_is_recorded_with_its_names_and_without_values(asked):
    address = "/api/v1/query?metrics=plays,no&dimensions=genre&where=residence_country%20=%20%27Nowhere%27&last=30d"
    (line,) = asked("GET", address)
    assert (line["who"], line["path"], line["request_id"]) == ("reader", "/api/v1/query", "mine")
    assert (line["metrics"], line["dimensions"]) == (["plays"], ["genre"])
    assert (line["filters"], line["parameters"]) == (["residence_country"], ["last"])
    assert {"at", "status", "ms", "publication"} <= line.keys()
    assert "Nowhere" not in json.dumps(line)


def test_a_body_a_kept_answer_and_a_refusal_are_recorded_too(asked):
    body = {"metrics": ["plays"], "where": [{"dimension": "gender", "values": ["Secret"]}]}
    (line,) = asked("POST", "/api/v1/query", json=body)
    assert (line["metrics"], line["filters"], line["status"]) == (["plays"], ["gender"], 200)
    assert "Secret" not in json.dumps(line)
    for _ in range(2):
        (line,) = asked("GET", "/api/v1/kpis/kpi_genre")
    assert line["status"] == 200
    (line,) = asked("GET", "/api/v1/titles?search=somebody")
    assert (line["parameters"], "somebody" in json.dumps(line)) == (["search"], False)
    (line,) = asked("GET", "/metrics")
    assert (line["status"], line["who"]) == (403, "reader")
    (line,) = asked("GET", "/", headers={"Authorization": "Bearer wrong"})
    assert (line["status"], line["who"]) == (401, None)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_query_string_keeps_a_request_out_of_it(asked, method):
    body = {"json": {"metrics": ["plays"]}} if method == "POST" else {}
    (line,) = asked(method, "/api/v1/query?" + "&" * 1000, **body)
    assert line["status"] == 400
    (line,) = asked(method, "/api/v1/query?metrics=plays" + "&last=30d" * 5000, **body)
    assert line["status"] == 400


def test_a_line_is_written_though_the_log_of_requests_can_not_be(service, tmp_path):
    def fails():
        raise OSError("no space left")

    audit, stream = AuditLog(tmp_path / "audit"), io.StringIO()
    stream.write = lambda _: fails()
    with client_of(service, log=AccessLog(stream, audit=audit)) as client:
        client.get("/api/v1/metrics")
    audit.close()
    assert json.loads((tmp_path / "audit").read_text())["path"] == "/api/v1/metrics"


def test_whoever_asks_too_often_is_named(service, tmp_path):
    text = add(tmp_path / "tokens", "reader", ["metrics"])
    access = Access(tokens=CurrentTokens(tmp_path / "tokens"), hosts=None, limits=Limits(client_requests_a_minute=1))
    audit, stream = AuditLog(tmp_path / "audit"), io.StringIO()
    with client_of(service, access, AccessLog(stream, audit=audit)) as client:
        for address in ("/metrics", "/titles", "/titles%0A"):
            client.get(address, headers={"Authorization": f"Bearer {text}"})
    audit.close()
    for written in ((tmp_path / "audit").read_text(), stream.getvalue()):
        lines = [json.loads(line) for line in written.splitlines()]
        assert [(line["status"], line["who"]) for line in lines] == [(403, "reader"), (429, "reader"), (429, "reader")]


def test_what_was_typed_into_the_wrong_place_is_not_written(service, tmp_path):
    secret = add(tmp_path / "tokens", "reader", ["metrics"])
    audit, stream = AuditLog(tmp_path / "audit"), io.StringIO()
    with client_of(service, log=AccessLog(stream, audit=audit)) as client:
        client.get(f"/titles/{secret}")
        client.get(f"/{secret}?{secret}=1&hunter=2")
        client.get("/api/v1/titles?search=x&hunter=2")
        client.get("/api/v1/health?hunter=2")
        for _ in range(2):  # the second answer is a kept one
            client.get("/api/v1/titles?search=x&limit=1")
    audit.close()
    written = (tmp_path / "audit").read_text()
    assert secret not in written + stream.getvalue()
    assert "/titles/lakehouse_\u2026" in json.loads(written.splitlines()[0])["path"]
    assert "hunter" not in written
    parameters = [json.loads(line).get("parameters") for line in written.splitlines()]
    assert parameters == [None, None, ["search"], None, ["limit", "search"], ["limit", "search"]]


@pytest.mark.parametrize("mode", [0o644, 0o666])
def test_a_file_that_was_there_is_its_owners_too(tmp_path, mode):
    path = tmp_path / "audit"
    path.touch()
    path.chmod(mode)
    AuditLog(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_no_file_keeps_its_mode(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o622)
    os.chmod(tmp_path / "pipe", 0o622)
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    AuditLog(tmp_path / "pipe").close()
    os.close(reader)
    assert stat.S_IMODE((tmp_path / "pipe").stat().st_mode) == 0o622


def test_what_pages_load_is_not_recorded(asked):
    assert asked("GET", "/static/lakehouse.css") == []
    assert asked("GET", "/api/v1/ready") == []


def test_it_has_a_largest_size(tmp_path):
    audit = AuditLog(tmp_path / "audit", most_bytes=2000, files=2)
    for number in range(200):
        audit.write({"number": number})
    audit.close()
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["audit", "audit.1", "audit.2"]
    assert all(path.stat().st_size <= 2000 for path in files)
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in files)
    assert json.loads((tmp_path / "audit").read_text().splitlines()[-1])["number"] == 199


def test_a_file_that_can_not_be_written_is_an_error_at_the_start(tmp_path):
    with pytest.raises(UsageError, match="--audit-log"):
        AuditLog(tmp_path)


def test_behind_the_proxy_the_user_is_named(service):
    written = io.StringIO()
    with client_of(service, Access(hosts=None, behind_proxy=True), AccessLog(audit=AuditLog(stream=written))) as client:
        client.get("/api/v1/health", headers={"X-Forwarded-Email": "anna@x.example"})
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert line["who"] == "anna@x.example"


def test_elsewhere_such_a_header_names_nobody(service):
    written = io.StringIO()
    with client_of(service, log=AccessLog(quiet=True, audit=AuditLog(stream=written))) as client:
        client.get("/api/v1/health", headers={"X-Forwarded-Email": "anna@x.example"})
    assert json.loads(written.getvalue())["who"] is None
