"""Every role has the access it needs and no more; each reintroduced mistake is found."""

import pytest

from tests.deployment.mistakes import Mistakes, config, findings, prod

mistake = Mistakes()


def grants(bundle, kind, key):
    return prod(bundle)["resources"][kind][key]["grants"]


# One identity deploys


@mistake("prod has no service principal in run_as")
def run_as_left_out(bundle):
    del prod(bundle)["run_as"]


@mistake("prod has no service principal in run_as")
def run_as_a_person(bundle):
    prod(bundle)["run_as"] = {"user_name": "me@example.com"}


@mistake("is not in the home folder of the service principal that it runs as, so another identity could deploy")
def the_folder_of_a_person(bundle):
    prod(bundle)["workspace"]["root_path"] = "/Workspace/Users/me@example.com/.bundle/${bundle.name}/${bundle.target}"


# Pipelines are created after the grants that they need: databricks/cli#4573


@mistake("prod: resources.pipelines.gold_pipeline may be created before the grants of the schema gold")
def a_pipeline_that_waits_for_nothing(bundle):
    del prod(bundle)["resources"]["pipelines"]["gold_pipeline"]["run_as"]


@mistake("prod: resources.pipelines.gold_pipeline may be created before the grants of the schema gold")
def a_pipeline_that_waits_for_another_schema(bundle):
    reference = "${resources.schemas.silver.grants[0].principal}"
    prod(bundle)["resources"]["pipelines"]["gold_pipeline"]["run_as"]["service_principal_name"] = reference


@mistake("prod: resources.pipelines.bronze_pipeline may be created before the grants of the schema operations")
def a_pipeline_that_does_not_wait_for_its_event_log(bundle):
    grants(bundle, "schemas", "bronze")[0]["principal"] = "${var.service_principal}"


@mistake("prod: resources.schemas.silver is open to everybody")
def grants_that_refer_to_everybodys(bundle):
    grants(bundle, "schemas", "gold")[1]["principal"] = "account users"
    grants(bundle, "schemas", "silver")[1]["principal"] = "${resources.schemas.gold.grants[1].principal}"


@mistake("silver_pipeline doesn't let the service principal create tables")
def grants_that_refer_to_each_other(bundle):
    for one, other in (("silver", "operations"), ("operations", "silver")):
        grants(bundle, "schemas", one)[0]["principal"] = f"${{resources.schemas.{other}.grants[0].principal}}"


def test_a_pipeline_without_an_event_log_needs_no_grants_for_one():
    bundle = config()
    del bundle["resources"]["pipelines"]["gold_pipeline"]["event_log"]
    assert findings(bundle) == []


@pytest.mark.parametrize("schema", ["${var.event_log_schema}", "logs", "${var.unknown}"])
def test_an_event_log_in_a_schema_that_the_bundle_does_not_make_is_one_finding_a_target(schema):
    bundle = config()
    bundle["variables"]["event_log_schema"] = {"default": "logs"}
    bundle["resources"]["pipelines"]["gold_pipeline"]["event_log"]["schema"] = schema
    found = [str(finding) for finding in findings(bundle)]
    assert [text.partition(";")[0] for text in found] == [
        f"{target}: resources.pipelines.gold_pipeline spells {schema}, which other targets call otherwise"
        for target in ("staging", "prod", "dev")
    ]


def test_a_pipeline_that_is_added_without_a_schema_or_an_event_log_is_no_error():
    bundle = config()
    bundle["resources"]["pipelines"]["more"] = {"name": "more"}
    found = "\n".join(map(str, findings(bundle)))
    assert "prod: resources.pipelines.more has no permissions" in found
    assert "the schema ," not in found
    assert "the schema ;" not in found


# Runs can create


@mistake(
    "silver_pipeline doesn't let the service principal create tables: CREATE_MATERIALIZED_VIEW on schemas.silver, "
)
def run_as_without_grants(bundle):
    del prod(bundle)["resources"]["schemas"]["silver"]["grants"]


