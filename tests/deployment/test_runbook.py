"""The runbook's readers have the rights for its steps, and its quotes match the code."""

import re
from types import SimpleNamespace

import pytest

from deployment.matrix import PERSON
from deployment.permissions import (
    CHANGE_JOB,
    MANAGE_SCHEMA,
    MANAGE_SECRETS,
    MANAGE_VOLUME,
    READ_TABLES,
    START_JOB,
    START_PIPELINE,
    WRITE_SECRETS,
    permissions_in,
)
from deployment.targets import Target
from local_runtime.errors import LakehouseError
from local_runtime.update.validation import check_folders
from tests.conftest import ROOT
from tests.deployment.mistakes import config

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
README = (ROOT / "README.md").read_text()
SERVICE_PRINCIPAL, OPERATORS = "service_principal", "operators"
WHO = {
    "operators": OPERATORS,
    "the service principal": SERVICE_PRINCIPAL,
    "the catalog's owner": None,
    "the person who deployed, as a workspace admin": PERSON,
}
LAYER = r"(?:prod\.)?(?:lakehouse_)?(bronze|silver|gold|operations)\.\w+"
# A command or statement, and what it does to which objects.
DOES = (
    (r"databricks jobs run-now", START_JOB, "jobs"),
    (r"databricks pipelines start-update", START_PIPELINE, "pipelines"),
    (r"databricks bundle (?:run|deploy|destroy)", CHANGE_JOB, "jobs"),
    (r"databricks secrets put-secret", WRITE_SECRETS, "secret_scopes"),
    (r"databricks secrets (?:list-acls|put-acl)", MANAGE_SECRETS, "secret_scopes"),
    (r"ALTER SCHEMA", MANAGE_SCHEMA, "schemas"),
    (r"ALTER VOLUME", MANAGE_VOLUME, "volumes"),
)


def parts(text):
    """The runbook's sections, each with its audience (operators by default)."""
    for part in re.split(r"^(?=#{2,3} )", text, flags=re.M)[1:]:
        heading = part.splitlines()[0].strip("# ")
        said = re.search(r"^\*\*Who:\*\* (.*)\.$", part, re.M)
        yield heading, WHO[said[1]] if said else OPERATORS, part


def refused(text, bundle=None):
    """Steps of the runbook for which its audience lacks the rights."""
    target = Target("prod", bundle or config())
    for heading, who, part in parts(text):
        if who is None:  # the catalog's owner, whose statements are compared with the README's
            continue
        allowed = permissions_in(target, PERSON if who == PERSON else None)
        for match in re.finditer(LAYER, re.sub(r"`/.*?`", "", part)):
            if "ALTER" not in part[part.rfind("\n", 0, match.start()) : match.start()]:
                yield from _lacking(allowed, who, READ_TABLES, f"tables.{match[1]}", heading)
        for pattern, capability, kind in DOES:
            if re.search(pattern, part):
                names = [name for name in allowed.parents if name.partition(".")[0] == kind]
                for name in names:
                    yield from _lacking(allowed, who, capability, name, heading)


def _lacking(allowed, who, capability, name, heading):
    if not allowed.may(who, capability, name):
        yield f"{heading}: {who} may not {capability.verb} {name}"


def test_whoever_follows_the_runbook_may_do_what_it_says():
    assert list(refused(RUNBOOK)) == []


def test_the_runbook_is_read_for_tables_and_commands():
    found = [(heading, who) for heading, who, _ in parts(RUNBOOK)]
    assert ("What operators do", OPERATORS) in found
    assert ("What only the service principal does", SERVICE_PRINCIPAL) in found
    tables = {
        match[1] for heading, who, part in parts(RUNBOOK) if who == OPERATORS for match in re.finditer(LAYER, part)
    }
    assert {"silver", "operations"} <= tables


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("```sql\nSELECT * FROM prod.lakehouse_bronze.titles\n```", "operators may not read tables.bronze"),
        ("look into `bronze.subscribers`", "operators may not read tables.bronze"),
        ("```\ndatabricks bundle run medallion --target prod\n```", "operators may not change jobs.medallion"),
        ("databricks pipelines start-update 1", "operators may not start pipelines.gold_pipeline"),
        ("databricks secrets put-secret lakehouse-prod x", "operators may not write secret_scopes.lakehouse"),
    ],
)
def test_what_operators_may_not_do_is_found_where_they_are_sent_to_it(added, expected):
    assert expected in "\n".join(refused(f"{RUNBOOK}\n## More\n\n{added}\n"))


