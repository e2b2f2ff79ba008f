"""The App has all that it runs with: from exactly the uploaded files and the locked packages it starts and answers."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deployment.mistakes import Mistakes, config, findings, prod

LARGEST = 10 * 1024 * 1024
"""Bytes of a file of an App."""
mistake = Mistakes()


def app(bundle):
    return bundle["resources"]["apps"]["serving"]


@mistake("prod: resources.apps.serving is called lakehouse, as in other targets of the workspace")
def one_name_for_all_targets(bundle):
    app(bundle)["name"] = "lakehouse"


@mistake("dev: resources.apps.serving is called lakehouse_dev-me, which isn't 2 to 30 of a-z, 0-9 and -")
def a_name_with_an_underscore(bundle):
    bundle["targets"]["dev"]["variables"]["app_name"] = "lakehouse_dev-${workspace.current_user.domain_friendly_name}"


@mistake("prod: resources.apps.serving isn't started by a deployment")
def left_stopped(bundle):
    del prod(bundle)["resources"]["apps"]["serving"]["lifecycle"]


@mistake("resources.apps.serving says valueFrom, which is app.yaml's spelling")
def spelled_as_in_app_yaml(bundle):
    variable = app(bundle)["config"]["env"][0]
    variable["valueFrom"] = variable.pop("value_from")


@mistake("resources.apps.serving takes DATABRICKS_WAREHOUSE_ID from warehouse, which it lacks")
def a_resource_that_is_not_there(bundle):
    app(bundle)["config"]["env"][0]["value_from"] = "warehouse"


@mistake("prod: resources.apps.serving reads as 'user' with the user scopes []")
def readers_without_a_scope(bundle):
    prod(bundle)["variables"]["app_reads_as"] = "user"


@mistake("prod: resources.apps.serving reads as 'app' with the user scopes ['sql']")
def a_scope_that_is_not_used(bundle):
    prod(bundle)["variables"]["app_user_api_scopes"] = ["sql"]


@mistake("prod: resources.sql_warehouses.serving_warehouse is taken from apps.serving by the second deployment")
def a_warehouse_that_forgets_the_app(bundle):
    del prod(bundle)["resources"]["sql_warehouses"]["serving_warehouse"]["permissions"][-1]


@mistake("prod: resources.sql_warehouses.serving_warehouse gives the App CAN_MANAGE, which they don't need")
def an_app_that_manages_its_warehouse(bundle):
    prod(bundle)["resources"]["sql_warehouses"]["serving_warehouse"]["permissions"][-1]["level"] = "CAN_MANAGE"


@mistake("prod: resources.schemas.silver gives the App USE_SCHEMA, SELECT, which they don't need")
def an_app_that_reads_silver(bundle):
    grants = prod(bundle)["resources"]["schemas"]
    grants["silver"]["grants"].append(grants["published"]["grants"][-1])


@mistake("prod: tables.published doesn't let the App read: SELECT on tables.published, USE_SCHEMA on")
def an_app_that_reads_nothing(bundle):
    del prod(bundle)["resources"]["schemas"]["published"]["grants"][-1]


@mistake("prod: resources.apps.serving has no permissions, so only its owner sees it")
def an_app_that_nobody_opens(bundle):
    del prod(bundle)["resources"]["apps"]


@mistake("resources.apps.serving runs python -m serving.databricks_app, which isn't a module of what is uploaded")
def an_app_that_is_not_uploaded(bundle):
    bundle["sync"]["paths"].remove("../serving")


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_mistake_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(str(found) for found in findings(bundle))


def test_readers_with_their_own_rights_need_two_settings():
    bundle = config()
    prod(bundle)["variables"] |= {"app_reads_as": "user", "app_user_api_scopes": ["sql"]}
    assert findings(bundle) == []


def test_what_the_app_reads_is_in_its_environment():
    from serving.backends.settings import RUNTIMES_OWN, settings_of

    names = {variable["name"] for variable in app(config())["config"]["env"]}
    given = {"DATABRICKS_HOST": "https://x.example", "DATABRICKS_APP_PORT": "8000"}
    given |= dict.fromkeys(RUNTIMES_OWN, "abc")
    assert settings_of({**given, **dict.fromkeys(names - {"LAKEHOUSE_READS_AS"}, "abc")}).warehouse_id == "abc"


# What is locked


def locked():
    """The packages that the group `app` needs, of uv.lock: by name and version, the digests of their files."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    by_name = {}
    for package in packages:
        by_name.setdefault(package["name"], []).append(package)
    (project,) = by_name["lakehouse"]
    found, waiting = {}, [(one["name"], tuple(one.get("extra", ()))) for one in project["dev-dependencies"]["app"]]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for package in by_name[name]:
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            found[name, package["version"]] = {file["hash"] for file in files}
            needed = [*package.get("dependencies", [])]
            for extra in extras:
                needed += package.get("optional-dependencies", {}).get(extra, [])
            waiting += [(one["name"], tuple(one.get("extra", ()))) for one in needed]
    return found


