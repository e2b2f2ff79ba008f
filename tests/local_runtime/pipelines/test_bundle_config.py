"""A bundle's configuration for a target: overrides, variables and references."""

import pytest

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle_config import resolve

# Targets


def test_the_default_target_is_the_one_that_says_so_or_the_only_one(bundle):
    bundle.main(targets={"dev": {}, "prod": {"default": True}})
    assert bundle.config()["bundle"]["target"] == "prod"
    bundle.main(targets={"dev": None})
    assert bundle.config()["bundle"]["target"] == "dev"
    bundle.main()
    assert bundle.config()["bundle"]["target"] == "default"


def test_without_a_default_target_one_must_be_named(bundle):
    bundle.main(targets={"dev": {}, "prod": {}})
    with pytest.raises(LakehouseError, match=r"no default target.*dev, prod"):
        bundle.config()


def test_a_targets_overrides_are_merged_into_resources(bundle):
    bundle.pipeline("one", configuration={"a": "1", "b": "1"})
    bundle.main(targets={"dev": {"resources": {"pipelines": {"one": {"schema": "other", "configuration": {"b": 2}}}}}})
    (pipeline,) = bundle.load()
    assert pipeline.schema == "other"
    assert pipeline.configuration == {"a": "1", "b": "2"}


def test_lists_of_a_target_follow_those_of_the_bundle(bundle):
    bundle.write("resources/s.schema.yml", {"resources": {"schemas": {"s": {"name": "s", "grants": [1]}}}})
    bundle.main(targets={"dev": {"resources": {"schemas": {"s": {"grants": [2]}}}}})
    assert bundle.config()["resources"]["schemas"]["s"]["grants"] == [1, 2]


def test_a_pipeline_may_be_a_targets_alone(bundle):
    bundle.write("bundle.py", "")
    spec = {"name": "p", "schema": "s", "root_path": ".", "libraries": [{"glob": {"include": "bundle.py"}}]}
    bundle.main(targets={"dev": {"default": True, "resources": {"pipelines": {"p": spec}}}, "prod": {}})
    assert [pipeline.key for pipeline in bundle.load()] == ["p"]
    with pytest.raises(LakehouseError, match=f"No pipeline in the bundle {bundle.root} for the target prod: "):
        bundle.load("prod")


# Variables and references


def test_a_targets_value_of_a_variable_holds_else_the_default(bundle):
    bundle.main(
        variables={"a": {"default": "base"}, "b": {"default": "base"}, "c": {"description": "without"}},
        targets={"dev": {"variables": {"b": "dev", "c": {"default": "full form"}}}},
    )
    assert resolve(["${var.a}", "${var.b}", "-${var.c}-"], bundle.config()) == ["base", "dev", "-full form-"]


def test_a_complex_variable_is_replaced_whole_and_keeps_its_type(bundle):
    bundle.main(
        variables={
            "emails": {"type": "complex", "default": ["a"]},
            "cluster": {"type": "complex", "default": {"x": 1}},
        },
        targets={"dev": {"variables": {"cluster": {"y": {"z": True}}}}},
    )
    assert resolve("${var.emails}", bundle.config()) == ["a"]
    assert resolve(["${var.cluster}", "${var.cluster.y.z}"], bundle.config()) == [{"y": {"z": True}}, True]


def test_a_variable_in_a_schema_and_in_a_variable_is_resolved(bundle):
    bundle.pipeline("one", schema="${var.schema}", configuration={"on": "${var.on}"})
    bundle.main(
        variables={"schema": {}, "on": {"default": True}},
        targets={"dev": {"variables": {"schema": "${bundle.name}_${bundle.target}"}}},
    )
    (pipeline,) = bundle.load()
    assert pipeline.schema == "test_dev"
    assert pipeline.configuration == {"on": "true"}


def test_a_variable_without_a_value_is_an_error_only_where_a_pipeline_needs_it(bundle):
    bundle.pipeline("one", catalog="${var.catalog}")
    bundle.main(variables={"catalog": {}}, targets={"dev": {}})
    assert bundle.load()
    bundle.pipeline("one", schema="${var.catalog}")
    with pytest.raises(
        LakehouseError, match=r"Pipeline one: The variable catalog has no value.*targets\.dev\.variables"
    ):
        bundle.load()


def test_a_value_of_an_undeclared_variable_is_an_error(bundle):
    bundle.main(targets={"dev": {"variables": {"catalogue": "main"}}})
    with pytest.raises(LakehouseError, match="sets variables that aren't declared: catalogue"):
        bundle.config()


def test_what_only_a_workspace_knows_is_left(bundle):
    for reference in ("${workspace.file_path}", "${resources.jobs.j.id}"):
        assert resolve(f"{reference}/x", bundle.config()) == f"{reference}/x"


def test_the_workspaces_user_is_this_machines(bundle, monkeypatch):
    monkeypatch.setenv("LOGNAME", "Jane.Doe")
    assert resolve("${workspace.current_user.short_name}", bundle.config()) == "jane_doe"


def test_a_reference_that_leads_nowhere_or_round_in_a_circle_is_an_error(bundle):
    bundle.main(variables={"a": {"default": "${var.b}"}, "b": {"default": "${var.a}"}}, targets={"dev": {}})
    with pytest.raises(LakehouseError, match=r"var\.a → var\.b → var\.a"):
        resolve("${var.a}", bundle.config())
    with pytest.raises(LakehouseError, match=r"\$\{resources\.schemas\.gone\.name\} leads nowhere"):
        resolve("${resources.schemas.gone.name}", bundle.config())
