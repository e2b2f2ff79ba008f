"""The part of Databricks' API that the CLI uses to deploy, run and destroy this bundle (tried with version 0.298).

Nothing is executed: every run of a job and every update of a pipeline has succeeded at once.
"""

import itertools

from tests.bundle.fake_workspace import Json, Refused, Request, Route, Workspace

SUCCESS = {"life_cycle_state": "TERMINATED", "result_state": "SUCCESS"}


# Files, of the workspace and of volumes


def plain(path: str) -> str:
    """/Users and /Workspace/Users are one folder."""
    return "/" + path.strip("/").removeprefix("Workspace/")


def existing_path(workspace: Workspace, path: str) -> str:
    if plain(path) not in workspace.files:
        raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"{path} does not exist.")
    return plain(path)


def path_status(workspace: Workspace, request: Request) -> Json:
    path = existing_path(workspace, request.query["path"])
    kind = "DIRECTORY" if workspace.files[path] is None else "FILE"
    return {"path": path, "object_type": kind, "object_id": list(workspace.files).index(path)}


def make_folder(workspace: Workspace, path: str) -> Json:
    for folder in itertools.accumulate(plain(path)[1:].split("/"), "{}/{}".format):
        workspace.files.setdefault(f"/{folder}", None)
    return {}


def make_volume_folder(workspace: Workspace, path: str) -> Json:
    """Folders can only be made in a volume that exists."""
    existing_path(workspace, "/".join(path.split("/")[:5]))
    return make_folder(workspace, path)


def list_folder(workspace: Workspace, path: str) -> Json:
    folder = existing_path(workspace, path)
    if workspace.files[folder] is not None:
        raise Refused(404, "NOT_FOUND", f"{path} is a file.")
    inside = {name: file for name, file in workspace.files.items() if name.rpartition("/")[0] == folder}
    return {"contents": [{"name": name.rpartition("/")[2], "is_directory": inside[name] is None} for name in inside]}


def write_file(workspace: Workspace, request: Request, path: str) -> Json:
    existing_path(workspace, path.rpartition("/")[0])
    if plain(path) in workspace.files and request.query.get("overwrite") != "true":
        raise Refused(409, "RESOURCE_ALREADY_EXISTS", f"{path} already exists.")
    workspace.files[plain(path)] = request.content
    return {}


def read_file(workspace: Workspace, path: str) -> bytes:
    content = workspace.files[existing_path(workspace, path)]
    if content is None:
        raise Refused(404, "NOT_FOUND", f"{path} is a folder.")
    return content


def delete_path(workspace: Workspace, path: str) -> Json:
    gone = existing_path(workspace, path)
    workspace.files = {name: file for name, file in workspace.files.items() if not f"{name}/".startswith(f"{gone}/")}
    return {}


# Who may do what


def access(sender: str, level: str, inherited: bool = False) -> Json:
    kind = "user_name" if "@" in sender else "service_principal_name"
    return {kind: sender, "all_permissions": [{"permission_level": level, "inherited": inherited}]}


def current_user(workspace: Workspace, request: Request) -> Json:
    """Everybody has a home folder."""
    make_folder(workspace, f"/Users/{request.sender}")
    return {"userName": request.sender}


def folder_permissions(workspace: Workspace, request: Request, number: str) -> Json:
    """Everything in a home folder inherits its owner's permission."""
    owner = list(workspace.files)[int(number)].split("/")[2]
    return {"access_control_list": [access(owner, "CAN_MANAGE", inherited=True)]}


def change_permissions(workspace: Workspace, request: Request, name: str) -> Json:
    entries = [
        {**entry, "all_permissions": [{"permission_level": entry["permission_level"]}]}
        for entry in request.body["access_control_list"]
    ]
    return workspace.keep(f"permissions/{name}", {"access_control_list": entries})


def grants(workspace: Workspace, name: str) -> Json:
    given = workspace.things.get(f"grants/{name}", {})
    return {"privilege_assignments": [{"principal": who, "privileges": what} for who, what in given.items() if what]}


def change_grants(workspace: Workspace, request: Request, name: str) -> Json:
    """The CLI takes everything from a principal and adds what the principal is to have."""
    given = {change["principal"]: change.get("add") for change in request.body["changes"]}
    workspace.keep(f"grants/{name}", {**workspace.things.get(f"grants/{name}", {}), **given})
    return grants(workspace, name)


# Resources


def create_in_catalog(workspace: Workspace, request: Request, kind: str) -> Json:
    parts = (request.body.get(part) for part in ("catalog_name", "schema_name", "name"))
    name = ".".join(part for part in parts if part)
    make_folder(workspace, f"/Volumes/{name.replace('.', '/')}")
    return workspace.keep(f"{kind}/{name}", {**request.body, "full_name": name, "owner": request.sender})


