"""Rows as an answer of the API: JSON with what the columns are and where the rows are from, or CSV, or Arrow."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from metrics.columns import ResultColumn
from serving.api.formats import MEDIA_TYPES, Format, json_bytes, plain, stream
from serving.api.operations import Publication, publication_of
from serving.problems import bad_request
from serving.service import generation_of, service_of
from serving.statements import Result

if TYPE_CHECKING:
    import pyarrow as pa

FEW = 200  # rows that are written as JSON at once, without another thread


class Column(BaseModel):
    """A column of the rows; `kind` is text, integer, decimal, date, boolean or key."""

    name: str = Field(examples=["hours_viewed"])
    label: str = Field(examples=["Hours viewed"])
    kind: str = Field(examples=["decimal"], description="decimals and keys are texts in JSON, so that no digit is lost")
    unit: str | None = Field(examples=["hours"])
    format: str | None = Field(examples=["decimal"])


class Tabular(BaseModel):
    """Rows, what their columns are, and what they were made from."""

    data: list[dict[str, Any]] = Field(examples=[[{"genre": "Dramas", "hours_viewed": "12.500000"}]])
    columns: list[Column]
    complete: bool = Field(description="false where the limit left rows out")
    publication: Publication
    links: dict[str, str] = Field(description="the same rows as CSV and as Arrow")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows to be sent. `parameters` are those of a GET request that asks for them; None where there is none."""

    name: str
    columns: list[dict[str, Any]]
    table: "pa.Table"
    complete: bool
    parameters: list[tuple[str, str]] | None = field(default_factory=list)


async def rows_response(request: Request, form: Format, rows: Rows, path: str) -> Response:
    """The rows in a format. Whether they are complete is a header too: `X-Complete: false`."""
    headers = {"X-Complete": str(rows.complete).lower()}
    if form is not Format.JSON:
        return stream(rows.table, form, rows.name, headers)
    few = rows.table.num_rows <= FEW
    data = _data(rows) if few else await asyncio.to_thread(_data, rows)
    rest = json_bytes(
        {
            "columns": rows.columns,
            "complete": rows.complete,
            "publication": publication_of(generation_of(request).source),
            "links": {} if rows.parameters is None else links(path, rows.parameters),
        }
    )
    return Response(b'{"data":' + data + b"," + rest[1:], media_type=MEDIA_TYPES[form], headers=headers)


def _data(rows: Rows) -> bytes:
    keys = {column["name"] for column in rows.columns if column["kind"] == "key"}
    names = rows.table.column_names
    return json_list(
        [{name: plain(value, name in keys) for name, value in zip(names, row, strict=True)} for row in _all(rows)]
    )


def _all(rows: Rows) -> list[tuple[Any, ...]]:
    return Result(rows.table).rows


def json_list(records: list[dict[str, Any]]) -> bytes:
    """The records as JSON."""
    return json_bytes({"": records})[4:-1]


def links(path: str, parameters: list[tuple[str, str]]) -> dict[str, str]:
    """Where the same rows can be had in the other formats."""
    kept = [(name, value) for name, value in parameters if name != "format"]
    return {str(form): f"{path}?{urlencode([*kept, ('format', str(form))])}" for form in (Format.CSV, Format.ARROW)}


def limit_of(request: Request, form: Format, asked: int | None) -> int:
    """How many rows a request gets: what it asks for, at most what its format may have."""
    limits = service_of(request).statements.limits
    most = limits.json_rows if form is Format.JSON else limits.stream_rows
    if asked is None:
        return most
    if asked > most:
        wide = f" CSV and Arrow may have {limits.stream_rows:,}." if form is Format.JSON else ""
        raise bad_request("limit", f"limit is {asked:,}: an answer of {form} has at most {most:,} rows.{wide}")
    return asked


def described(column: ResultColumn) -> dict[str, Any]:
    """What an answer says of a column."""
    return {
        "name": column.name,
        "label": column.label,
        "kind": column.type,
        "unit": column.unit,
        "format": column.format,
    }


def kinds_of(table: "pa.Table") -> dict[str, str]:
    """The kinds of an Arrow table's columns."""
    return {field.name: _kind(field.type) for field in table.schema}


def _kind(arrow: Any) -> str:
    from pyarrow import types

    checks = {
        "decimal": types.is_decimal,
        "integer": types.is_integer,
        "boolean": types.is_boolean,
        "date": types.is_date,
    }
    return next((kind for kind, check in checks.items() if check(arrow)), "text")
