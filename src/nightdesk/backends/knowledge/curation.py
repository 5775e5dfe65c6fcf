"""How a shop keeps its knowledge, over HTTP: gaps, coverage, replay, topics."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Extra, conlist, root_validator
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.knowledge import (
    asked,
    bank,
    gaps,
    live,
    service,
    store,
    topics,
    views,
)
from nightdesk.backends.knowledge import replay as replaying
from nightdesk.backends.knowledge.model import Asked
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.knowledge.schemas import Content, EntryId, NewEntry, Short, check_complete
from nightdesk.backends.knowledge.search import Searcher
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database

MOST_PHRASINGS = 20  # of a gap, that an entry takes on
NEXT_FROM = 0.01  # the score from which another entry is offered once the first one did not help
_DAYS = Query(asked.DAYS, ge=1, le=365, description="Of the last so many days")
_BY = Query("api", max_length=100, regex=STORABLE, description="Who does it")

_CONVERSATION = Header(..., alias="X-Conversation-Id", min_length=1, max_length=128, regex=STORABLE)


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class Settling(_Strict):
    """What becomes of questions: one of ``entry``, ``phrasing_of`` (an entry's id), ``dismiss``."""

    ids: conlist(int, min_items=1, max_items=5000)  # type: ignore[valid-type]
    entry: NewEntry | None = None
    phrasing_of: EntryId | None = None
    dismiss: bool = False
    by: Short = "api"

    @root_validator(skip_on_failure=True)
    def _one(cls, values: dict[str, Any]) -> dict[str, Any]:
        chosen = [bool(values.get(name)) for name in ("entry", "phrasing_of", "dismiss")]
        if sum(chosen) != 1:
            raise ValueError("exactly one of entry, phrasing_of and dismiss is needed")
        return values


class Unhelpful(_Strict):
    """The ``entry`` that was said; ``lang``: of the customer."""

    entry: EntryId
    lang: Literal["zh", "en"] = "zh"


class Draft(_Strict):
    """A change that is not made yet: of the entry ``id``, or a new one without it.

    ``content``: the fields that change; without it the entry is withdrawn.
    """

    id: EntryId | None = None
    content: Content | None = None


def add(routes: APIRouter, database: Database, entries: Searcher, neighbours: Neighbours) -> None:
    """Add the endpoints to ``routes``."""
    _watch(routes, database, entries, neighbours)
    _prepare(routes, database, entries)


def _watch(
    routes: APIRouter, database: Database, entries: Searcher, neighbours: Neighbours
) -> None:
    finder = gaps.Finder(bank.shipped())

    @routes.get("/knowledge/gaps")
    async def list_gaps(days: int = _DAYS, limit: int = Query(50, ge=1, le=500)) -> Any:
        """What customers asked and nobody answered, clustered, the most frequent first, with the
        orders and bookings that ended there; and answers that did not help."""
        recorded = await run_in_threadpool(_recorded, database, days)
        ended = await neighbours.ended(gaps.in_the_middle(recorded))
        return await run_in_threadpool(listed, recorded, ended, limit)

    def listed(recorded: list[Asked], ended: dict[str, bool] | None, limit: int) -> Any:
        state = entries.current()
        found = finder.find(state, recorded)
        return {
            "asked": len(recorded),
            "unanswered": sum(len(gap.asked) for gap in found),
            "gaps": [gaps.view(gap, state, ended) for gap in found[:limit]],
            "doubtful": gaps.doubtful(state, recorded)[:limit],
        }

    @routes.post("/knowledge/gaps/settle")
    async def settle(body: Settling) -> Any:
        """Make an entry, or phrasings of an entry, of questions; or dismiss them."""
        if body.entry:
            await live.check(neighbours, body.entry.dict())
        return await run_in_threadpool(settled, body)

    def settled(body: Settling) -> Any:
        how = "entry" if body.entry else "phrasing" if body.phrasing_of else asked.DISMISSED
        with database.write() as session:
            if not body.dismiss:
                store.touch(session)
            wordings = asked.settle(session, body.ids, how, body.by)
            if body.dismiss:
                return {"entry": None, "questions": len(body.ids)}
            if body.entry:
                values = body.entry.dict(include=set(store.CONTENT))
                values["alt_questions"] = _joined(values, wordings)
                made = service.create(session, body.entry.id, body.by, values)
            else:
                present = service.entry(session, str(body.phrasing_of), lock=True)
                own = {name: getattr(present, name) for name in store.CONTENT}
                values = {"alt_questions": _joined(own, wordings)}
                made = service.change(session, str(present.id), body.by, values, None)
            return {"entry": views.entry(made), "questions": len(body.ids)}

    @routes.post("/knowledge/asked/person")
    def person_needed(conversation: str = _CONVERSATION) -> dict[str, bool]:
        """Note that the customer of a conversation asks for a person, after what was asked last."""
        with database.write() as session:
            return {"noted": asked.mark_person_needed(session, conversation)}

    @routes.post("/knowledge/asked/unhelpful")
    def unhelpful(body: Unhelpful, conversation: str = _CONVERSATION) -> Any:
        """Note that the answer of ``entry`` did not help; the entries that come next for that
        question, two at most."""
        with database.write() as session:
            one = asked.mark_unhelpful(session, conversation, body.entry)
            hits: Any = one.hits if one else []
        records = entries.current().records
        likely = [
            records[hit["id"]]
            for hit in hits
            if hit["id"] != body.entry and hit["id"] in records and hit["score"] >= NEXT_FROM
        ]
        return {
            "noted": one is not None,
            "nearest": [views.question(record, body.lang) for record in likely[:2]],
        }

    @routes.get("/knowledge/coverage")
    def coverage(days: int = _DAYS) -> Any:
        """Which share of the questions was answered: in all, by category and language."""
        recorded = _recorded(database, days)
        return {"days": days, **gaps.coverage(entries.current().records, recorded)}


def _recorded(database: Database, days: int) -> list[Asked]:
    with database.read() as session:
        return asked.since(session, days)


def _joined(values: dict[str, Any], wordings: list[str]) -> list[str]:
    """The other phrasings of an entry with ``wordings``, each once."""
    said = [values["question_zh"], values["question_en"], *values["alt_questions"]]
    known = {asked.bare(text) for text in said}
    new = [text for text in wordings if asked.bare(text) not in known]
    return [*values["alt_questions"], *new[:MOST_PHRASINGS]][:500]


def _prepare(routes: APIRouter, database: Database, entries: Searcher) -> None:
    one_at_a_time = threading.Lock()

    @routes.post("/knowledge/replay")
    def replay(body: Draft) -> Any:
        """Which questions would be answered differently if the draft were live."""
        state = entries.current()
        if len(state.records) > replaying.MOST_ENTRIES:
            most = replaying.MOST_ENTRIES
            raise ServiceError(
                422, "too_many", f"A replay takes {most} entries at most.", most=most
            )
        entry_id, draft = body.id or "(new)", None
        with database.read() as session:
            recorded = asked.since(session, days=365)
            own = store.empty()
            if body.id is not None:
                present = service.entry(session, body.id)
                own = {name: getattr(present, name) for name in store.CONTENT}
        if body.content is not None:
            values = {**own, **body.content.dict(exclude_unset=True)}
            try:
                check_complete(values)
            except ValueError as error:
                raise ServiceError(422, "invalid", str(error)) from None
            draft = SimpleNamespace(id=entry_id, **values)
        elif body.id is None:
            raise ServiceError(422, "invalid", "A draft of a new entry needs its content.")
        with one_at_a_time:
            return replaying.replay(state, entry_id, draft, recorded, bank.shipped())

    @routes.get("/knowledge/topics")
    def list_topics() -> Any:
        """The topics of the bank, and the entry that stands for each now."""
        owner = {topic: item for item, topic in entries.current().ranker.topic_of.items()}
        return {
            "topics": [
                {
                    "topic": topic.id,
                    "about": topic.about,
                    "phrasings": len(topic.all()),
                    "entry": owner.get(topic.id),
                }
                for topic in bank.shipped()
            ]
        }

    @routes.post("/knowledge/topics/propose")
    def propose(body: Content) -> Any:
        """The topics that a draft could take on, best first, with some of their phrasings.

        ``automatic``: the first one is taken on without asking, unless another entry has it.
        """
        shipped = bank.shipped()
        by_id = {topic.id: topic for topic in shipped}
        texts = (body.question_zh, *body.alt_questions, body.question_en)
        found = topics.propose([text for text in texts if text], shipped)
        return {
            "topics": [
                {
                    "topic": topic,
                    "certainty": certainty,
                    "automatic": place == 0 and certainty >= 0.5,
                    "about": by_id[topic].about,
                    "phrasings": len(by_id[topic].all()),
                    "examples": by_id[topic].all()[:5],
                }
                for place, (topic, certainty) in enumerate(found)
            ]
        }