def create_pipeline(workspace: Workspace, request: Request) -> Json:
    key = f"pipeline-{next(workspace.ids)}"
    workspace.keep(f"permissions/pipelines/{key}", {"access_control_list": [access(request.sender, "IS_OWNER")]})
    return workspace.keep(f"pipelines/{key}", {"pipeline_id": key, "name": request.body["name"], "spec": request.body})


def create_job(workspace: Workspace, request: Request) -> Json:
    key = next(workspace.ids)
    workspace.keep(f"permissions/jobs/{key}", {"access_control_list": [access(request.sender, "IS_OWNER")]})
    return workspace.keep(f"jobs/{key}", {"job_id": key, "settings": request.body})


def run_job(workspace: Workspace, request: Request) -> Json:
    settings, key = workspace.get(f"jobs/{request.body['job_id']}")["settings"], next(workspace.ids)
    tasks = [{"task_key": task["task_key"], "run_id": key, "state": SUCCESS} for task in settings["tasks"]]
    run = {"run_id": key, "run_name": settings["name"], "run_page_url": f"run {key}", "state": SUCCESS, "tasks": tasks}
    return workspace.keep(f"runs/{key}", run)


def create_warehouse(workspace: Workspace, request: Request) -> Json:
    key = f"warehouse{next(workspace.ids)}"
    workspace.keep(f"permissions/warehouses/{key}", {"access_control_list": [access(request.sender, "IS_OWNER")]})
    return workspace.keep(f"warehouses/{key}", {**request.body, "id": key, "state": "RUNNING"})


def create_app(workspace: Workspace, request: Request) -> Json:
    """An app has a service principal of its own, and at first no program; its machine runs unless that isn't wanted."""
    name = request.body["name"]
    workspace.keep(f"permissions/apps/{name}", {"access_control_list": [access(request.sender, "CAN_MANAGE")]})
    state = "STOPPED" if request.query.get("no_compute") == "true" else "ACTIVE"
    principal = {"service_principal_client_id": f"app-{next(workspace.ids)}", "service_principal_name": f"app {name}"}
    app = {**request.body, "compute_status": {"state": state}, **principal, "url": f"https://{name}.example"}
    return workspace.keep(f"apps/{name}", app)


def start_app(workspace: Workspace, request: Request, name: str) -> Json:
    app = workspace.get(f"apps/{name}")
    return workspace.keep(f"apps/{name}", {**app, "compute_status": {"state": "ACTIVE"}})


def deploy_app(workspace: Workspace, request: Request, name: str) -> Json:
    key = f"deployment{next(workspace.ids)}"
    deployment = {**request.body, "deployment_id": key, "status": {"state": "SUCCEEDED", "message": "started"}}
    workspace.keep(f"apps/{name}", {**workspace.get(f"apps/{name}"), "active_deployment": deployment})
    return workspace.keep(f"apps/{name}/deployments/{key}", deployment)


def create_scope(workspace: Workspace, request: Request) -> Json:
    name = request.body["scope"]
    if f"secret_scopes/{name}" in workspace.things:
        raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"Scope {name} already exists.")
    workspace.keep(f"acls/{name}/{request.sender}", {"principal": request.sender, "permission": "MANAGE"})
    return workspace.keep(f"secret_scopes/{name}", {"name": name})


def put_secret(workspace: Workspace, request: Request) -> Json:
    scope = workspace.get(f"secret_scopes/{request.body['scope']}")
    return workspace.keep(f"secrets/{scope['name']}/{request.body['key']}", request.body)


def create_dashboard(workspace: Workspace, request: Request) -> Json:
    key = f"dashboard-{next(workspace.ids)}"
    workspace.keep(f"permissions/dashboards/{key}", {"access_control_list": [access(request.sender, "CAN_MANAGE")]})
    return workspace.keep(f"dashboards/{key}", {**request.body, "dashboard_id": key, "etag": "1"})


