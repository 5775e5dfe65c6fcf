"""The knowledge contract over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, BackgroundTasks, Header, Query, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.idempotency import KeyHeader, once
from nightdesk.backends.knowledge import (
    asked,
    bank,
    curation,
    files,
    live,
    search,
    service,
    store,
    topics,
    views,
)
from nightdesk.backends.knowledge.model import Change, Entry, Fault
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.knowledge.schemas import EntryChange, NewEntry
from nightdesk.database import Database

SERVICE = "knowledge"
_Q = Query(..., min_length=1, max_length=1000, regex=STORABLE, description="The question")
_LANG = Query("zh", regex="^(zh|en)$")
_BY = Query("api", max_length=100, regex=STORABLE, description="Who does it")
_CODE = Query(None, max_length=64, regex=STORABLE)
_CONVERSATION = Header(
    "",
    alias="X-Conversation-Id",
    max_length=128,
    regex=STORABLE,
    description="The conversation in which a customer asks this; nothing: nobody asks",
)


def router(
    database: Database, fit_in_background: bool = True, neighbours: Neighbours | None = None
) -> APIRouter:
    """The whole contract. ``neighbours``: the backends that placeholders are filled from."""
    neighbours = neighbours or Neighbours()
    routes = APIRouter(tags=["knowledge"])
    entries = search.entries(database, fit_in_background)
    faults = search.faults(database, fit_in_background)

    @routes.get("/knowledge/search")
    def search_entries(
        after: BackgroundTasks,
        q: str = _Q,
        limit: int = Query(3, ge=1, le=20),
        lang: str = _LANG,
        branch: str | None = _CODE,
        product: str | None = _CODE,
        task: str = Query("", regex="^[a-z_]{0,32}$", description="What the customer is doing"),
        conversation: str = _CONVERSATION,
    ) -> dict[str, Any]:
        """The entries that may answer ``q``, best first. ``answerable``: the first one may be given
        as the answer; otherwise offer the hits, or say that it is not known. What a conversation
        asks is recorded, with the ``task`` that is open there (``order``, ``appointment`` …)."""
        ranking, records = entries.rank(
            q, limit, lambda entry: search.applies(entry, branch, product)
        )
        if conversation:
            after.add_task(asked.record, database, q, lang, conversation, ranking, task)
        hits = [{**_said(records[hit.id], lang), "score": hit.score} for hit in ranking.hits]
        return {"hits": hits, "answerable": ranking.answerable}

    @routes.get("/knowledge/ready")
    def ready() -> dict[str, bool]:
        """Whether entries and faults are searched with all that is known: some seconds after the
        start, and after an edit."""
        return {"entries": entries.fitted, "faults": faults.fitted}

    @routes.get("/faults/search")
    def search_faults(
        q: str = _Q, limit: int = Query(3, ge=1, le=20), lang: str = _LANG
    ) -> dict[str, Any]:
        """The faults that ``q`` may describe, best first."""
        ranking, records = faults.rank(q, limit)
        hits = [{**_fault_view(records[hit.id], lang), "score": hit.score} for hit in ranking.hits]
        return {"hits": hits, "answerable": ranking.answerable}

    _edit(routes, database, neighbours)
    live.add(routes, neighbours)
    curation.add(routes, database, entries, neighbours)
    files.add(routes, database, neighbours)
    return routes


def _edit(routes: APIRouter, database: Database, neighbours: Neighbours) -> None:
    @routes.get("/knowledge/entries")
    def list_entries(
        category: str | None = Query(None, max_length=100, regex=STORABLE),
        withdrawn: bool = False,
        limit: int = Query(100, ge=1, le=1000),
        offset: int = Query(0, ge=0),
    ) -> dict[str, Any]:
        """A page of the entries."""
        with database.read() as session:
            page, total = service.listing(session, category, withdrawn, limit, offset)
            return {"entries": [views.entry(entry) for entry in page], "total": total}

    @routes.post("/knowledge/entries", status_code=201)
    async def create(body: NewEntry, key: str | None = KeyHeader) -> JSONResponse:
        """A new entry, live at the next search."""
        await live.check(neighbours, body.dict())
        return await run_in_threadpool(made, body, key)

    def made(body: NewEntry, key: str | None) -> JSONResponse:
        values = body.dict(include=set(store.CONTENT))
        with database.write() as session:
            answer = once(
                session,
                SERVICE,
                key,
                "create entry",
                body.dict(),
                lambda: views.entry(service.create(session, body.id, body.by, values)),
            )
        return answer.response()

    @routes.get("/knowledge/entries/{entry_id}")
    def read(entry_id: str) -> dict[str, Any]:
        """An entry, withdrawn or not."""
        with database.read() as session:
            return views.entry(service.entry(session, entry_id))

    @routes.patch("/knowledge/entries/{entry_id}")
    async def change(entry_id: str, body: EntryChange) -> dict[str, Any]:
        """Change what an entry says, live at the next search."""
        values = body.dict(include=set(store.CONTENT), exclude_unset=True)
        await live.check(neighbours, values)
        return await run_in_threadpool(changed, entry_id, body, values)

    def changed(entry_id: str, body: EntryChange, values: dict[str, Any]) -> dict[str, Any]:
        with database.write() as session:
            return views.entry(service.change(session, entry_id, body.by, values, body.version))

    @routes.delete("/knowledge/entries/{entry_id}", status_code=204)
    def withdraw(entry_id: str, by: str = _BY) -> Response:
        """Take an entry out of the search; its history stays."""
        with database.write() as session:
            service.withdraw(session, entry_id, by)
        return Response(status_code=204)

    @routes.post("/knowledge/entries/{entry_id}/restore")
    def restore(
        entry_id: str, version: int | None = Query(None, ge=1), by: str = _BY
    ) -> dict[str, Any]:
        """Bring a withdrawn entry back; with ``version``, say again what it said then."""
        with database.write() as session:
            return views.entry(service.restore(session, entry_id, by, version))

    @routes.get("/knowledge/entries/{entry_id}/history")
    def history(entry_id: str) -> dict[str, Any]:
        """Who changed what and when, newest first."""
        with database.read() as session:
            changes = service.history(session, entry_id)
            return {"changes": [_change_view(change) for change in changes]}

    @routes.get("/knowledge/entries/{entry_id}/topics")
    def propose(entry_id: str) -> dict[str, Any]:
        """The topics of the bank whose phrasings the entry could take on, best first."""
        with database.read() as session:
            item = search.entry_item(service.entry(session, entry_id))
        shipped = bank.shipped()
        about = {topic.id: topic for topic in shipped}
        proposed = topics.propose(item.phrasings, shipped)
        return {
            "chosen": item.topic,
            "topics": [
                {
                    "topic": topic,
                    "certainty": certainty,
                    "about": about[topic].about,
                    "phrasings": len(about[topic].all()),
                }
                for topic, certainty in proposed
            ],
        }


def _said(entry: Entry, lang: str) -> dict[str, Any]:
    """What a customer is told; the other language where the wanted one is missing."""
    order = (lang, "en" if lang == "zh" else "zh")
    given = next(code for code in order if getattr(entry, f"answer_{code}"))
    return {
        "id": entry.id,
        "category": entry.category,
        "question": getattr(entry, f"question_{given}") or entry.question_zh,
        "answer": getattr(entry, f"answer_{given}"),
        "lang": given,
    }


def _fault_view(fault: Fault, lang: str) -> dict[str, Any]:
    english = lang == "en"
    return {
        "id": fault.id,
        "symptom": (english and fault.symptom_en) or fault.symptom_zh,
        "causes": [part for part in (fault.causes_zh or "").split("|") if part],
        "advice": (english and fault.advice_en) or fault.advice_zh,
        "severity": fault.severity,
        "service": fault.service or None,
    }


def _change_view(change: Change) -> dict[str, Any]:
    return {
        "version": change.version,
        "action": change.action,
        "by": change.by,
        "at": change.at,
        "content": change.content,
    }
