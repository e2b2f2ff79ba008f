"""The page of operations: what an operator opens first. It shows the lake as it is now, beside what is published."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from serving.operations.kept import KeptReport
from serving.pages.rendering import rendered
from serving.parameters import check_names
from serving.problems import not_found
from serving.service import Service, generation_of

if TYPE_CHECKING:
    from serving.operations.report import Report

router = APIRouter()
SHOWN_UPDATES = 10
ELSEWHERE = (
    "This page reads the folders of a lake on this machine, and this server reads a SQL warehouse. On Databricks, "
    "updates, rules and rejected rows are in the event logs of the schema operations and in the quarantine tables of "
    "silver; the runbook has the queries. Which publication is served: /api/v1/health."
)


def prepare(app: FastAPI, service: Service) -> None:
    """Gives the application the report that the page shows."""
    app.state.operations = KeptReport(service.lake) if service.lake else None


@router.get("/operations")
async def operations(request: Request) -> Response:
    """The page; without a current report, its script asks for it again (static/operations.js)."""
    check_names(request)
    kept: KeptReport | None = request.app.state.operations
    if kept is None:
        raise not_found("no-lake-here", ELSEWHERE)
    report, is_current = await kept.get()
    return rendered(
        request,
        "operations.html",
        "Operations",
        report=report,
        is_current=is_current,
        served=generation_of(request).source,
        loaded_at=generation_of(request).loaded_at,
        updates=report.updates[:SHOWN_UPDATES] if report else [],
        bars=bars_of(report) if report else [],
        ago=ago,
        seconds=in_seconds,
    )


def bars_of(report: "Report") -> list[dict[str, Any]]:
    """The duration of each update over time, oldest first: its height in percent of the longest."""
    longest = max((update.duration for update in report.updates), default=timedelta()) or timedelta(seconds=1)
    return [
        {"run": update, "percent": max(2.0, round(100 * (update.duration / longest), 1))}
        for update in reversed(report.updates)
    ]


def in_seconds(duration: timedelta) -> str:
    """A duration as a person says it: 4.2 s, 3 min 20 s, 1 h 5 min."""
    seconds = duration.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago it was, in the largest unit: 3 minutes ago."""
    if moment is None:
        return "unknown"
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    for unit, length in (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3600), ("minute", 60)):
        if (number := int(seconds // length)) >= 1:
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"
