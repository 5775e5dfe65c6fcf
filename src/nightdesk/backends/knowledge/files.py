"""Entries from files and to files, over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.knowledge import exchange, formats, views
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database
from nightdesk.merchant.placeholders import Shelf
from nightdesk.merchant.problems import MerchantErrors

MAX_FILE = 8 * 1024 * 1024
_BY = Query("api", max_length=100, regex=STORABLE, description="Who does it")


def add(routes: APIRouter, database: Database, neighbours: Neighbours) -> None:
    """Add the endpoints to ``routes``."""

    @routes.post("/knowledge/import")
    async def take(
        request: Request,
        name: str = Query("faq", max_length=200, regex=STORABLE, description="The file's name"),
        kind: Literal["csv", "md", "html", "docx", ""] = Query("", alias="format"),
        try_only: bool = Query(False, description="Only say what would be done"),
        by: str = _BY,
    ) -> Any:
        """Take the entries of the file in the body: all of them, or none when there is a mistake.

        Without ``format`` the file's name or its content says what it is.
        """
        raw = bytearray()
        async for part in request.stream():
            raw += part
            if len(raw) > MAX_FILE:
                raise ServiceError(
                    413, "too_large", f"A file may have {MAX_FILE // 2**20} MB at most."
                )
        content = bytes(raw)
        file = exchange.File.of(name, content, kind)
        named = await run_in_threadpool(file.placeholders)
        shelf = (await neighbours.read(named)).shelf()
        return await run_in_threadpool(take_file, database, file, shelf, by, try_only)

    @routes.get("/knowledge/export")
    def export(
        kind: Literal["csv", "md", "html", "docx"] = Query("csv", alias="format"),
    ) -> Response:
        """All entries that are found, as a file that can be imported again."""
        with database.read() as session:
            content = formats.write(kind, exchange.table(session))
        name = f'attachment; filename="faq.{kind}"'
        return Response(
            content,
            media_type=formats.MEDIA_TYPES[kind],
            headers={"Content-Disposition": name, "X-Content-Type-Options": "nosniff"},
        )


class _OnlyTried(Exception):
    """Rolls a trial back."""


def take_file(
    database: Database, file: exchange.File, shelf: Shelf, by: str, try_only: bool
) -> dict[str, Any]:
    """Take the entries of a file. ``try_only`` takes nothing. ``shelf``: what they may name.

    Raises:
        ServiceError: 422 ``mistakes``, each of them in the details; nothing was taken.
    """
    outcome: exchange.Outcome | None = None
    try:
        with database.write() as session:
            outcome = exchange.take(session, file, shelf, by)
            session.flush()
            if try_only:
                raise _OnlyTried
    except _OnlyTried:
        pass
    except MerchantErrors as errors:
        raise ServiceError(
            422,
            "mistakes",
            f"{len(errors.problems)} mistakes; nothing was taken.",
            problems=[views.problem(problem) for problem in errors.problems[:200]],
            warnings=[views.problem(problem) for problem in errors.warnings[:200]],
        ) from None
    assert outcome is not None
    return dict(
        jsonable_encoder(
            {
                "created": outcome.created,
                "changed": outcome.changed,
                "unchanged": outcome.unchanged,
                "warnings": [views.problem(problem) for problem in outcome.warnings[:200]],
                "tried_only": try_only,
            }
        )
    )
