"""The bundle's structure is what a workspace needs; each reintroduced mistake is found."""

import pytest

from deployment import structure
from deployment.checks import BUNDLE_CHECKS, TARGET_CHECKS
from tests.conftest import ROOT
from tests.deployment.mistakes import Mistakes, config, findings, prod, targets

mistake = Mistakes()


@pytest.mark.parametrize("check", BUNDLE_CHECKS, ids=lambda check: check.__name__)
def test_the_bundle_has_no_finding(check):
    assert list(check(config())) == []


@pytest.mark.parametrize("check", TARGET_CHECKS, ids=lambda check: check.__name__)
def test_no_target_has_a_finding(check):
    assert [str(finding) for target in targets(config()) for finding in check(target)] == []


@mistake("the bundle has permissions at the top level")
def permissions_of_the_bundle(bundle):
    bundle["permissions"] = [{"level": "CAN_VIEW", "group_name": "users"}]


@mistake("target prod has permissions at the top level")
def permissions_of_a_target(bundle):
    prod(bundle)["permissions"] = [{"level": "CAN_MANAGE", "user_name": "me"}]


@mistake("The bundle has no target in production mode; add one, such as prod, to bundle/targets.yml.")
def nothing_shared(bundle):
    bundle["targets"] = {"dev": bundle["targets"]["dev"]}


@mistake("dev is missing, the target for everybody's own copy; add it to bundle/targets.yml.")
def no_dev(bundle):
    del bundle["targets"]["dev"]


@mistake("The bundle has no target in production mode")
def no_targets(bundle):
    bundle["targets"] = {}


@mistake("prod is not in production mode")
def prod_without_a_mode(bundle):
    del prod(bundle)["mode"]


@mistake("dev is not the default, or not in development mode")
def dev_in_production_mode(bundle):
    bundle["targets"]["dev"]["mode"] = "production"


@mistake("prod: the variable catalog has no value but by --var")
def catalog_by_var(bundle):
    del prod(bundle)["variables"]["catalog"]


@mistake("catalog has a default, so a target may forget its own")
def catalog_by_default(bundle):
    bundle["variables"]["catalog"]["default"] = "main"


@mistake("staging: the variable service_principal is empty")
def service_principal_left_out(bundle):
    del bundle["targets"]["staging"]["variables"]["service_principal"]


@mistake("failure_emails is not empty where a target sets nothing")
def mail_to_an_empty_address(bundle):
    bundle["variables"]["failure_emails"]["default"] = [""]


@mistake("resources.schemas.bronze is called bronze, a name that others")
def bare_bronze(bundle):
    bundle["resources"]["schemas"]["bronze"]["name"] = "bronze"


@mistake("resources.pipelines.silver_pipeline spells lakehouse_silver")
def spelled_schema(bundle):
    bundle["resources"]["pipelines"]["silver_pipeline"]["schema"] = "lakehouse_silver"


@mistake("resources.pipelines.silver_pipeline spells main")
def spelled_catalog(bundle):
    bundle["resources"]["pipelines"]["silver_pipeline"]["catalog"] = "main"


