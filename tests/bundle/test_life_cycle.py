"""Each target from its validation to its end, by the Databricks CLI on a fake workspace."""

import json
import re

import pytest

from tests.bundle.client import PERSON, TARGETS, deployer, logged_in
from tests.bundle.fake_api import plain
from tests.conftest import ROOT

SHARED = [target for target, config in TARGETS.items() if config["mode"] == "production"]
NOTHING_TO_DO = re.compile(r"^Plan: 0 to add, 0 to change, 0 to delete, \d+ unchanged$", re.MULTILINE)


@pytest.fixture(scope="module", params=TARGETS)
def target(request):
    return request.param


@pytest.fixture(scope="module")
def client(databricks, tmp_path_factory, target):
    """Has deployed a target; what a test does with it must leave it as it is."""
    with logged_in(databricks, deployer(target), tmp_path_factory.mktemp(target)) as client:
        client.bundle("deploy", target)
        # The first deployment makes the App without its program; README has this command, too.
        client.bundle("run", target, "serving")
        yield client


# What a deployment makes


def test_a_target_is_valid(client, target):
    assert "Validation OK!" in client.bundle("validate", target, "--strict")


def test_a_deployment_makes_every_resource(client, target):
    made = json.loads(client.bundle("summary", target, "--output", "json"))["resources"]
    declared = TARGETS[target]["resources"]
    assert {kind: {key for key in made[kind] if made[kind][key]["id"]} for kind in made} == {
        kind: set(declared[kind]) for kind in declared
    }


def test_schemas_are_named_after_the_target(client, target):
    prefix = {"dev": "main.dev_ada_lakehouse_", "staging": "staging.staging_lakehouse_", "prod": "prod.lakehouse_"}
    names = {schema["full_name"] for schema in client.workspace.all("schemas")}
    assert names == {prefix[target] + key for key in ("bronze", "silver", "gold", "published", "operations")}


def test_jobs_start_by_themselves_only_in_a_shared_target(client, target):
    jobs = [job["settings"] for job in client.workspace.all("jobs")]
    starts = [job[kind]["pause_status"] for job in jobs for kind in ("trigger", "schedule") if kind in job]
    assert set(starts) == {"UNPAUSED" if target in SHARED else "PAUSED"}


def test_jobs_and_pipelines_of_a_shared_target_run_as_its_service_principal(client, target):
    expected = {"service_principal_name": deployer(target)} if target in SHARED else None
    specs = [pipeline["spec"] for pipeline in client.workspace.all("pipelines")]
    specs += [job["settings"] for job in client.workspace.all("jobs")]
    assert [spec.get("run_as") for spec in specs] == [expected] * len(specs)


def test_only_sources_are_uploaded(client, target):
    folder = f"/Users/{deployer(target)}/.bundle/lakehouse/{target}/files/"
    files = [name for name, content in client.workspace.files.items() if content is not None]
    rooms = [path.removeprefix("../") for path in TARGETS[target]["sync"]["paths"]]
    sources = [path for room in rooms for path in (client.folder / room).rglob("*") if path.is_file()]
    sources.append(client.folder / "requirements.txt")
    assert {name.removeprefix(folder) for name in files if name.startswith(folder)} == {
        path.relative_to(client.folder).as_posix() for path in sources
    }


def test_every_path_and_schema_that_a_pipeline_or_job_names_is_there(client):
    """The CLI deploys a task whose file is not uploaded, and says nothing."""
    pipelines = [pipeline["spec"] for pipeline in client.workspace.all("pipelines")]
    jobs = [job["settings"] for job in client.workspace.all("jobs")]
    paths = set(re.findall(r'"(/(?:Workspace|Volumes)/[^"]+)"', json.dumps(pipelines + jobs)))
    assert {path for path in paths if plain(path).removesuffix("/**") not in client.workspace.files} == set()
    for pipeline in pipelines:
        for place in (pipeline, pipeline["event_log"]):
            assert f"schemas/{place['catalog']}.{place['schema']}" in client.workspace.things


@pytest.mark.parametrize("target", SHARED, indirect=True)
def test_a_pipeline_is_created_after_the_grants_on_its_schemas(client):
    """Without a reference to a grant the CLI creates them side by side (databricks/cli#4573)."""
    granted = set()
    for request in client.workspace.requests:
        if request.method == "PATCH" and "/permissions/schema/" in request.path:
            granted.add(request.path.rpartition("/")[2])
        if request.method == "POST" and request.path == "/api/2.0/pipelines":
            places = (request.body, request.body["event_log"])
            assert {f"{place['catalog']}.{place['schema']}" for place in places} <= granted


# What comes after


def test_a_deployment_leaves_nothing_to_do(client, target):
    assert NOTHING_TO_DO.search(client.bundle("plan", target))
    before = len(client.workspace.requests)
    client.bundle("deploy", target)
    again = [request for request in client.workspace.requests[before:] if request.method not in ("GET", "HEAD")]
    assert [one.path for one in again if not one.path.startswith("/api/2.0/workspace")] == []


def test_the_job_runs(client, target):
    client.bundle("run", target, "medallion")
    started = client.workspace.sent("POST", ".*/run-now")[-1]["job_id"]
    assert client.workspace.get(f"jobs/{started}")["settings"]["name"].endswith("lakehouse-medallion")


def test_a_table_is_refreshed_in_full(client, target):
    client.bundle("run", target, "silver_pipeline", "--full-refresh", "titles")
    assert client.workspace.sent("POST", ".*/updates")[-1]["full_refresh_selection"] == ["titles"]


def test_dev_is_destroyed(databricks, tmp_path):
    with logged_in(databricks, PERSON, tmp_path) as client:
        client.bundle("deploy", "dev")
        client.bundle("destroy", "dev", "--auto-approve")
    assert [client.workspace.all(kind) for kind in TARGETS["dev"]["resources"] if client.workspace.all(kind)] == []
    assert [name for name in client.workspace.files if "/.bundle/lakehouse/" in name] == []


# What is refused


@pytest.mark.parametrize("target", SHARED, indirect=True)
@pytest.mark.parametrize("command", [["destroy"], ["deploy", "--var", "catalog=another"]], ids=" ".join)
def test_a_shared_target_keeps_its_tables_and_files(client, target, command):
    before = dict(client.workspace.things)
    done = client.run("databricks", "bundle", *command, "--target", target, "--auto-approve")
    assert done.returncode == 1
    refused = set(re.findall(r"resources\.(\S+) has lifecycle.prevent_destroy set", done.stderr))
    assert refused >= {f"{kind}.{key}" for kind in ("schemas", "volumes") for key in TARGETS[target]["resources"][kind]}
    assert client.workspace.things == before
    assert "has lifecycle.prevent_destroy set" in (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def test_permissions_of_the_whole_bundle_draw_a_warning(databricks, tmp_path):
    """Whoever deploys may manage their home folder, and the CLI misses that in the bundle's permissions."""
    with logged_in(databricks, PERSON, tmp_path) as client:
        permissions = "permissions: [{level: CAN_VIEW, group_name: users}]\n"
        (client.folder / "bundle" / "permissions.yml").write_text(permissions)
        done = client.run("databricks", "bundle", "validate", "--strict")
    assert done.returncode == 1
    assert "workspace folder has permissions not configured in bundle" in done.stderr
