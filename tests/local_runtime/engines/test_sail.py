"""Sail in a process of its own: what is told where it doesn't start."""

import time

import pytest

from local_runtime.engines import sail
from local_runtime.errors import LakehouseError


@pytest.mark.parametrize(
    ("script", "told"),
    [("echo no luck >&2; exit 1", "no luck"), ("sleep 600", "did not start"), ("echo hello", "hello")],
)
def test_an_engine_that_does_not_start_is_told(tmp_path, monkeypatch, script, told):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    monkeypatch.setattr(sail, "TO_START", 1.0)
    began = time.monotonic()
    with pytest.raises(LakehouseError, match=told), sail.serve_apart():
        pass
    assert time.monotonic() - began < 60