@pytest.mark.parametrize(("schema", "index"), [("silver", 1), ("operations", 1)])
def test_operators_without_a_grant_of_today_could_not_follow_it(schema, index):
    bundle = config()
    del bundle["targets"]["prod"]["resources"]["schemas"][schema]["grants"][index]
    assert f"operators may not read tables.{schema}" in "\n".join(refused(RUNBOOK, bundle))


@pytest.mark.parametrize(
    "heading",
    [
        "A missing folder",
        "A missing grant",
        "An unreadable secret",
        "A schema that would be recreated",
        "A person deployed first",
    ],
)
def test_a_first_day_that_fails_has_a_drill(heading):
    (drill,) = (part for found, _, part in parts(RUNBOOK) if found == heading)
    for row in ("provoke", "what you see", "why", "the way out"):
        assert f"| {row} |" in drill
    assert "`" in drill.partition("| what you see |")[2].partition("\n")[0]


@pytest.mark.parametrize(
    ("message", "file"),
    [
        ("isn't there, or this job may not see it.", "src/tasks/make_landing_folders.py"),
        ("can't be made: ", "src/tasks/make_landing_folders.py"),
        ("The key of the pseudonyms is a placeholder", "src/common/pseudonyms.py"),
        ("is deployed by the service principal ", "deployment/identity.py"),
        ("only, which then owns the schemas", "deployment/identity.py"),
    ],
)
def test_a_message_of_this_project_is_quoted_as_the_code_has_it(message, file):
    assert message.strip() in RUNBOOK
    code = re.sub(r'"\s*\n\s*f?"', "", (ROOT / file).read_text())
    assert message in code


def test_the_message_of_a_folder_that_no_job_makes_is_quoted_as_it_comes():
    (drill,) = (part for heading, _, part in parts(RUNBOOK) if heading == "A missing folder")
    quoted = re.search(r"a folder that no job makes: `(.*?)`", drill)[1]
    pipeline = SimpleNamespace(configuration={}, landing_is_prepared=False)
    graph = SimpleNamespace(datasets={"titles": SimpleNamespace(pipeline=pipeline)}, sources={"titles": ["/nowhere"]})
    with pytest.raises(LakehouseError, match=f"^titles streams from /nowhere, {quoted}: "):
        check_folders(graph, [pipeline])


def test_everything_that_the_runbook_hands_over_is_what_a_person_owns():
    (part,) = (part for heading, _, part in parts(RUNBOOK) if heading == "A person deployed first")
    target = Target("prod", config())
    schemas = {resource.key for resource in target.resources("schemas")}
    assert set(re.findall(r"ALTER SCHEMA prod\.lakehouse_(\w+) OWNER", part)) == schemas
    assert re.findall(r"ALTER VOLUME prod\.lakehouse_(\w+)\.(\w+) OWNER", part) == [("bronze", "landing")]
    for level in ("IS_OWNER", "CAN_VIEW", "CAN_MANAGE_RUN", "MANAGE"):
        assert level in part


def test_delays_are_named_beside_every_word_on_how_soon_data_arrive():
    trigger = config()["resources"]["jobs"]["medallion"]["trigger"]["file_arrival"]
    for text in (README, RUNBOOK):
        paragraphs = [
            part for part in text.split("\n\n") if re.search(r"after (?:files have|they have) landed|How soon", part)
        ]
        assert paragraphs
        for paragraph in paragraphs:
            assert f"{trigger['wait_after_last_change_seconds']} seconds" in paragraph
            assert f"{trigger['min_time_between_triggers_seconds']} seconds" in paragraph
