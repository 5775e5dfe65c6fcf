"""Replies kept ready."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConstrainedStr, root_validator
from sqlalchemy import or_, select

from nightdesk import clock
from nightdesk.backends.fields import STORABLE, Remark
from nightdesk.backends.service import ServiceError
from nightdesk.desk.console import audit
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.sessions import SignedIn
from nightdesk.desk.handoff.model import Canned

MOST = 500


class Title(ConstrainedStr):
    strip_whitespace = True
    min_length = 1
    max_length = 100
    regex = STORABLE


class NewCanned(BaseModel):
    """A reply in one language at least."""

    title: Title
    text_zh: Remark = Remark("")
    text_en: Remark = Remark("")

    @root_validator(skip_on_failure=True)
    def something(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not (values["text_zh"].strip() or values["text_en"].strip()):
            raise ValueError("there is no text")
        return values


class CannedChange(BaseModel):
    title: Title | None = None
    text_zh: Remark | None = None
    text_en: Remark | None = None


def add(routes: APIRouter, context: Context) -> None:
    @routes.get("/canned", dependencies=[Depends(context.agent)])
    def find(q: str = Query("", max_length=100, regex=STORABLE)) -> list[dict[str, Any]]:
        """Those with every word of ``q``, by title."""
        query = select(Canned).order_by(Canned.title, Canned.id).limit(MOST)
        for word in q.split():
            pattern = "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
            columns = (Canned.title, Canned.text_zh, Canned.text_en)
            query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
        with context.database.read() as session:
            return [_view(row) for row in session.scalars(query)]

    @routes.post("/canned", status_code=201)
    def create(body: NewCanned, signed: SignedIn = Depends(context.supervisor)) -> dict[str, Any]:
        with context.database.write() as session:
            row = Canned(**body.dict(), updated_at=clock.now())
            session.add(row)
            session.flush()
            audit.record(session, signed.person.id, "canned_added", str(row.id), title=row.title)
            return _view(row)

    @routes.patch("/canned/{canned_id}")
    def change(
        canned_id: int, body: CannedChange, signed: SignedIn = Depends(context.supervisor)
    ) -> dict[str, Any]:
        with context.database.write() as session:
            row = _find(session, canned_id)
            for field, value in body.dict(exclude_none=True).items():
                setattr(row, field, value)
            if not (row.text_zh.strip() or row.text_en.strip()):
                raise ServiceError(422, "invalid", "There is no text.")
            row.updated_at = clock.now()
            audit.record(session, signed.person.id, "canned_changed", str(row.id), title=row.title)
            return _view(row)

    @routes.delete("/canned/{canned_id}", status_code=204)
    def remove(canned_id: int, signed: SignedIn = Depends(context.supervisor)) -> Response:
        with context.database.write() as session:
            row = _find(session, canned_id)
            session.delete(row)
            audit.record(session, signed.person.id, "canned_removed", str(row.id), title=row.title)
        return Response(status_code=204)


def _find(session: Any, canned_id: int) -> Any:
    row = session.get(Canned, canned_id, with_for_update=True)
    if row is None:
        raise ServiceError(404, "not_found", "There is no such reply.")
    return row


def _view(row: Any) -> dict[str, Any]:
    return {"id": row.id, "title": row.title, "text_zh": row.text_zh, "text_en": row.text_en}
