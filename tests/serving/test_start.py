"""`./lakehouse serve`, as a user starts and stops it."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from tests.conftest import ROOT

IN_TESTS = [sys.executable, "-P", "-m", "local_runtime"]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "LAKEHOUSE_ROOT": str(ROOT),
    "LAKEHOUSE_AS_IT_IS": "1",
    "PYTHONPYCACHEPREFIX": str(ROOT / ".lakehouse" / "bytecode"),
}


@contextlib.contextmanager
def serving(lake, *options, command=IN_TESTS):
    """A process that serves; with its address, once it says that."""
    arguments = [*command, "serve", "--lake", str(lake.root), "--no-browser", *options]
    pipe = subprocess.PIPE
    process = subprocess.Popen(arguments, env=ENVIRONMENT, stdout=pipe, stderr=pipe, text=True, cwd="/")
    process.log = []
    reading = threading.Thread(target=lambda: process.log.extend(process.stderr), daemon=True)
    reading.start()
    try:
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found, (first, process.log)
        yield process, found[0].rstrip("/")
    finally:
        process.kill()
        process.wait()
        reading.join()


def get(address, **headers):
    request = urllib.request.Request(address, headers=headers)
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(f"{address} doesn't answer")


def refused(*options):
    arguments = [*IN_TESTS, "serve", "--no-browser", *options]
    done = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stderr


def test_the_launcher_serves_a_page_and_stops_at_a_signal(made_lake):
    if not (ROOT / ".venv-serve" / "bin" / "python").exists():
        pytest.skip("the environment that serves isn't set up: ./lakehouse serve sets it up")
    with serving(made_lake, "--port", "0", command=[str(ROOT / "lakehouse")]) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        status, page = get(f"{address}/")
        assert (status, "<h1>Overview</h1>" in page) == (200, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130, process.log
    loading, *logged = process.log
    assert loading == f"Loading publication p1 of {made_lake.root} …\n"
    events = [json.loads(line)["event"] for line in logged]
    assert (events[0], events[-1]) == ("serving", "stopped")
    assert "request" in events


def test_a_running_request_is_finished_before_it_stops(made_lake):
    with serving(made_lake, "--port", "0") as (process, address):
        get(f"{address}/api/v1/ready")
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            body = b'{"metrics": ["titles"]}'
            head = f"POST /api/v1/query HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            connection.sendall(body[5:])
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert process.wait(60) == 143, process.log


def test_other_machines_are_answered_with_the_token_only(made_lake, tmp_path):
    token = "0123456789abcdef0123"
    (tmp_path / "token").write_text(token)
    options = ("--host", "0.0.0.0", "--port", "0", "--token-file", str(tmp_path / "token"))
    with serving(made_lake, *options) as (_, address):
        local = address.replace("0.0.0.0", "127.0.0.1")
        assert get(f"{local}/api/v1/health")[0] == 401
        assert get(f"{local}/api/v1/health", Authorization=f"Bearer {token}", Host="lakehouse.example")[0] == 200
        for number in range(31):  # each as from an address of its own, which the header can't make it
            status, _ = get(f"{local}/", Authorization="Bearer wrong", **{"X-Forwarded-For": f"192.0.2.{number}"})
        assert status == 429
        assert get(f"{local}/api/v1/health", Authorization=f"Bearer {token}")[0] == 200


def test_an_address_of_others_without_a_token_is_refused(made_lake):
    code, said = refused("--lake", str(made_lake.root), "--host", "0.0.0.0")
    assert (code, "--token-file FILE" in said) == (1, True)


def test_a_port_that_is_taken_is_told_with_what_to_do(made_lake):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = refused("--lake", str(made_lake.root), "--port", str(port))
    assert (code, f"Port {port} is taken" in said, "--port PORT" in said) == (1, True, True)


def test_without_a_lake_it_says_what_makes_one(tmp_path):
    code, said = refused("--lake", str(tmp_path / "none"), "--port", "0")
    assert (code, "There is no lake" in said, "./lakehouse run" in said) == (1, True, True)
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_what_is_no_port_is_wrong_usage(port):
    code, said = refused("--port", port)
    assert (code, "port" in said) == (2, True)
