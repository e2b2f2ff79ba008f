"""The API keeps what its description promises: generated requests, right ones and wrong ones, with all checks."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
pytest.importorskip("schemathesis", reason="its tests (the group `browser`) aren't installed")

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from serving.api import api_router
from serving.app import create_app
from serving.http.access_log import AccessLog
from serving.http.guard import Access

# Which names there are, and which go together, is in the registry and not in the schema; a cursor is opaque.
NOT_ALL_VALID = {"/api/v1/query", "/api/v1/titles", "/api/v1/dimensions/{name}/values"}
load_all_checks()
ACCEPTANCE = CHECKS.get_one("positive_data_acceptance")


def _operations():
    """Each operation, with right requests, and with wrong ones where it has parameters."""
    bare = FastAPI()
    bare.include_router(api_router())
    for path, methods in bare.openapi()["paths"].items():
        for method, described in methods.items():
            yield method, path, GenerationMode.POSITIVE
            if any(one["in"] == "query" for one in described.get("parameters", ())) or "requestBody" in described:
                yield method, path, GenerationMode.NEGATIVE


@pytest.fixture(scope="module")
def description(service):
    app = create_app(service, Access(hosts=None), AccessLog(quiet=True))
    rejections = [400, 404, 405, 406, 413]  # 413: a body that is too long is refused before it is read
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": rejections}}})
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)


@pytest.mark.parametrize(("method", "path", "mode"), [*_operations()], ids=lambda part: getattr(part, "value", part))
def test_generated_requests_are_answered_as_described(description, method, path, mode):
    operation = description[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=[*HealthCheck])
    def ask(case):
        case.call_and_validate(excluded_checks=[ACCEPTANCE] if path in NOT_ALL_VALID else [])

    ask()