def test_the_requirements_are_the_locked_ones_with_their_digests():
    """`uv export --frozen --only-group app --no-header --no-annotate -o requirements.txt`"""
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", " ")
    written = {}
    for line in filter(None, text.splitlines()):
        name, version = re.match(r"([\w.-]+)==([\w.+!-]+)", line).groups()
        written[name, version] = set(re.findall(r"--hash=(sha256:\w+)", line))
    needed = locked()
    assert {key for key in written if key not in needed} == set()
    # Some are for other systems only: Windows' and older Pythons' are left out by the command.
    assert {name for name, _ in needed} - {name for name, _ in written} <= {"colorama", "exceptiongroup"}
    assert all(written[key] == needed[key] for key in written)


def test_no_machine_but_the_app_needs_its_packages():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert {"include-group": "serve"} in groups["app"]
    for name, group in groups.items():
        assert name == "app" or not any(str(one).startswith("databricks-s") for one in group)


# What is uploaded


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory):
    """A copy of what `bundle deploy` uploads, and nothing else."""
    sync, folder = config()["sync"], tmp_path_factory.mktemp("uploaded")
    for path in sync["paths"]:
        name = path.removeprefix("../")
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sync["include"]:
        shutil.copy(ROOT / path.removeprefix("../"), folder)
    return folder


def test_no_file_is_larger_than_an_app_may_have(uploaded):
    files = [path for path in uploaded.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if path.stat().st_size > LARGEST] == []


def test_it_starts_from_these_files_alone_and_answers_before_the_warehouse_does(uploaded, tmp_path):
    pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DATABRICKS_HOST": "https://nowhere.invalid",
        "DATABRICKS_CLIENT_ID": "app",
        "DATABRICKS_CLIENT_SECRET": "of-the-app",
        "DATABRICKS_APP_NAME": "lakehouse-test",
        "DATABRICKS_APP_PORT": str(port),
        "DATABRICKS_WORKSPACE_ID": "1",
        "DATABRICKS_WAREHOUSE_ID": "abc",
        "LAKEHOUSE_CATALOG": "main",
        "LAKEHOUSE_PUBLISHED_SCHEMA": "lakehouse_published",
    }
    command = [sys.executable, *app(config())["config"]["command"][1:]]
    log = (tmp_path / "log").open("w+")
    with subprocess.Popen(command, cwd=uploaded, env=environment, stdout=log, stderr=log) as process:
        try:
            assert _get(port, "/api/v1/ready", 30)[0] == 200
            status, text = _get(port, "/api/v1/query?metrics=titles")
            assert (status, "nothing-published" in text) == (503, True)
            page = _get(port, "/")[1]
            script = re.search(r"/charts/[\w.-]+\.js", page + _get(port, "/definitions/plays")[1])
            assert script is None or _get(port, script[0])[0] == 200
            assert _get(port, "/definitions/plays")[0] == 200
            assert _get(port, "/api/v1/openapi.json")[0] == 200
        finally:
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            process.wait(20)
        assert time.monotonic() - began < 15  # what a stopping App is given
    log.seek(0)
    assert "Traceback" not in log.read()
    assert "of-the-app" not in Path(log.name).read_text()


def _get(port, path, patience=5):
    """The status and text of a path; waits for the server."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
