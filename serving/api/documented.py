"""What the OpenAPI document says of every route."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from serving.api.formats import MEDIA_TYPES, Format
from serving.problems import MEDIA_TYPE

PREFIX = "/api/v1"
"""Where the API is. Another number would be another API: clients of this one go on as they are."""


class ProblemDetails(BaseModel):
    """Why a request wasn't answered, and what to do (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:lakehouse:problem:unknown-metric"])
    title: str = Field(examples=["Bad Request"])
    status: int = Field(examples=[400])
    detail: str = Field(examples=["There is no metric hours. Nearest: hours_viewed."])
    instance: str = Field(examples=["/api/v1/query"])
    request_id: str


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    304: {"description": "The client has this answer already (If-None-Match)."},
    400: _problem("A parameter is wrong; the detail says which, and what to do."),
    401: _problem("The server was started with tokens, and this request has none that is valid."),
    403: _problem("The token lacks the scope, or the reader the right."),
    404: _problem("There is no such thing."),
    406: _problem("None of the media types of Accept can be had."),
    408: _problem("The request's body didn't come in time."),
    413: _problem("The request is larger than 64 KB."),
    421: _problem("The Host header names another host."),
    429: _problem("Too many requests came from this client, or from all; Retry-After says when to try again."),
    500: _problem("The server made a mistake."),
    502: _problem("The SQL warehouse refused the query."),
    503: _problem("Too many queries wait, or nothing can be served yet; Retry-After says when to try again."),
    504: _problem("The query took longer than it may."),
}


def tabular(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The answers of a route whose rows can be had as JSON, CSV and Arrow."""
    content = {
        MEDIA_TYPES[Format.CSV]: {"schema": {"type": "string"}},
        MEDIA_TYPES[Format.ARROW]: {"schema": {"type": "string", "contentMediaType": MEDIA_TYPES[Format.ARROW]}},
    }
    return {200: {"model": model, "content": content, "description": "The rows."}, **PROBLEMS}
