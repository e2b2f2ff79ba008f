"""Where packages come from: a company's mirror, settings of pip and uv, and no network; with the real uv."""

import http.server
import os
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest

from local_runtime.set_up.build import UV, fetch_uv
from local_runtime.set_up.origin import origin
from tests.conftest import ROOT
from tests.end_to_end.set_up.package_index import Index, Quiet
from tests.helpers.small_project import PRETENDED_UV, SmallProject

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    served = Index(tmp_path_factory.mktemp("index"))
    handler = partial(Quiet, directory=str(served.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served.url = f"http://127.0.0.1:{server.server_port}/simple"
        yield served
        server.shutdown()


@pytest.fixture(scope="module")
def real_uv(tmp_path_factory) -> Path:
    """The uv that this checkout was set up with; fetched once if the checkout has none."""
    uv = ROOT / ".lakehouse" / "tools" / f"uv-{UV}"
    if not uv.is_file():
        fetch_uv(uv, origin(os.environ), tmp_path_factory.mktemp("uv"))
    return uv


@pytest.fixture
def locked(project, index, real_uv) -> SmallProject:
    """The small project with a lock and the real uv."""
    index.lock(project)
    shutil.copy(real_uv, project.uv)
    return project


NO_PYPI = {"HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE, "HTTP_PROXY": NOWHERE, "http_proxy": NOWHERE}


@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_132_a_companys_mirror_is_where_the_locked_packages_come_from(locked, index, variable):
    done = locked.runs(**NO_PYPI, **{variable: index.url})
    assert str(locked.folder / ".venv") in done.stdout


def test_132_the_files_of_settings_of_pip_and_uv_name_the_mirror_too(locked, index):
    settings = locked.folder / "home" / ".config"
    (settings / "pip").mkdir(parents=True)
    (settings / "pip" / "pip.conf").write_text(f"[global]\nindex-url = {index.url}\ntarget = /nowhere\n")
    locked.runs(**NO_PYPI)
    shutil.rmtree(settings / "pip")
    shutil.rmtree(locked.folder / ".venv")
    (settings / "uv").mkdir()
    (settings / "uv" / "uv.toml").write_text(f'[[index]]\nurl = "{index.url}"\ndefault = true\n')
    locked.runs(**NO_PYPI)


def test_132_a_file_of_a_mirror_that_is_not_the_locked_one_is_refused(locked, index):
    index.lock(locked, digest="0" * 64)
    failed = locked.run(**NO_PYPI, PIP_INDEX_URL=index.url.replace("//", "//me:secret@"))
    assert failed.returncode == 1
    assert f"{index.url} has a file that is not the one in uv.lock" in failed.stderr
    assert "secret" not in failed.stderr
    assert not (locked.folder / ".venv").exists()


DISTURBING = {
    **dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"), "/elsewhere"),
    **dict.fromkeys(("PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX", "UV_WORKING_DIRECTORY", "UV_TOOL_DIR"), "/elsewhere"),
    **dict.fromkeys(("PIP_USER", "PIP_REQUIRE_VIRTUALENV", "UV_NO_CACHE", "UV_OFFLINE", "UV_NO_SYNC"), "1"),
    **dict.fromkeys(("UV_LOCKED", "UV_SYSTEM_PYTHON", "UV_NO_BINARY", "UV_MANAGED_PYTHON", "UV_DRY_RUN"), "1"),
    "UV_PYTHON": "2.7",
    "UV_EXCLUDE_NEWER": "2001-01-01",
}


def test_132_the_users_other_settings_of_pip_uv_and_python_do_not_disturb(locked, index):
    locked.runs(**NO_PYPI, **DISTURBING, PIP_INDEX_URL=index.url)
    assert not Path("/elsewhere").exists()


def test_135_set_up_writes_nothing_outside_the_project(project, index):
    shutil.rmtree(project.uv.parent)
    outside = [project.folder / name for name in ("home", "temporary")]
    for folder in outside:
        folder.mkdir()
    project.runs(**NO_PYPI, **DISTURBING, PIP_INDEX_URL=index.url, TMPDIR=str(outside[1]))
    assert [[*folder.iterdir()] for folder in outside] == [[], []]
    assert not project.left_over()


def test_136_no_network_is_said_in_one_sentence(locked):
    unreachable = {"PIP_INDEX_URL": f"{NOWHERE}/simple", "PIP_RETRIES": "0", "UV_HTTP_RETRIES": "0"}
    for _ in ("the packages", "uv itself"):
        failed = locked.run(**unreachable)
        assert failed.returncode == 1
        assert f"failed: {NOWHERE}/simple could not be reached. The first run needs the network" in failed.stderr
        shutil.rmtree(locked.uv.parent, ignore_errors=True)


def test_a_uv_on_path_that_is_new_enough_is_used_and_none_is_fetched(project):
    project.uv.unlink(missing_ok=True)
    project.uv.parent.rmdir()
    project.write(project.bin / "uv", PRETENDED_UV)
    project.runs(**NO_PYPI)
    assert not project.uv.parent.exists()


@pytest.mark.parametrize("says", ["uv 0.10.9", "No version is set for command uv"])
def test_a_uv_on_path_that_is_too_old_or_says_no_version_gives_way_to_a_fetched_one(project, says):
    project.uv.unlink(missing_ok=True)
    project.uv.parent.rmdir()
    project.write(project.bin / "uv", f'#!/bin/sh\necho "{says}"\n[ "$1" = --version ]\n')
    failed = project.run(**NO_PYPI, PIP_INDEX_URL=f"{NOWHERE}/simple", PIP_RETRIES="0")
    assert f"fetching uv {UV} failed" in failed.stderr
