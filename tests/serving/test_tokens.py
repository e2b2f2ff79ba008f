"""Tokens: scopes, an end, rotation and revocation; what is kept of them; how often who may ask."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.errors import UsageError
from local_runtime.root import ROOT
from serving.access.current import CurrentTokens
from serving.access.tokens import add, digest, find, read, revoke, rotate
from serving.http.guard import Access
from serving.limits import Limits
from tests.serving.conftest import client_of


def now():
    return datetime.now(UTC)


def run_command(*arguments, expected=0):
    """`./lakehouse` in a process of its own."""
    command = [sys.executable, "-P", "-m", "local_runtime", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT), "LAKEHOUSE_AS_IT_IS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/")
    assert done.returncode == expected, done.stderr
    return done


OPENED = {
    "metrics": ["/", "/catalogue", "/definitions/plays", "/api/v1/query?metrics=titles", "/api/v1/kpis/kpi_genre"],
    "titles": ["/titles", "/api/v1/titles"],
    "operations": ["/metrics", "/api/v1/publications"],
}


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens.json"


def guarded(service, file, **limits):
    return client_of(service, Access(tokens=CurrentTokens(file, every=0), hosts=None, limits=Limits(**limits)))


@pytest.mark.parametrize("scope", OPENED)
def test_a_token_opens_what_its_scopes_say_and_nothing_else(service, file, scope):
    text = add(file, "reader", [scope])
    with guarded(service, file) as client:
        for other, addresses in OPENED.items():
            for address in addresses:
                answer = client.get(address, headers=bearer(text))
                assert answer.status_code == (200 if other == scope else 403), address
                if other != scope:
                    assert f"the scope {other}" in answer.text
                    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
        for address in ("/static/lakehouse.css", "/api/v1/health", "/api/v1/openapi.json", "/api"):
            assert client.get(address, headers=bearer(text)).status_code == 200


def test_a_scope_comes_before_what_the_client_has_and_what_is_kept(service, file):
    both, titles = add(file, "both", ["metrics", "titles"]), add(file, "titles", ["titles"])
    with guarded(service, file) as client:
        known = client.get("/catalogue", headers=bearer(both)).headers["etag"]
        assert client.get("/catalogue", headers={**bearer(titles), "If-None-Match": known}).status_code == 403
        assert client.get("/catalogue", headers=bearer(titles)).status_code == 403


def test_the_file_has_no_token_and_is_its_owners(file):
    text = add(file, "reader", ["metrics"])
    assert text not in file.read_text()
    assert json.loads(file.read_text())["tokens"][0]["sha256"] == digest(text)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(text) > 40


def test_a_rotated_token_goes_on_for_the_overlap_and_a_revoked_one_does_not(service, file):
    first = add(file, "reader", ["metrics"], days=30)
    with guarded(service, file) as client:
        second = rotate(file, "reader")
        assert [client.get("/", headers=bearer(one)).status_code for one in (first, second)] == [200, 200]
        later = now() + timedelta(hours=25)
        assert (find(read(file), first, later), find(read(file), second, later).scopes) == (None, ("metrics",))
        assert find(read(file), second, now() + timedelta(days=31)) is None
        revoke(file, "reader")
        assert [client.get("/", headers=bearer(one)).status_code for one in (first, second)] == [401, 401]


def test_a_token_ends(service, file):
    text = add(file, "reader", ["metrics"], days=1)
    assert find(read(file), text, now() + timedelta(hours=23)).name == "reader"
    assert find(read(file), text, now() + timedelta(days=1, seconds=10)) is None


def test_while_the_file_is_damaged_nobody_is_let_in(service, file):
    text = add(file, "reader", ["metrics"])
    good = file.read_text()
    with guarded(service, file) as client:
        file.write_text("{")
        assert client.get("/", headers=bearer(text)).status_code == 503
        file.write_text(good)
        assert client.get("/", headers=bearer(text)).status_code == 200


def test_changes_side_by_side_lose_nothing(file):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: add(file, f"reader{number}", ["metrics"]), range(24)))
    assert len(read(file)) == 24


def test_names_are_taken_once_and_unknown_ones_are_named(file):
    add(file, "reader", ["metrics"])
    with pytest.raises(UsageError, match="token rotate reader"):
        add(file, "reader", ["metrics"])
    for change in (rotate, revoke):
        with pytest.raises(UsageError, match=r"no token nobody\. There are: reader"):
            change(file, "nobody")


def test_a_file_with_a_single_token_is_not_turned_into_one_of_several(file):
    file.write_text("0123456789abcdef0123\n")
    with pytest.raises(UsageError, match="holds a single token"):
        add(file, "reader", ["metrics"])
    assert file.read_text() == "0123456789abcdef0123\n"


@pytest.mark.parametrize("text", ['{"version": 2, "tokens": []}', "{}", '{"version": 1, "tokens": [{}]}', "{"])
def test_a_file_of_something_else_is_refused(file, text):
    file.write_text(text)
    with pytest.raises(UsageError, match=r"tokens\.json"):
        read(file)


UNUSABLE = [
    ({"expires": "2030-01-01"}, "expires of bad isn't a time with its zone"),
    ({"created": "then"}, "created of bad isn't a time with its zone"),
    ({"sha256": "\u00e9" * 64}, "sha256 of bad isn't 64 hexadecimal digits"),
    ({"scopes": ["all"]}, "scopes of bad aren't all of metrics, titles, operations"),
    ({"name": 7}, "its name is no text"),
    (None, "token 2 isn't accepted"),
]


@pytest.mark.parametrize(("change", "says"), UNUSABLE)
def test_an_entry_that_can_not_be_used_is_named_and_the_others_work(service, file, caplog, change, says):
    text, other = add(file, "reader", ["metrics"]), add(file, "bad", ["metrics"])
    written = json.loads(file.read_text())
    written["tokens"][1] = written["tokens"][1] | change if change else "nothing"
    good = file.read_text()
    file.write_text(json.dumps(written))
    with guarded(service, file) as client:
        assert says in caplog.text
        assert client.get("/", headers=bearer(text)).status_code == 200
        assert client.get("/", headers=bearer(other)).status_code == 401
        file.write_text(good)
        assert client.get("/", headers=bearer(other)).status_code == 200
    file.write_text(json.dumps(written))
    with pytest.raises(UsageError, match=says):  # a change would lose the entry
        revoke(file, "reader")
    assert json.loads(file.read_text()) == written


def test_the_command_prints_a_token_once_and_lists_without_it(file):
    made = run_command("token", "add", "reader", "--scopes", "metrics,titles", "--file", str(file))
    assert made.stdout.strip() not in made.stderr
    assert find(read(file), made.stdout.strip(), now()).scopes == ("metrics", "titles")
    listed = run_command("token", "list", "--file", str(file)).stdout
    assert "reader\tmetrics,titles\t" in listed
    assert made.stdout.strip() not in listed
    refused = run_command("token", "add", "x", "--scopes", "all", "--file", str(file), expected=2)
    assert "There are: metrics, titles, operations" in refused.stderr
    assert (ROOT / ".gitignore").read_text().count("/.secrets/") == 1
