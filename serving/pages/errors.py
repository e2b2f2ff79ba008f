"""What people see where a page can't be shown; programs get the same as JSON (serving/problems.py)."""

from fastapi import Request
from starlette.responses import Response

from serving import problems
from serving.pages.rendering import rendered
from serving.problems import Problem

TITLES = {404: "There is nothing here", 503: "Busy", 504: "This takes too long"}


def problem_response(problem: Problem, request: Request) -> Response:
    """The problem as a page where a browser asks for one, else as JSON."""
    is_page = not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
    if not is_page:
        return problems.response(problem, request.state.request_id, request.url.path)
    title = TITLES.get(problem.status_code, "This page can't be shown")
    response = rendered(
        request,
        "problem.html",
        title,
        detail=str(problem.detail),
        id=request.state.request_id,
        has_filters=problem.status_code == 400,
    )
    response.status_code = problem.status_code
    for name, value in (problem.headers or {}).items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response