@mistake(
    "gold_pipeline doesn't let the service principal create tables: CREATE_MATERIALIZED_VIEW on schemas.operations is"
)
def run_as_without_a_grant(bundle):
    grants(bundle, "schemas", "operations")[0]["privileges"].remove("CREATE_MATERIALIZED_VIEW")


@mistake("prod: resources.volumes.landing doesn't let the service principal land files: READ_VOLUME")
def run_as_that_cannot_read_files(bundle):
    del grants(bundle, "volumes", "landing")[0]


@mistake(
    "prod: resources.volumes.landing doesn't let the service principal land files: WRITE_VOLUME on volumes.landing is"
)
def run_as_that_cannot_make_folders(bundle):
    grants(bundle, "volumes", "landing")[0]["privileges"] = ["READ_VOLUME"]


@mistake("prod: resources.secret_scopes.lakehouse doesn't let the service principal manage: MANAGE on secret_scopes")
def run_as_that_cannot_read_the_key(bundle):
    del prod(bundle)["resources"]["secret_scopes"]["lakehouse"]["permissions"]


@mistake(
    "prod: resources.jobs.medallion doesn't let the service principal start: CAN_RUN on pipelines.silver_pipeline is"
)
def run_as_that_cannot_start_a_pipeline(bundle):
    del prod(bundle)["resources"]["pipelines"]["silver_pipeline"]["permissions"][0]


@mistake("prod: resources.jobs.nightly doesn't let the service principal start: CAN_MANAGE_RUN on jobs.medallion is")
def run_as_that_cannot_start_the_job(bundle):
    del prod(bundle)["resources"]["jobs"]["medallion"]["permissions"][0]


# Groups can do their work


@mistake(
    "prod: tables.silver doesn't let operators read: SELECT on tables.silver, USE_SCHEMA on schemas.silver is missing"
)
def operators_without_quarantine(bundle):
    del grants(bundle, "schemas", "silver")[1]


@mistake("prod: tables.gold doesn't let operators read")
def operators_without_gold(bundle):
    del grants(bundle, "schemas", "gold")[1]


@mistake("prod: tables.operations doesn't let operators read")
def operators_without_event_logs(bundle):
    del grants(bundle, "schemas", "operations")[1]


@mistake("prod: jobs.nightly doesn't let operators start")
def operators_who_only_see_a_job(bundle):
    prod(bundle)["resources"]["jobs"]["nightly"]["permissions"][1]["level"] = "CAN_VIEW"


@mistake("prod: pipelines.gold_pipeline doesn't let operators see")
def operators_who_do_not_see_a_pipeline(bundle):
    del prod(bundle)["resources"]["pipelines"]["gold_pipeline"]["permissions"][1]


@mistake("prod: resources.pipelines.gold_pipeline gives operators CAN_RUN, which they don't need")
def operators_who_update_gold_while_it_is_published(bundle):
    prod(bundle)["resources"]["pipelines"]["gold_pipeline"]["permissions"][1]["level"] = "CAN_RUN"


@mistake("prod: tables.gold doesn't let analysts read: SELECT on tables.gold is missing")
def analysts_without_select(bundle):
    grants(bundle, "schemas", "gold")[2]["privileges"] = ["USE_SCHEMA"]


@mistake("prod: volumes.landing doesn't let uploaders land files: WRITE_VOLUME on volumes.landing is missing")
def nobody_can_land_files(bundle):
    grants(bundle, "volumes", "landing")[1]["privileges"] = ["READ_VOLUME"]


@mistake("prod: volumes.landing doesn't let uploaders land files: USE_SCHEMA on schemas.bronze is missing")
def uploaders_without_the_schema(bundle):
    del grants(bundle, "schemas", "bronze")[1]


# Event logs are for operators


