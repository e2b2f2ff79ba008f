"""No role has more grants than it needs; each reintroduced mistake is found."""

import pytest

from tests.deployment.mistakes import Mistakes, config, findings, prod

mistake = Mistakes()


def grants(bundle, kind, key):
    return prod(bundle)["resources"][kind][key]["grants"]


# Everything runs as one principal


@mistake("prod: resources.pipelines.bronze_pipeline runs as uploaders, unlike the rest of the target")
def a_pipeline_that_runs_as_others(bundle):
    reference = "${resources.schemas.bronze.grants[1].principal}"
    prod(bundle)["resources"]["pipelines"]["bronze_pipeline"]["run_as"]["service_principal_name"] = reference


@mistake("prod: resources.jobs.medallion runs as me@example.com, unlike the rest of the target")
def a_job_that_runs_as_a_person(bundle):
    prod(bundle)["resources"]["jobs"]["medallion"]["run_as"] = {"user_name": "me@example.com"}


@mistake("prod: resources.pipelines.gold_pipeline runs as me@example.com, unlike the rest of the target")
def a_pipeline_that_runs_as_a_person(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["run_as"] = {"user_name": "me@example.com"}


@mistake("prod: resources.jobs.medallion has no permissions, so only its owner sees it")
def a_job_that_nobody_sees(bundle):
    del prod(bundle)["resources"]["jobs"]["medallion"]


# Groups are given no more than they need


@mistake("prod: resources.schemas.silver gives analysts USE_SCHEMA, SELECT, which they don't need")
def analysts_in_silver(bundle):
    grants(bundle, "schemas", "silver").append({"principal": "${var.analysts}", "privileges": ["USE_SCHEMA", "SELECT"]})


@mistake("prod: resources.schemas.gold gives uploaders USE_SCHEMA, SELECT, which they don't need")
def uploaders_in_gold(bundle):
    grants(bundle, "schemas", "gold").append({"principal": "${var.uploaders}", "privileges": ["USE_SCHEMA", "SELECT"]})


@mistake("prod: resources.schemas.gold gives operators ALL_PRIVILEGES, which they don't need")
def operators_who_create(bundle):
    grants(bundle, "schemas", "gold")[1]["privileges"].append("ALL_PRIVILEGES")


@mistake("prod: resources.jobs.medallion gives analysts CAN_MANAGE_RUN, which they don't need")
def analysts_who_start_jobs(bundle):
    permission = {"group_name": "${var.analysts}", "level": "CAN_MANAGE_RUN"}
    prod(bundle)["resources"]["jobs"]["medallion"]["permissions"].append(permission)


@mistake("prod: resources.schemas.gold gives data-science ALL_PRIVILEGES, who have no role in the bundle")
def another_group_in_gold(bundle):
    grants(bundle, "schemas", "gold").append({"principal": "data-science", "privileges": ["ALL_PRIVILEGES"]})


@mistake("prod: resources.pipelines.gold_pipeline gives me@example.com CAN_VIEW, who have no role in the bundle")
def a_person_who_sees_a_pipeline(bundle):
    permission = {"user_name": "me@example.com", "level": "CAN_VIEW"}
    prod(bundle)["resources"]["pipelines"]["gold_pipeline"]["permissions"].append(permission)


@mistake("prod: resources.catalogs.main gives analysts USE_SCHEMA, SELECT, which they don't need")
def analysts_in_the_catalog(bundle):
    given = [{"principal": "${var.analysts}", "privileges": ["USE_CATALOG", "USE_SCHEMA", "SELECT"]}]
    prod(bundle)["resources"]["catalogs"] = {"main": {"name": "${var.catalog}", "grants": given}}


# Nothing is open


@mistake("dev: resources.schemas.gold gives account users something in dev")
def dev_open_to_all(bundle):
    given = [{"principal": "account users", "privileges": ["USE_SCHEMA", "SELECT"]}]
    bundle["resources"]["schemas"]["gold"]["grants"] = given


@mistake("dev: resources.jobs.medallion gives users something in dev")
def dev_job_seen_by_all(bundle):
    bundle["resources"]["jobs"]["medallion"]["permissions"] = [{"group_name": "users", "level": "CAN_VIEW"}]


@mistake("prod: resources.schemas.gold is open to everybody")
def prod_open_to_all(bundle):
    prod(bundle)["variables"]["analysts"] = "account users"


@mistake("prod: resources.schemas.silver is open to everybody")
def silver_open_to_all(bundle):
    grants(bundle, "schemas", "silver").append({"principal": "account users", "privileges": ["USE_SCHEMA", "SELECT"]})


@mistake("prod: the variable analysts names the same as operators, and so has their rights too")
def two_roles_of_one_group(bundle):
    prod(bundle)["variables"]["analysts"] = prod(bundle)["variables"]["operators"]


@mistake("prod: resources.jobs.medallion is open to everybody")
def prod_job_seen_by_all(bundle):
    permission = {"group_name": "users", "level": "CAN_VIEW"}
    prod(bundle)["resources"]["jobs"]["medallion"]["permissions"].append(permission)


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_mistake_that_is_put_back_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(map(str, findings(bundle)))


@pytest.mark.parametrize(
    "privilege",
    [
        "MODIFY",
        "CREATE_TABLE",
        "CREATE_MATERIALIZED_VIEW",
        "CREATE_FUNCTION",
        "CREATE_VOLUME",
        "REFRESH",
        "EXTERNAL_USE_SCHEMA",
    ],
)
def test_a_privilege_that_analysts_do_not_need_is_found(privilege):
    bundle = config()
    grants(bundle, "schemas", "gold")[2]["privileges"].append(privilege)
    (finding,) = findings(bundle)
    assert str(finding) == (
        f"prod: resources.schemas.gold gives analysts {privilege}, which they don't need; "
        "remove it from bundle/access.yml."
    )


def test_groups_may_use_the_catalog_a_warehouse_and_a_dashboard():
    bundle = config()
    resources = prod(bundle)["resources"]
    resources["catalogs"] = {"main": {"grants": [{"principal": "${var.analysts}", "privileges": ["USE_CATALOG"]}]}}
    may_use = {"group_name": "${var.analysts}", "level": "CAN_USE"}
    resources["sql_warehouses"]["queries"] = {"permissions": [may_use]}
    for permission in resources["dashboards"]["lakehouse_dashboard"]["permissions"]:
        permission["level"] = "CAN_RUN"
    assert findings(bundle) == []
