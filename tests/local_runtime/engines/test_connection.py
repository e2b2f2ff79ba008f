"""The way to an engine's server: past proxies, and within a time."""

import os
import socket
import subprocess
import sys

import pytest

from local_runtime.engines import connection
from local_runtime.engines.session import SAIL, settings_left_out
from local_runtime.errors import LakehouseError
from tests.conftest import ROOT

ASK = """
from pathlib import Path
from local_runtime.engines.session import open_session
with open_session("sail", Path(".lakehouse")) as engine:
    print(engine.sql("SELECT 1").collect()[0][0])
"""

COUNT = """
from pathlib import Path
from local_runtime.engines.session import open_session
with open_session("sail", Path(".lakehouse")) as engine:
    stub, asked = engine.client._stub, []
    for name in ("ExecutePlan", "ReattachExecute", "ReleaseExecute"):
        call = getattr(stub, name)
        setattr(stub, name, lambda *given, name=name, call=call, **named: asked.append(name) or call(*given, **named))
    engine.range(3).collect()
    engine.range(3).write.parquet("rows")
print(*asked)
"""


@pytest.fixture
def ask(tmp_path):
    """Asks a new process for an engine's answer, in an environment; a file, because PySpark takes -c for a doctest."""
    program = tmp_path / "ask.py"
    program.write_text(ASK)

    def answer(program=program, **environment):
        there = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        command = [sys.executable, program]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, env=there, cwd=tmp_path)

    return answer


def test_131_loopback_goes_past_every_proxy(ask):
    """Port 9 refuses, so that a connection through the proxy would fail."""
    names = ("http_proxy", "https_proxy", "grpc_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    answered = ask(**dict.fromkeys(names, "http://127.0.0.1:9"), no_proxy="", NO_PROXY="")
    assert (answered.stdout, answered.returncode) == ("1\n", 0), answered.stderr


def test_131_a_server_that_does_not_answer_is_given_up_with_what_to_check(monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(LakehouseError, match=f"could not be reached at 127.0.0.1:{port} .*firewall"):
            connection.connect(SAIL, f"sc://127.0.0.1:{port}")


def test_136_settings_of_sail_in_the_environment_change_nothing_and_are_told(ask, monkeypatch):
    answered = ask(SAIL_MODE="kubernetes-cluster", SAIL_RUNTIME__MEMORY_POOL__TYPE="nonsense")
    assert (answered.stdout, answered.returncode) == ("1\n", 0), answered.stderr
    monkeypatch.setenv("SAIL_MODE", "local")
    assert settings_left_out(SAIL) == ["Left out: SAIL_MODE. The runtime sets the engine up itself."]
    assert settings_left_out("spark") == []


def test_a_query_of_sail_is_one_request(ask, tmp_path):
    program = tmp_path / "count.py"
    program.write_text(COUNT)
    answered = ask(program)
    assert (answered.stdout, answered.returncode) == ("ExecutePlan ExecutePlan\n", 0), answered.stderr