@mistake("prod: resources.pipelines.gold_pipeline has its event log in gold, where analysts read it")
def event_log_in_gold(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["event_log"]["schema"] = "${resources.schemas.gold.name}"


# Nobody reads raw ids


@mistake("prod: tables.bronze lets operators read, and so learn raw ids; remove SELECT on schemas.bronze")
def operators_in_bronze(bundle):
    grants(bundle, "schemas", "bronze").append(
        {"principal": "${var.operators}", "privileges": ["USE_SCHEMA", "SELECT"]}
    )


@mistake("prod: tables.bronze lets uploaders read, and so learn raw ids")
def uploaders_who_query(bundle):
    grants(bundle, "schemas", "bronze")[1]["privileges"].append("SELECT")


@mistake("prod: tables.bronze lets data-science read, and so learn raw ids")
def another_group_in_bronze(bundle):
    grants(bundle, "schemas", "bronze").append({"principal": "data-science", "privileges": ["USE_SCHEMA", "SELECT"]})


@mistake("prod: volumes.landing lets operators read files, and so learn raw ids")
def operators_in_the_landing_volume(bundle):
    grants(bundle, "schemas", "bronze").append(
        {"principal": "${var.operators}", "privileges": ["USE_SCHEMA", "READ_VOLUME"]}
    )


@mistake(
    "prod: secret_scopes.lakehouse lets operators read, and so learn raw ids; remove READ on secret_scopes.lakehouse"
)
def operators_with_the_key(bundle):
    permission = {"group_name": "${var.operators}", "level": "READ"}
    prod(bundle)["resources"]["secret_scopes"]["lakehouse"]["permissions"].append(permission)


@mistake("prod: pipelines.bronze_pipeline lets operators change, and so learn raw ids")
def operators_who_change_code(bundle):
    prod(bundle)["resources"]["pipelines"]["bronze_pipeline"]["permissions"][1]["level"] = "CAN_MANAGE"


@mistake("prod: schemas.bronze lets operators manage, and so learn raw ids; remove MANAGE on schemas.bronze")
def operators_who_grant(bundle):
    grants(bundle, "schemas", "bronze").append(
        {"principal": "${var.operators}", "privileges": ["USE_SCHEMA", "MANAGE"]}
    )


@mistake("prod: volumes.landing lets operators manage, and so learn raw ids; remove MANAGE on volumes.landing")
def operators_who_grant_the_landing_volume(bundle):
    use = {"principal": "${var.operators}", "privileges": ["USE_SCHEMA"]}
    grants(bundle, "schemas", "bronze").append(use)
    grants(bundle, "volumes", "landing").append({"principal": "${var.operators}", "privileges": ["MANAGE"]})


@mistake("prod: secret_scopes.lakehouse lets operators write, and so learn raw ids")
def operators_who_replace_the_key(bundle):
    permission = {"group_name": "${var.operators}", "level": "WRITE"}
    prod(bundle)["resources"]["secret_scopes"]["lakehouse"]["permissions"].append(permission)


@mistake("prod: secret_scopes.lakehouse lets operators manage, and so learn raw ids")
def operators_who_grant_the_key(bundle):
    permission = {"group_name": "${var.operators}", "level": "MANAGE"}
    prod(bundle)["resources"]["secret_scopes"]["lakehouse"]["permissions"].append(permission)


@mistake("prod: jobs.medallion lets operators change, and so learn raw ids")
def operators_who_change_a_job(bundle):
    prod(bundle)["resources"]["jobs"]["medallion"]["permissions"][1]["level"] = "CAN_MANAGE"


@mistake("prod: tables.bronze lets data-science read, and so learn raw ids; remove SELECT on catalogs.main")
def another_group_in_the_catalog(bundle):
    privileges = ["USE_CATALOG", "USE_SCHEMA", "SELECT"]
    given = [{"principal": "data-science", "privileges": privileges}]
    prod(bundle)["resources"]["catalogs"] = {"main": {"name": "${var.catalog}", "grants": given}}


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_mistake_that_is_put_back_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(map(str, findings(bundle)))
