"""Answers as JSON, CSV or an Arrow stream, by the Accept header or the parameter `format`."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from exports.spreadsheets import without_formulas
from serving.problems import Problem

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000  # rows of a part of a stream


class Format(StrEnum):
    """What an answer is written in."""

    JSON = "json"
    CSV = "csv"
    ARROW = "arrow"


MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.ARROW: "application/vnd.apache.arrow.stream",
}


def format_of(request: Request, asked: Format | None) -> Format:
    """The format that was asked for; JSON where the client takes all. Raises Problem (406) where there is none."""
    if asked is not None:
        return asked
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    best, best_weight = None, 0.0
    for form, media_type in MEDIA_TYPES.items():
        if (weight := _weight(accept, media_type)) > best_weight:
            best, best_weight = form, weight
    if best is None:
        offered = ", ".join(MEDIA_TYPES.values())
        raise Problem(406, "not-acceptable", f"None of the media types of Accept can be had. There are: {offered}.")
    return best


def _weight(accept: str, media_type: str) -> float:
    """How much a client wants a media type, 0 to 1: the most specific range of its Accept header decides."""
    found, weight = -1, 0.0
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
        if name.lower() not in ranges:
            continue
        specific = len(ranges) - ranges.index(name.lower())
        if specific > found:
            found, weight = specific, _quality(parameters)
    return weight


def _quality(parameters: Sequence[str]) -> float:
    given = next((part.partition("=")[2] for part in parameters if part.lower().startswith("q=")), "1")
    try:
        return min(max(float(given), 0.0), 1.0)
    except ValueError:
        return 0.0


def plain(value: Any, is_key: bool = False) -> Any:
    """A value as JSON has it: decimals, dates and keys are texts, because many readers round JSON's numbers."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return [plain(part, is_key) for part in value]
        case int() if is_key and not isinstance(value, bool):
            return str(value)
    return value


def json_bytes(body: Mapping[str, Any]) -> bytes:
    """The body as JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def json_response(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A response of JSON whose values are plain."""
    return Response(json_bytes(body), media_type=MEDIA_TYPES[Format.JSON], headers=dict(headers or {}))


def stream(table: "pa.Table", form: Format, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """The table as CSV or Arrow, sent in parts; `name` is the file's, without its ending."""
    ending = {Format.CSV: "csv", Format.ARROW: "arrows"}[form]
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{ending}"', **(headers or {})}
    parts = _csv(table) if form is Format.CSV else _arrow(table)
    charset = "; charset=utf-8" if form is Format.CSV else ""
    return StreamingResponse(parts, media_type=f"{MEDIA_TYPES[form]}{charset}", headers=disposition)


def _csv(table: "pa.Table") -> Iterator[bytes]:
    """A null is nothing, an empty text is "". A text that a spreadsheet would compute has an apostrophe before it."""
    import pyarrow as pa
    from pyarrow import csv

    table = without_formulas(table)
    for number, batch in enumerate(table.to_batches(BATCH) or [pa.RecordBatch.from_pylist([], table.schema)]):
        sink = io.BytesIO()
        csv.write_csv(batch, sink, csv.WriteOptions(include_header=number == 0))
        yield sink.getvalue()


def _arrow(table: "pa.Table") -> Iterator[bytes]:
    import pyarrow as pa

    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        yield _taken(sink)
        for batch in table.to_batches(BATCH):
            writer.write_batch(batch)
            yield _taken(sink)
    yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    part = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return part
