"""Permissions of the shipped bundle, and the document generated from them."""

import re

import pytest

from deployment.matrix import PERSON, catalog_grants, documents
from deployment.permissions import (
    CAPABILITIES,
    CHANGE_JOB,
    CHANGE_PIPELINE,
    CREATE_SCHEMAS,
    CREATE_TABLES,
    LAND_FILES,
    MANAGE_SCHEMA,
    READ_FILES,
    READ_SECRETS,
    READ_TABLES,
    SEE_JOB,
    START_JOB,
    START_PIPELINE,
    WRITE_SECRETS,
    YOU,
    Capability,
    kind_of,
    permissions_in,
)
from deployment.targets import APP, Target, files_of_grants
from tests.conftest import ROOT
from tests.deployment.mistakes import config, filled, prod

SERVICE_PRINCIPAL = "service_principal"
PIPELINES = [f"pipelines.{layer}_pipeline" for layer in ("bronze", "cleanse", "silver", "gold")]
SCHEMAS = ["bronze", "silver", "gold", "operations"]


def of(target, deployer=None, bundle=None):
    return permissions_in(Target(target, bundle or config()), deployer, files_of_grants(ROOT))


@pytest.fixture(params=["staging", "prod"])
def shared(request):
    return of(request.param)


def able(allowed, principal):
    return {(capability.verb, name) for capability, name in allowed.allowed(principal)}


def test_runs_can_create_tables_read_what_lands_and_read_the_key(shared):
    for schema in SCHEMAS:
        assert shared.may(SERVICE_PRINCIPAL, CREATE_TABLES, f"schemas.{schema}")
        assert shared.may(SERVICE_PRINCIPAL, READ_TABLES, f"tables.{schema}")
    assert shared.may(SERVICE_PRINCIPAL, LAND_FILES, "volumes.landing")
    assert shared.may(SERVICE_PRINCIPAL, READ_SECRETS, "secret_scopes.lakehouse")


def test_what_the_service_principal_creates_waits_for_no_grant_of_the_bundle(shared):
    """It owns the schemas, so a pipeline may be created before the grants (databricks/cli#4573)."""
    for schema in SCHEMAS:
        sources = {right.source for right in shared.because(SERVICE_PRINCIPAL, CREATE_TABLES, f"schemas.{schema}")}
        assert sources == {"the catalog's owner", "deploys it"}


def test_where_a_person_deploys_runs_wait_for_grants_and_the_next_deployment_lacks_rights():
    allowed = of("prod", PERSON)
    for schema in SCHEMAS:
        sources = {right.source for right in allowed.because(SERVICE_PRINCIPAL, CREATE_TABLES, f"schemas.{schema}")}
        assert "bundle/access.yml" in sources
        assert allowed.lacking(SERVICE_PRINCIPAL, MANAGE_SCHEMA, f"schemas.{schema}") == [f"MANAGE on schemas.{schema}"]
        assert allowed.may(PERSON, MANAGE_SCHEMA, f"schemas.{schema}")
        # Who owns a schema doesn't own what pipelines create in it.
        assert not allowed.may(PERSON, READ_TABLES, f"tables.{schema}")
    assert not any(allowed.may(SERVICE_PRINCIPAL, CHANGE_PIPELINE, name) for name in PIPELINES)
    assert not allowed.may(SERVICE_PRINCIPAL, CHANGE_JOB, "jobs.medallion")
    assert allowed.may(SERVICE_PRINCIPAL, WRITE_SECRETS, "secret_scopes.lakehouse")


def test_uploaders_land_files_and_do_nothing_else(shared):
    assert able(shared, "uploaders") == {("land files", "volumes.landing"), ("read files", "volumes.landing")}


def test_analysts_read_gold_and_do_nothing_else(shared):
    assert able(shared, "analysts") == {
        ("read", "tables.gold"),
        ("read", "tables.published"),
        ("open", "dashboards.lakehouse_dashboard"),
    }


