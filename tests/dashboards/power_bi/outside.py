"""Checks of others, where they are there: Microsoft's JSON Schemas, and the library of its authoring tool."""

import json
import os
import shutil
import subprocess
from functools import cache, lru_cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

BASE = "https://developer.microsoft.com/json-schemas/"
SCHEMAS = ROOT.parent / "shared" / "schemas" / "powerbi"
LIBRARY = "LAKEHOUSE_POWER_BI_AUTHORING"
REPORT = "generated/power_bi/Lakehouse.Report"
SCRIPT = """
const [folder, ...reports] = process.argv.slice(1);
const lib = await import(`${folder}/node_modules/@microsoft/powerbi-report-authoring-cli/dist/index.js`);
const provider = await lib.getMetadataProvider();
for (const report of reports) {
  let found;
  try {
    const places = {reportDir: report, defDir: `${report}/definition`};
    found = await lib.runReportValidation({...places, provider, skipSchema: true});
  } catch (error) {
    found = {diagnostics: {[error.code ?? "failed"]: {severity: "error", items: [{message: String(error)}]}}};
  }
  console.log(JSON.stringify(found.diagnostics));
}
"""


def schema_folder():
    """The folder of Microsoft's schemas (github.com/microsoft/json-schemas); skips the test without it."""
    folder = Path(os.environ.get("LAKEHOUSE_POWER_BI_SCHEMAS", SCHEMAS))
    if not folder.is_dir():
        pytest.skip("Microsoft's JSON Schemas aren't here: name their folder, LAKEHOUSE_POWER_BI_SCHEMAS")
    pytest.importorskip("jsonschema_rs", reason="jsonschema_rs is in .venv-spark only")
    return folder


@cache
def _validators(folder):
    import jsonschema_rs

    documents = {f"{BASE}{path.relative_to(folder)}": json.loads(path.read_text()) for path in folder.rglob("*.json")}
    known = dict(documents)
    for document in documents.values():
        known.setdefault(document.get("$id", ""), document)
    registry = jsonschema_rs.Registry([(name, document) for name, document in known.items() if name])
    return {
        name: jsonschema_rs.validator_for(document, registry=registry)
        for name, document in documents.items()
        if "embedded" not in name
    }


@lru_cache(maxsize=2000)
def _schema_problems(folder, path, text):
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return (f"{path} isn't JSON: {error}",)
    schema = content.get("$schema")
    if schema not in _validators(folder):
        return (f"{path}: there is no schema {schema}",)
    return tuple(f"{path}: {error.message}" for error in _validators(folder)[schema].iter_errors(content))


def schema_problems(folder, files):
    """What the schemas say of the project's JSON files."""
    return [
        sentence
        for path, text in files.items()
        if not path.endswith(".tmdl")
        for sentence in _schema_problems(folder, path, text)
    ]


def library_folder():
    """The folder with the library in its node_modules; skips the test without it (docs/power-bi.md)."""
    folder = os.environ.get(LIBRARY)
    if not folder or not shutil.which("node"):
        pytest.skip(f"the library of Microsoft's authoring tool isn't named by {LIBRARY}, or there is no node")
    return folder


def library_problems(folder, projects, place):
    """What the library says of the report of each of several projects, which are written below a folder."""
    reports = []
    for number, files in enumerate(projects):
        for path, text in files.items():
            file = place / str(number) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode(errors="surrogateescape"))
        reports.append(str(place / str(number) / REPORT))
    command = ["node", "--input-type=module", "-e", SCRIPT, folder, *reports]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return [
        [f"{code}: {item['message']}" for code, group in json.loads(line).items() for item in group["items"]]
        for line in answer.stdout.splitlines()
    ]
