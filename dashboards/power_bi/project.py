"""The whole project: a model that imports, one that asks Databricks (DirectQuery), and a report over the first."""

from collections.abc import Mapping

from dashboards.power_bi.report import as_json, report_files
from dashboards.power_bi.tmdl import model_files, tag
from metrics.registry import Registry

FOLDER = "generated/power_bi"
NAME = "Lakehouse"
# A partition's mode is no parameter in TMDL, so the second model is a copy that differs in it alone.
MODELS = {NAME: "import", f"{NAME} DirectQuery": "directQuery"}
SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"


def project_files(registry: Registry) -> Mapping[str, str]:
    """The texts of the project's files, by their paths below the repository's root."""
    files = {f"{NAME}.pbip": as_json(_shortcut())}
    for model, mode in MODELS.items():
        folder = f"{model}.SemanticModel"
        files[f"{folder}/.platform"] = as_json(_platform("SemanticModel", model))
        files[f"{folder}/definition.pbism"] = as_json(
            {
                "$schema": f"{SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
                "version": "4.2",
                "settings": {},
            }
        )
        files |= {f"{folder}/definition/{path}": text for path, text in model_files(registry, mode).items()}
    report = f"{NAME}.Report"
    files[f"{report}/.platform"] = as_json(_platform("Report", NAME))
    files[f"{report}/definition.pbir"] = as_json(
        {
            "$schema": f"{SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{NAME}.SemanticModel"}},
        }
    )
    files |= {f"{report}/definition/{path}": text for path, text in report_files(registry).items()}
    return {f"{FOLDER}/{path}": text for path, text in files.items()}


def _shortcut() -> dict[str, object]:
    """The file that opens the project. Reports only: Power BI Desktop fails at other kinds."""
    return {
        "$schema": f"{SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
        "version": "1.0",
        "artifacts": [{"report": {"path": f"{NAME}.Report"}}],
        "settings": {"enableAutoRecovery": True},
    }


def _platform(kind: str, name: str) -> dict[str, object]:
    return {
        "$schema": f"{SCHEMAS}/gitIntegration/platformProperties/2.1.0/schema.json",
        "metadata": {"type": kind, "displayName": name},
        "config": {"version": "2.0", "logicalId": tag("item", kind, name)},
    }