def test_operators_read_all_but_bronze_start_jobs_and_change_nothing(shared):
    read = {name for capability, name in shared.allowed("operators") if capability is READ_TABLES}
    assert read == {"tables.silver", "tables.gold", "tables.published", "tables.operations"}
    assert not any(shared.may("operators", START_PIPELINE, name) for name in PIPELINES)
    assert all(shared.may("operators", START_JOB, f"jobs.{job}") for job in ("medallion", "nightly"))
    assert {verb for verb, _ in able(shared, "operators")} == {"read", "see", "start", "open"}


def test_nobody_but_what_runs_reads_raw_ids_or_the_key(shared):
    for principal in {*shared.principals, "account users"} - {SERVICE_PRINCIPAL}:
        assert not shared.may(principal, READ_TABLES, "tables.bronze")
        assert not shared.may(principal, READ_SECRETS, "secret_scopes.lakehouse")
    assert {who for who in shared.principals if shared.may(who, READ_FILES, "volumes.landing")} == {
        SERVICE_PRINCIPAL,
        "uploaders",
    }


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_the_app_reads_what_is_published_and_does_nothing_else(target):
    assert able(of(target), APP) == {("read", "tables.published")}


def test_dev_belongs_to_who_deploys_it_and_to_nobody_else_but_the_own_app():
    allowed = of("dev")
    assert allowed.principals == [YOU, APP]
    assert all(
        allowed.may(YOU, capability, name)
        for capability in CAPABILITIES
        for name in allowed.parents
        if kind_of(name) == capability.kind
    )


def test_a_privilege_is_inherited_and_an_owner_has_only_what_is_its_own():
    bundle = config()
    prod(bundle)["resources"]["schemas"]["bronze"]["grants"].append(
        {"principal": "auditors", "privileges": ["USE_SCHEMA", "READ_VOLUME", "SELECT"]}
    )
    allowed = of("prod", bundle=bundle)
    assert able(allowed, "auditors") == {("read files", "volumes.landing"), ("read", "tables.bronze")}
    (*_, right) = allowed.because("auditors", READ_TABLES, "tables.bronze")
    assert (right.object, right.privilege, right.source) == ("schemas.bronze", "SELECT", "bundle/access.yml")


def test_an_owner_may_grant_what_others_own_below():
    grant = Capability("grant", "tables", (("tables", "MANAGE"),))
    assert of("prod", PERSON).may(PERSON, grant, "tables.gold")
    assert not of("prod").may("operators", grant, "tables.gold")


def test_what_the_group_users_has_everyone_has():
    bundle = config()
    permission = {"group_name": "users", "level": "CAN_VIEW"}
    prod(bundle)["resources"]["jobs"]["medallion"]["permissions"].append(permission)
    assert of("prod", bundle=bundle).may("analysts", SEE_JOB, "jobs.medallion")


def test_a_privilege_on_a_catalog_of_the_bundle_holds_for_what_is_in_it_alone():
    bundle = config()
    given = [{"principal": "auditors", "privileges": ["USE_SCHEMA", "SELECT"]}]
    catalogs = {"main": {"name": "${var.catalog}", "grants": given}, "other": {"name": "other"}}
    prod(bundle)["resources"]["catalogs"] = catalogs
    assert of("prod", bundle=bundle).may("auditors", READ_TABLES, "tables.bronze")
    catalogs["main"]["name"] = "more"
    assert not of("prod", bundle=bundle).may("auditors", READ_TABLES, "tables.bronze")


def test_without_use_schema_or_use_catalog_a_privilege_is_of_no_use():
    bundle = config()
    prod(bundle)["resources"]["schemas"]["gold"]["grants"][2]["privileges"] = ["SELECT"]
    assert of("prod", bundle=bundle).lacking("analysts", READ_TABLES, "tables.gold") == ["USE_SCHEMA on schemas.gold"]
    assert of("prod").lacking("strangers", READ_TABLES, "tables.gold") == [
        "USE_CATALOG on catalog",
        "USE_SCHEMA on schemas.gold",
        "SELECT on tables.gold",
    ]


def test_all_privileges_are_all_but_the_right_to_grant():
    bundle = config()
    prod(bundle)["resources"]["schemas"]["gold"]["grants"][2]["privileges"] = ["ALL_PRIVILEGES"]
    allowed = of("prod", bundle=bundle)
    assert allowed.may("analysts", CREATE_TABLES, "schemas.gold")
    assert not allowed.may("analysts", MANAGE_SCHEMA, "schemas.gold")


