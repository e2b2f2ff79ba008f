"""`./lakehouse test`: which tests run, and in how many processes."""

from argparse import Namespace

import pytest

from local_runtime.cli import checks


@pytest.fixture
def pytest_command(monkeypatch):
    """The command of pytest, where this was told to it behind `--`, on a machine of many cores."""

    def command(engine, *told):
        ran = []
        monkeypatch.setattr(checks, "_passes", lambda check: ran.append(check) or True)
        monkeypatch.setattr(checks.os, "cpu_count", lambda: 64)
        assert checks.test(Namespace(engine=engine, all=False, pytest=["--", *told])) == 0
        return ran[-1]

    return command


@pytest.mark.parametrize("told", [(), ("-x",), ("--durations=10", "-x"), ("--lf",)])
def test_all_tests_have_workers_but_not_one_for_each_of_many_cores(pytest_command, told):
    command = pytest_command("both", *told)
    assert command[command.index("-n") + 1] == "4"
    assert "tests/gold" not in command
    assert "tests/gold" in pytest_command("sail", *told)


@pytest.mark.parametrize(
    "told", [("tests/gold",), ("-k", "test_18"), ("--pdb",), ("tests/no_such.py",), ("-x", "-k", "sample")]
)
def test_a_choice_of_tests_runs_in_one_process_wherever_they_are(pytest_command, told):
    command = pytest_command("sail", *told)
    assert "-n" not in command
    assert command[-len(told) - 1 :] == ["not kills and not large and not spark", *told]


def test_each_check_says_how_long_it_took(monkeypatch, capsys):
    statuses = iter([0, 1, 0, 0])
    monkeypatch.setattr(checks.subprocess, "run", lambda *_, **__: Namespace(returncode=next(statuses)))
    times = iter([0.0, 0.0, 2.4, 2.4, 5.0, 5.0, 47.0, 47.0, 671.6, 671.6])
    monkeypatch.setattr(checks.time, "monotonic", lambda: next(times))
    assert checks.test(Namespace(engine="both", all=False, pytest=[])) == 1
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if " took " in line] == [
        *("ruff took 2 s.", "ruff took 3 s.", "mypy took 42 s.", "pytest took 10 min 25 s."),
        "The checks took 11 min 12 s.",
    ]
    assert "Failed: ruff check ." in told
