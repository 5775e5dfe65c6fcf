"""Before a change goes live: which questions would then be answered differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nightdesk.backends.knowledge import asked as questions
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.conflicts import conflicts
from nightdesk.backends.knowledge.model import Asked
from nightdesk.backends.knowledge.ranker import Ranker, Ranking
from nightdesk.backends.knowledge.search import State, applies, entry_item

MOST_WORDINGS = 1000
MOST_ENTRIES = 10_000  # an index of more takes longer than anyone waits


def replay(
    state: State,
    entry_id: str,
    draft: Any | None,
    asked: Sequence[Asked],
    topics: Sequence[Topic],
) -> dict[str, Any]:
    """What the recorded questions, and the entries' own questions, get now and would get then.

    ``draft``: what the entry ``entry_id`` would be (the attributes of an ``Entry``); ``None``
    withdraws it. Both sides are ranked by rankers that are fitted to what they hold. ``conflicts``:
    other entries that have one of its questions already.
    """
    after = {**state.records, entry_id: draft}
    if draft is None:
        del after[entry_id]
    now = state.ranker if state.ranker.fitted else _fitted(state.records, topics)
    then = _fitted(after, topics)
    differences: list[dict[str, Any]] = []
    groups = questions.distinct(asked)[:MOST_WORDINGS]
    known = {questions.bare(str(group[0].question)) for group in groups}
    cases = [(str(group[0].question), len(group)) for group in groups]
    cases += [(text, 0) for text in _own(after, entry_id) if questions.bare(text) not in known]
    for question, count in cases:
        before, later = _answer(now, state.records, question), _answer(then, after, question)
        if (before, _said(state.records, before)) != (later, _said(after, later)):
            differences.append(
                {
                    "question": question,
                    "asked": count,
                    "before": _view(state.records, before),
                    "after": _view(after, later),
                }
            )
    differences.sort(key=lambda difference: -difference["asked"])
    return {
        "questions": len(cases),
        "asked": len(groups),
        "differences": differences,
        "conflicts": [] if draft is None else conflicts(state.records, entry_id, draft),
    }


def _own(records: dict[str, Any], entry_id: str) -> list[str]:
    """Every entry's question, and all phrasings of the one that changes."""
    found: list[str] = []
    for key, record in records.items():
        phrasings = entry_item(record).phrasings
        found += phrasings if key == entry_id else phrasings[:1]
    return found


def _fitted(records: dict[str, Any], topics: Sequence[Topic]) -> Ranker:
    ranker = Ranker([entry_item(record) for record in records.values()], topics)
    ranker.fit()
    return ranker


def _answer(ranker: Ranker, records: dict[str, Any], question: str) -> str | None:
    ranking: Ranking = ranker.rank(question, 1, lambda key: applies(records[key], None, None))
    return ranking.hits[0].id if ranking.answerable else None


def _said(records: dict[str, Any], entry_id: str | None) -> tuple[str, str] | None:
    if entry_id is None:
        return None
    return str(records[entry_id].answer_zh), str(records[entry_id].answer_en)


def _view(records: dict[str, Any], entry_id: str | None) -> dict[str, Any] | None:
    if entry_id is None:
        return None
    record = records[entry_id]
    return {
        "id": entry_id,
        "question": record.question_zh or record.question_en,
        "answer": record.answer_zh or record.answer_en,
    }
