"""The bundle does what a real workspace asks, and each mistake that was in it once is found when it is put back."""

import json

import pytest

from local_runtime.pipelines.bundle_config import read_bundle
from tests.bundle.checks import CHECKS, targets
from tests.conftest import ROOT


def config():
    """The bundle's configuration as its own tree: what an anchor shares between targets is written out."""
    return json.loads(json.dumps(read_bundle(ROOT).config))


def findings(configuration):
    """What all checks find; the others presume that the targets are there."""
    return targets(configuration) or [finding for check in CHECKS for finding in check(configuration)]


def prod(configuration):
    return configuration["targets"]["prod"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_bundle_has_no_finding(check):
    assert check(config()) == []


MISTAKES = []


def mistake(finding):
    """Adds a function that puts a mistake back; `finding` is what must then be said."""

    def add(put_back):
        MISTAKES.append(pytest.param(put_back, finding, id=put_back.__name__))
        return put_back

    return add


@mistake("the bundle: permissions at the top level")
def permissions_of_the_bundle(bundle):
    bundle["permissions"] = [{"level": "CAN_VIEW", "group_name": "users"}]


@mistake("target prod: permissions at the top level")
def permissions_of_a_target(bundle):
    prod(bundle)["permissions"] = [{"level": "CAN_MANAGE", "user_name": "me"}]


@mistake("prod: resources.jobs.medallion: no permissions")
def a_job_that_nobody_sees(bundle):
    del prod(bundle)["resources"]["jobs"]


@mistake("staging is missing")
def no_staging(bundle):
    del bundle["targets"]["staging"]


@mistake("prod: not in production mode")
def prod_without_a_mode(bundle):
    del prod(bundle)["mode"]


@mistake("prod: the variable catalog has no value but by --var")
def catalog_by_var(bundle):
    del prod(bundle)["variables"]["catalog"]


@mistake("catalog: a default lets a target forget its own")
def catalog_by_default(bundle):
    bundle["variables"]["catalog"]["default"] = "main"


@mistake("staging: the variable service_principal is empty")
def service_principal_left_out(bundle):
    del bundle["targets"]["staging"]["variables"]["service_principal"]


@mistake("resources.schemas.bronze: bronze doesn't carry the bundle's name")
def bare_bronze(bundle):
    bundle["resources"]["schemas"]["bronze"]["name"] = "bronze"


@mistake("resources.pipelines.silver_pipeline: lakehouse_silver is spelled")
def spelled_schema(bundle):
    bundle["resources"]["pipelines"]["silver_pipeline"]["schema"] = "lakehouse_silver"


@mistake("resources.pipelines.gold_pipeline: silver is spelled")
def spelled_schema_in_a_setting(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["configuration"]["lakehouse.silver_schema"] = "silver"


@mistake("resources.jobs.medallion: /Volumes/main/bronze/landing/ is spelled")
def spelled_volume(bundle):
    bundle["resources"]["jobs"]["medallion"]["trigger"]["file_arrival"]["url"] = "/Volumes/main/bronze/landing/"


@mistake("prod: resources.schemas.silver: may be destroyed")
def unprotected_schema(bundle):
    del prod(bundle)["resources"]["schemas"]["silver"]["lifecycle"]


@mistake("staging: resources.volumes.landing: may be destroyed")
def unprotected_volume(bundle):
    bundle["targets"]["staging"]["resources"]["volumes"]["landing"]["lifecycle"]["prevent_destroy"] = False


@mistake("dev: resources.schemas.gold: can't be destroyed")
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


@mistake("is everybody's to write")
def root_path_in_shared(bundle):
    prod(bundle)["workspace"]["root_path"] = "/Workspace/Shared/${bundle.name}/${bundle.target}"


@mistake("isn't this bundle's and this target's alone")
def root_path_of_two_targets(bundle):
    prod(bundle)["workspace"]["root_path"] = "/Workspace/Users/${var.service_principal}/${bundle.name}"


@mistake("prod: no service principal in run_as")
def run_as_left_out(bundle):
    del prod(bundle)["run_as"]


@mistake("prod: no service principal in run_as")
def run_as_a_person(bundle):
    prod(bundle)["run_as"] = {"user_name": "me@example.com"}


@mistake("silver_pipeline: run_as lacks CREATE_MATERIALIZED_VIEW, CREATE_TABLE, USE_SCHEMA on silver")
def run_as_without_grants(bundle):
    del prod(bundle)["resources"]["schemas"]["silver"]["grants"]


@mistake("gold_pipeline: run_as lacks CREATE_MATERIALIZED_VIEW on operations")
def run_as_without_a_grant(bundle):
    prod(bundle)["resources"]["schemas"]["operations"]["grants"][0]["privileges"].remove("CREATE_MATERIALIZED_VIEW")


@mistake("prod: resources.volumes.landing: run_as lacks READ_VOLUME")
def run_as_that_cannot_read_files(bundle):
    del prod(bundle)["resources"]["volumes"]["landing"]["grants"][0]


@mistake("resources.jobs.medallion: mail goes to ['${workspace.current_user.userName}'], no variable")
def mail_to_the_deployer(bundle):
    bundle["resources"]["jobs"]["medallion"]["email_notifications"]["on_failure"] = [
        "${workspace.current_user.userName}"
    ]


@mistake("resources.pipelines.gold_pipeline: mail goes to")
def pipeline_mail_to_the_deployer(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["notifications"] = [
        {"email_recipients": ["${workspace.current_user.userName}"], "alerts": ["on-update-failure"]}
    ]


@mistake("failure_emails: not empty where a target says nothing")
def mail_to_an_empty_address(bundle):
    bundle["variables"]["failure_emails"]["default"] = [""]


@mistake("databricks_cli_version: not at least 0.295.0")
def no_version_of_the_command_line(bundle):
    del bundle["bundle"]["databricks_cli_version"]


@mistake("databricks_cli_version: not at least 0.295.0")
def old_version_of_the_command_line(bundle):
    bundle["bundle"]["databricks_cli_version"] = ">= 0.250.0"


@mistake("dev: resources.schemas.gold: gives account users in dev")
def dev_open_to_all(bundle):
    grants = [{"principal": "account users", "privileges": ["USE_SCHEMA", "SELECT"]}]
    bundle["resources"]["schemas"]["gold"]["grants"] = grants


@mistake("prod: resources.schemas.gold: open to everybody")
def prod_open_to_all(bundle):
    prod(bundle)["variables"]["analysts"] = "account users"


@mistake("dev: resources.jobs.medallion: gives users in dev")
def dev_job_seen_by_all(bundle):
    bundle["resources"]["jobs"]["medallion"]["permissions"] = [{"group_name": "users", "level": "CAN_VIEW"}]


@mistake("prod: resources.volumes.landing: uploaders lack WRITE_VOLUME")
def nobody_can_land_files(bundle):
    prod(bundle)["resources"]["volumes"]["landing"]["grants"][1]["privileges"] = ["READ_VOLUME"]


@mistake("prod: resources.volumes.landing: uploaders lack USE_SCHEMA")
def uploaders_without_the_schema(bundle):
    del prod(bundle)["resources"]["schemas"]["bronze"]["grants"][1]


@mistake("prod: resources.pipelines.gold_pipeline: analysts can read the event log in gold")
def event_log_in_gold(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["event_log"]["schema"] = "${resources.schemas.gold.name}"


@mistake("resources.pipelines.bronze_pipeline: spark.sql.legacy.timeParserPolicy is not CORRECTED")
def no_time_parser_policy(bundle):
    del bundle["resources"]["pipelines"]["bronze_pipeline"]["configuration"]["spark.sql.legacy.timeParserPolicy"]


@mistake("resources.pipelines.gold_pipeline: spark.sql.session.timeZone is not UTC")
def another_time_zone(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["configuration"]["spark.sql.session.timeZone"] = "Europe/Berlin"


@pytest.mark.parametrize(("put_back", "finding"), MISTAKES)
def test_a_mistake_that_is_put_back_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(findings(bundle))
