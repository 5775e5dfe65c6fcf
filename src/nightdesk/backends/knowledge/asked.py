"""What customers asked: recorded beside each search that a conversation makes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.backends.knowledge.model import Asked
from nightdesk.backends.knowledge.ranker import Ranking
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database
from nightdesk.language.script import fold

log = logs.get(__name__)

DAYS = 30
MOST = 5000  # the newest questions that are looked at
KEPT_HITS = 3
DISMISSED = "dismissed"
KEPT = timedelta(days=365)
AGAIN = timedelta(minutes=10)
REMEMBERED = timedelta(days=2)  # a customer may come back and find that an answer did not help
MOST_OF_ONE = 200  # of a conversation's questions, when one of them is looked for


def record(
    database: Database,
    question: str,
    lang: str,
    conversation_id: str,
    ranking: Ranking,
    task: str = "",
) -> None:
    """Keep a question, once for a conversation, with phone numbers and addresses masked; forget
    those older than ``KEPT``. ``task``: what the customer was in the middle of.

    A failure is logged: the customer has the answer already.
    """
    masked = logs.mask(question.strip())
    try:
        with database.write() as session:
            same = select(Asked.id).where(
                Asked.conversation_id == conversation_id, Asked.question == masked
            )
            if session.execute(same).first() is not None:
                return
            now = clock.now()
            past = delete(Asked).where(Asked.at < now - KEPT)
            session.execute(past.execution_options(synchronize_session=False))
            session.add(
                Asked(
                    question=masked,
                    lang=lang,
                    conversation_id=conversation_id,
                    hits=[{"id": hit.id, "score": hit.score} for hit in ranking.hits[:KEPT_HITS]],
                    answered=ranking.answerable,
                    at=now,
                    task=task,
                    settled="",
                    settled_by="",
                )
            )
    except Exception as error:
        log.error("question_not_recorded", error=repr(error))


def since(session: Session, days: int = DAYS) -> list[Asked]:
    """The questions of the last ``days``, the newest ``MOST`` of them, oldest first."""
    begin: datetime = clock.now() - timedelta(days=days)
    statement = (
        select(Asked).where(Asked.at >= begin).order_by(Asked.at.desc(), Asked.id.desc())
    ).limit(MOST)
    return list(session.execute(statement).scalars())[::-1]


def bare(question: str) -> str:
    """``question`` as it is compared: without case, script, spaces and punctuation."""
    return "".join(character for character in fold(question) if character.isalnum())


def distinct(asked: Sequence[Asked]) -> list[list[Asked]]:
    """``asked`` in groups of the same words, the most frequent first."""
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        groups.setdefault(bare(str(one.question)) or str(one.question), []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def settle(session: Session, ids: Sequence[int], how: str, by: str) -> list[str]:
    """Mark questions as settled; their different wordings, the most frequent first.

    Raises:
        ServiceError: 404 ``not_found``: one of ``ids`` is no question.
    """
    found = list(session.execute(select(Asked).where(Asked.id.in_(ids))).scalars())
    if len(found) < len(set(ids)):
        missing = sorted(set(ids) - {int(one.id) for one in found})
        raise ServiceError(404, "not_found", "There is no such question.", ids=missing)
    groups = distinct(found)
    words = {bare(str(group[0].question)) for group in groups}
    same = [
        one.id
        for one in since(session, days=365)
        if not one.answered and bare(str(one.question)) in words
    ]
    statement = update(Asked).where(Asked.id.in_([*same, *ids])).values(settled=how, settled_by=by)
    session.execute(statement.execution_options(synchronize_session=False))
    return [str(group[0].question) for group in groups]


def mark_person_needed(session: Session, conversation_id: str) -> bool:
    """Note that a customer asked for a person, with the last question if it was asked just now."""
    statement = (
        select(Asked)
        .where(Asked.conversation_id == conversation_id, Asked.at >= clock.now() - AGAIN)
        .order_by(Asked.at.desc(), Asked.id.desc())
    ).limit(1)
    last: Asked | None = session.execute(statement).scalar()
    if last is not None:
        last.person_needed = True
    return last is not None


def mark_unhelpful(session: Session, conversation_id: str, entry_id: str) -> Asked | None:
    """Note that the answer of an entry did not help, with the last question that it was found for
    in the conversation; that question."""
    statement = (
        select(Asked)
        .where(Asked.conversation_id == conversation_id, Asked.at >= clock.now() - REMEMBERED)
        .order_by(Asked.at.desc(), Asked.id.desc())
    ).limit(MOST_OF_ONE)
    newest: list[Asked] = list(session.execute(statement).scalars())
    for one in newest:
        hits: Any = one.hits
        if entry_id in [hit["id"] for hit in hits]:
            one.unhelpful = entry_id
            return one
    return None


def helped(one: Asked) -> bool:
    """Whether the question was answered, as far as the customer has said."""
    return bool(one.answered) and not one.unhelpful


def asked_again(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    """By entry, the questions whose answer did not help: asked again soon, in other words, and
    answered by the same entry."""
    last: dict[str, Asked] = {}
    found: dict[str, list[Asked]] = {}
    for one in asked:
        before = last.get(str(one.conversation_id))
        last[str(one.conversation_id)] = one
        if before is None or moment(one) - moment(before) > AGAIN:
            continue
        entry = answer_of(one)
        if entry is not None and entry == answer_of(before):
            found.setdefault(entry, []).extend((before, one))
    return found


def answer_of(one: Asked) -> str | None:
    """The entry that was given as the answer."""
    hits: Any = one.hits
    return str(hits[0]["id"]) if one.answered and hits else None


def moment(one: Asked) -> datetime:
    """When it was asked."""
    assert one.at is not None, "the column is not nullable"
    return one.at
