"""The environments that the launcher asks for have what their commands need."""

import re
import tomllib

from local_runtime.root import ROOT
from local_runtime.set_up.build import SIZES

LAUNCHER = (ROOT / "lakehouse").read_text(encoding="utf-8")
GROUPS = re.findall(r"\bgroups=(\S+)", LAUNCHER)


def test_the_size_of_each_environment_is_told():
    assert {*GROUPS} == SIZES.keys()


def test_where_tests_run_is_what_types_are_checked_with():
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["files"]
    assert {"serving", "docs/pictures"} <= {*checked}  # serve, and browser: the driver of the pictures
    of_tests = [groups.split("-") for groups in GROUPS if "test" in groups]
    assert len(of_tests) == 2
    assert all({"serve", "browser"} <= {*groups} for groups in of_tests)
