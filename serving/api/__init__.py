"""The API: what is at `/api/v1`."""

from fastapi import APIRouter

from serving.api import dimensions, documents, kpis, metrics, operations, query, titles

__all__ = ["api_router"]


def api_router() -> APIRouter:
    """All routes of the API."""
    router = APIRouter()
    for part in (operations, metrics, query, kpis, titles, dimensions, documents):
        router.include_router(part.router)
    return router