def test_what_everybody_has_everyone_has():
    bundle = config()
    prod(bundle)["resources"]["schemas"]["silver"]["grants"].append(
        {"principal": "account users", "privileges": ["USE_SCHEMA", "SELECT"]}
    )
    assert of("prod", bundle=bundle).may("analysts", READ_TABLES, "tables.silver")


def test_the_committed_document_is_what_the_bundle_says():
    for path, text in documents(ROOT).items():
        assert path.read_text() == text, "./lakehouse dictionary"


def test_the_document_has_a_row_for_everyone_and_the_file_of_a_grant():
    (text,) = documents(ROOT).values()
    section = text.partition("## Staging and prod")[2].partition("\n## ")[0]
    for row in ("the service principal", "operators", "analysts", "the App", "uploaders", "everybody else"):
        assert f"| {row} |" in section
    assert "| operators | - | - | read | read | read | read | - | see | start | - |" in section
    assert "`USE_SCHEMA`, `SELECT`: `bundle/access.yml`" in section
    assert "| you |" in text.partition("## Dev")[2]


def test_the_document_does_not_change_when_a_deployment_sets_its_values(tmp_path):
    for name in ("databricks.yml", "bundle", "resources"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "bundle").unlink()
    (tmp_path / "bundle").mkdir()
    for path in (ROOT / "bundle").glob("*.yml"):
        text = path.read_text().replace("lakehouse-operators", "ops").replace("catalog: prod", "catalog: main")
        (tmp_path / "bundle" / path.name).write_text(text)
    (own,), (shipped,) = documents(tmp_path).values(), documents(ROOT).values()
    assert own == shipped


def test_resources_of_other_kinds_are_named_in_the_document_and_have_no_rows(tmp_path):
    for name in ("databricks.yml", "bundle"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "resources").mkdir()
    for path in (ROOT / "resources").glob("*.yml"):
        (tmp_path / "resources" / path.name).symlink_to(path)
    grants = "{grants: [{principal: '${var.analysts}', privileges: [EXECUTE]}]}"
    more = f"resources:\n  alerts: {{plays: {{}}}}\n  registered_models: {{taste: {grants}}}\n"
    (tmp_path / "resources" / "more.yml").write_text(more)
    (text,) = documents(tmp_path).values()
    (shipped,) = documents(ROOT).values()
    others = "alerts.plays, apps.serving, registered_models.taste, sql_warehouses.serving_warehouse"
    line = f"The bundle has resources that these tables leave out: {others}.\n\n"
    assert line in text.partition("\n## Outside the bundle\n")[2].partition("\n## ")[0]
    matrix = shipped.partition("## Staging and prod")[2].partition("**The service")[0]
    assert matrix in text


def test_two_targets_with_other_rights_have_sections_of_their_own(tmp_path):
    for name in ("databricks.yml", "bundle", "resources"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "bundle").unlink()
    (tmp_path / "bundle").mkdir()
    for path in (ROOT / "bundle").glob("*.yml"):
        text = path.read_text()
        if path.name == "access.yml":
            more = [
                "    resources:",
                "      <<: *shared",
                "      # in prod only",
                "      schemas:",
                "        gold:",
                "          grants:",
                "            - principal: guests",
                "              privileges: [SELECT]",
            ]
            text = text.replace("    resources: *shared", "\n".join(more))
        (tmp_path / "bundle" / path.name).write_text(text)
    (text,) = documents(tmp_path).values()
    assert "## Staging\n" in text
    assert "## Prod\n" in text


def test_the_readme_tells_the_catalogs_owner_what_the_model_needs():
    """Word for word, with the names of the shipped prod target."""
    allowed = of("prod", bundle=filled())
    names = {"catalog": "prod", SERVICE_PRINCIPAL: "<application id>", APP: "<the App's application id>"}
    names |= {group: f"lakehouse-{group}" for group in ("operators", "analysts", "uploaders")}
    readme = (ROOT / "README.md").read_text()
    assert set(re.findall(r"^GRANT .*;$", readme, re.M)) == set(catalog_grants(allowed, names))
    assert allowed.may(SERVICE_PRINCIPAL, CREATE_SCHEMAS, "catalog")