CATALOG, PIPELINE = "/api/2.1/unity-catalog", "/api/2.0/(pipelines/[^/]+)"
ROUTES: list[Route] = [
    ("GET", "/.well-known/databricks-config", lambda w, r: {"oidc_endpoint": "https://example.com/oidc"}),
    ("GET", "/api/2.0/preview/scim/v2/Me", current_user),
    ("GET", "/api/2.0/workspace/get-status", path_status),
    ("POST", "/api/2.0/workspace/mkdirs", lambda w, r: make_folder(w, r.body["path"])),
    ("POST", "/api/2.0/workspace/delete", lambda w, r: delete_path(w, r.body["path"])),
    ("GET", "/api/2.0/workspace/export", lambda w, r: read_file(w, r.query["path"])),
    ("GET", "/api/2.0/workspace-files(/.*)", lambda w, r, path: read_file(w, path)),
    ("POST", "/api/2.0/workspace-files/import-file(/.*)", write_file),
    ("PUT", "/api/2.0/fs/directories(/.*)", lambda w, r, path: make_volume_folder(w, path)),
    ("HEAD", "/api/2.0/fs/directories(/.*)", lambda w, r, path: list_folder(w, path)),
    ("GET", "/api/2.0/fs/directories(/.*)", lambda w, r, path: list_folder(w, path)),
    ("HEAD", "/api/2.0/fs/files(/.*)", lambda w, r, path: read_file(w, path)),
    ("PUT", "/api/2.0/fs/files(/.*)", write_file),
    ("POST", f"{CATALOG}/(schemas|volumes)", create_in_catalog),
    ("GET", f"{CATALOG}/((?:schemas|volumes)/.*)", lambda w, r, name: w.get(name)),
    ("DELETE", f"{CATALOG}/((?:schemas|volumes)/.*)", lambda w, r, name: w.drop(name)),
    ("GET", f"{CATALOG}/permissions/(.*)", lambda w, r, name: grants(w, name)),
    ("PATCH", f"{CATALOG}/permissions/(.*)", change_grants),
    ("GET", r"/api/2.0/permissions/directories/(\d+)", folder_permissions),
    ("GET", "/api/2.0/permissions/(.*)", lambda w, r, name: w.get(f"permissions/{name}")),
    ("PUT", "/api/2.0/permissions/(.*)", change_permissions),
    ("POST", "/api/2.0/pipelines", create_pipeline),
    ("GET", PIPELINE, lambda w, r, name: w.get(name)),
    ("DELETE", PIPELINE, lambda w, r, name: w.drop(name)),
    ("POST", f"{PIPELINE}/updates", lambda w, r, name: {"update_id": "1"}),
    ("GET", f"{PIPELINE}/updates/1", lambda w, r, name: {"update": {"update_id": "1", "state": "COMPLETED"}}),
    ("GET", f"{PIPELINE}/events", lambda w, r, name: {"events": []}),
    ("POST", "/api/2.2/jobs/create", create_job),
    ("GET", "/api/2.2/jobs/get", lambda w, r: w.get(f"jobs/{r.query['job_id']}")),
    ("POST", "/api/2.2/jobs/delete", lambda w, r: w.drop(f"jobs/{r.body['job_id']}")),
    ("POST", "/api/2.2/jobs/run-now", run_job),
    ("GET", "/api/2.2/jobs/runs/get", lambda w, r: w.get(f"runs/{r.query['run_id']}")),
    ("GET", "/api/2.2/jobs/runs/get-output", lambda w, r: {}),
    ("POST", "/api/2.0/sql/warehouses", create_warehouse),
    ("GET", "/api/2.0/sql/(warehouses/[^/]+)", lambda w, r, name: w.get(name)),
    ("POST", "/api/2.0/sql/(warehouses/[^/]+)/edit", lambda w, r, name: w.keep(name, {**w.get(name), **r.body})),
    ("DELETE", "/api/2.0/sql/(warehouses/[^/]+)", lambda w, r, name: w.drop(name)),
    ("POST", "/api/2.0/apps", create_app),
    ("GET", "/api/2.0/(apps/[^/]+)", lambda w, r, name: w.get(name)),
    ("PATCH", "/api/2.0/(apps/[^/]+)", lambda w, r, name: w.keep(name, {**w.get(name), **r.body})),
    ("POST", "/api/2.0/apps/([^/]+)/start", start_app),
    ("POST", "/api/2.0/apps/([^/]+)/deployments", deploy_app),
    ("GET", "/api/2.0/(apps/[^/]+/deployments/[^/]+)", lambda w, r, name: w.get(name)),
    ("DELETE", "/api/2.0/(apps/[^/]+)", lambda w, r, name: w.drop(name)),
    ("POST", "/api/2.0/lakeview/dashboards", create_dashboard),
    ("GET", "/api/2.0/lakeview/(dashboards/[^/]+)", lambda w, r, name: w.get(name)),
    ("DELETE", "/api/2.0/lakeview/(dashboards/[^/]+)", lambda w, r, name: w.drop(name)),
    ("POST", "/api/2.0/lakeview/(dashboards/[^/]+)/published", lambda w, r, name: w.keep(f"published/{name}", r.body)),
    ("GET", "/api/2.0/lakeview/(dashboards/[^/]+)/published", lambda w, r, name: w.get(f"published/{name}")),
    ("POST", "/api/2.0/secrets/scopes/create", create_scope),
    ("GET", "/api/2.0/secrets/scopes/list", lambda w, r: {"scopes": w.all("secret_scopes")}),
    ("POST", "/api/2.0/secrets/scopes/delete", lambda w, r: w.drop(f"secret_scopes/{r.body['scope']}")),
    ("GET", "/api/2.0/secrets/acls/list", lambda w, r: {"items": w.all(f"acls/{r.query['scope']}")}),
    ("POST", "/api/2.0/secrets/acls/put", lambda w, r: w.keep(f"acls/{r.body['scope']}/{r.body['principal']}", r.body)),
    ("POST", "/api/2.0/secrets/acls/delete", lambda w, r: w.drop(f"acls/{r.body['scope']}/{r.body['principal']}")),
    ("POST", "/api/2.0/secrets/put", put_secret),
]