@mistake("resources.pipelines.gold_pipeline spells silver")
def spelled_schema_in_a_setting(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["configuration"]["lakehouse.silver_schema"] = "silver"


@mistake("resources.jobs.medallion spells /Volumes/main/bronze/landing/")
def spelled_volume(bundle):
    bundle["resources"]["jobs"]["medallion"]["trigger"]["file_arrival"]["url"] = "/Volumes/main/bronze/landing/"


@mistake("prod: resources.schemas.silver may be destroyed")
def unprotected_schema(bundle):
    del prod(bundle)["resources"]["schemas"]["silver"]["lifecycle"]


@mistake("staging: resources.volumes.landing may be destroyed")
def unprotected_volume(bundle):
    bundle["targets"]["staging"]["resources"]["volumes"]["landing"]["lifecycle"]["prevent_destroy"] = False


@mistake("prod: resources.secret_scopes.lakehouse may be destroyed")
def unprotected_key(bundle):
    del prod(bundle)["resources"]["secret_scopes"]["lakehouse"]["lifecycle"]


@mistake("dev: resources.schemas.gold can't be destroyed")
def protected_dev(bundle):
    bundle["resources"]["schemas"]["gold"]["lifecycle"] = {"prevent_destroy": True}


@mistake("depends on who deploys")
def root_path_of_the_deployer(bundle):
    prod(bundle)["workspace"]["root_path"] = (
        "/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}"
    )


@mistake("prod: root_path '' depends on who deploys")
def root_path_left_out(bundle):
    del prod(bundle)["workspace"]


@mistake("can be written by everybody")
def root_path_in_shared(bundle):
    prod(bundle)["workspace"]["root_path"] = "/Workspace/Shared/${bundle.name}/${bundle.target}"


@mistake("doesn't belong to this bundle and this target alone")
def root_path_of_two_targets(bundle):
    prod(bundle)["workspace"]["root_path"] = "/Workspace/Users/${var.service_principal}/${bundle.name}"


@mistake("the bundle has one root_path for all targets")
def root_path_of_the_bundle(bundle):
    bundle["workspace"] = {"root_path": "/Workspace/Users/me/lakehouse"}


@mistake("databricks_cli_version is not at least 0.298.0")
def no_version_of_the_command_line(bundle):
    del bundle["bundle"]["databricks_cli_version"]


@mistake("databricks_cli_version is not at least 0.298.0")
def old_version_of_the_command_line(bundle):
    bundle["bundle"]["databricks_cli_version"] = ">= 0.297.0"


@mistake("engine is not direct")
def the_deprecated_engine(bundle):
    del bundle["bundle"]["engine"]


@mistake("resources.pipelines.bronze_pipeline lacks spark.sql.legacy.timeParserPolicy: CORRECTED")
def no_time_parser_policy(bundle):
    del bundle["resources"]["pipelines"]["bronze_pipeline"]["configuration"]["spark.sql.legacy.timeParserPolicy"]


@mistake("resources.pipelines.gold_pipeline lacks spark.sql.session.timeZone: UTC")
def another_time_zone(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["configuration"]["spark.sql.session.timeZone"] = "Europe/Berlin"


@mistake("prod uploads the whole repository; set sync.paths in bundle/sync.yml to ../src.")
def everything_uploaded(bundle):
    del bundle["sync"]


@mistake("prod uploads the whole repository")
def the_root_uploaded(bundle):
    bundle["sync"]["paths"].append("../")


@mistake("resources.pipelines.gold_pipeline executes ../src/gold/conformed/pipeline.py, which isn't uploaded")
def a_layer_left_out(bundle):
    bundle["sync"]["paths"] = ["../src/bronze", "../src/silver"]


@mistake("resources.jobs.medallion executes ../tasks/make_folders.py, which isn't uploaded")
def a_task_elsewhere(bundle):
    task = bundle["resources"]["jobs"]["medallion"]["tasks"][0]
    task["spark_python_task"]["python_file"] = "../tasks/make_folders.py"


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_mistake_that_is_put_back_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(map(str, findings(bundle)))


def rename_prod(bundle):
    bundle["targets"]["production"] = bundle["targets"].pop("prod")


def remove_staging(bundle):
    del bundle["targets"]["staging"]


def add_a_second_copy(bundle):
    bundle["targets"]["mine"] = {**bundle["targets"]["dev"], "default": False}


@pytest.mark.parametrize("change", [rename_prod, remove_staging, add_a_second_copy])
def test_targets_may_have_other_names(change):
    bundle = config()
    change(bundle)
    assert findings(bundle) == []


def test_what_is_uploaded_has_the_task_the_pipelines_and_the_tables_that_they_read():
    """And little else: the repository has some 700 files."""
    sync = config()["sync"]
    assert sync["paths"] == [
        f"../{name}" for name in ("src", "serving", "dashboards", "metrics", "exports", "local_runtime")
    ]
    assert sync["include"] == ["../requirements.txt"]
    kinds = (".py", ".csv", ".sql")
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*") if path.suffix in kinds]
    for path in (
        "src/tasks/make_landing_folders.py",
        "src/tasks/make_metric_views.py",
        "src/tasks/metric_views/metrics_title.sql",
        "src/tasks/publish_state.py",
        "src/common/countries.csv",
        "src/gold/catalogue/ratings.csv",
    ):
        assert path in files
    assert len(files) < 160


def test_a_target_without_values_is_a_finding_and_no_error():
    bundle = config()
    prod(bundle)["variables"] = {}
    found = [str(finding) for target in targets(bundle) for finding in structure.variables(target)]
    assert len(found) == 5  # the catalog, the service principal and three groups
