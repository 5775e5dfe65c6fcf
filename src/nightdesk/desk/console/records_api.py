"""``/audit`` and ``/metrics``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from nightdesk.desk.console import audit, metrics
from nightdesk.desk.console.context import Context


def add(routes: APIRouter, context: Context) -> None:
    @routes.get("/audit", dependencies=[Depends(context.supervisor)])
    def actions(page: int = Query(1, ge=1, le=100_000)) -> dict[str, Any]:
        return audit.page(context.database, page)

    @routes.get("/metrics", dependencies=[Depends(context.agent)])
    def figures(days: int = Query(7, ge=1, le=366)) -> dict[str, Any]:
        """Of the last ``days`` days; durations in seconds."""
        return metrics.read(context.database, days)
