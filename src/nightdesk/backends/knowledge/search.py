"""Searching what the shop knows. An edit is live at the next search, in every process.

A search asks the database for the revision number; when it has moved, the first search builds the
index anew and a thread fits the classifier behind it. Until that is done, the classifier of before
goes on serving what it knows, and what is new is found by likeness.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.backends.knowledge import bank, store
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.judging import FAULTS, QUESTIONS, Judging
from nightdesk.backends.knowledge.model import Entry, Fault
from nightdesk.backends.knowledge.ranker import Item, Ranker, Ranking
from nightdesk.database import Database

log = logs.get(__name__)

_LONGEST_FIT_S = 60.0
_working: WeakSet[threading.Thread] = WeakSet()
Record = Any  # an Entry or a Fault


@dataclass(frozen=True)
class State:
    """The records of one revision and the ranker over them."""

    revision: int
    records: dict[str, Record]
    ranker: Ranker


class Searcher:
    """Keeps a ranker over the records that ``read`` gives, as new as the database."""

    def __init__(
        self,
        database: Database,
        read: Callable[[Session], Sequence[Record]],
        item: Callable[[Record], Item],
        topics: Sequence[Topic],
        fit_in_background: bool = True,
        judging: Judging = QUESTIONS,
    ) -> None:
        self._judging = judging
        self._database = database
        self._read = read
        self._item = item
        self._topics = topics
        self._background = fit_in_background
        self._state: State | None = None
        self._building = threading.Lock()
        self._fitting = threading.Lock()
        if fit_in_background:  # the first build takes seconds: not in a customer's turn
            _behind(self._warm, "knowledge-warm")

    def rank(
        self, question: str, limit: int, admit: Callable[[Record], bool] = lambda _: True
    ) -> tuple[Ranking, dict[str, Record]]:
        """The ranking of ``question`` and the records by id, of the newest revision."""
        state = self.current()
        records = state.records
        return state.ranker.rank(question, limit, lambda key: admit(records[key])), records

    @property
    def fitted(self) -> bool:
        """Whether the state at hand has its classifier; before that, it is less sure."""
        state = self._state
        return state is not None and state.ranker.fitted

    def current(self) -> State:
        """The newest state; while another thread builds it, the one before."""
        with self._database.read() as session:
            revision = store.revision(session)
        state = self._state
        if state is not None and state.revision == revision:
            return state
        if not self._building.acquire(blocking=state is None):
            assert state is not None
            return state
        try:
            return self._build()
        finally:
            self._building.release()

    def _warm(self) -> None:
        try:
            self.current()
        except Exception as error:  # no database yet: the first search builds instead
            log.warning("knowledge_not_warmed", error=repr(error))

    def _build(self) -> State:
        with self._database.read() as session:
            revision = store.revision(session)
            records = {record.id: record for record in self._read(session)}
        before = self._state
        if before is not None and before.revision == revision:
            return before
        items = [self._item(record) for record in records.values()]
        last = before.ranker if before else None
        ranker = Ranker(items, self._topics, last, self._judging)
        state = self._state = State(revision, records, ranker)
        log.info("knowledge_indexed", revision=revision, items=len(items))
        if self._background:
            _behind(self._fit, "knowledge-fit")
        else:
            self._fit()
        return state

    def _fit(self) -> None:
        """Fit the newest ranker; one fit at a time, and only the newest of several waiting."""
        with self._fitting:
            state = self._state
            if state is None or state.ranker.fitted:
                return
            try:
                state.ranker.fit()
            except Exception as error:
                log.error("knowledge_not_fitted", error=repr(error))
            else:
                log.info("knowledge_fitted", revision=state.revision)


def _behind(work: Callable[[], None], name: str) -> None:
    """Do ``work`` in a thread of its own, which the end of the process waits for."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    _working.add(thread)
    thread.start()


@atexit.register
def _finish() -> None:
    """A thread that is stopped in the middle of a fit takes the whole process down (abort)."""
    for thread in list(_working):
        thread.join(_LONGEST_FIT_S)


def entries(database: Database, fit_in_background: bool = True) -> Searcher:
    """A searcher of the entries, with the bank of questions."""
    return Searcher(database, live, entry_item, bank.shipped(), fit_in_background)


def live(session: Session) -> list[Entry]:
    """The entries that are not withdrawn."""
    found = session.execute(select(Entry).where(Entry.withdrawn_at.is_(None)).order_by(Entry.id))
    return list(found.scalars())


def faults(database: Database, fit_in_background: bool = True) -> Searcher:
    """A searcher of the faults, with the bank of symptoms."""

    def read(session: Session) -> Sequence[Fault]:
        found = session.execute(
            select(Fault).where(Fault.withdrawn_at.is_(None)).order_by(Fault.id)
        )
        return list(found.scalars())

    topics = bank.shipped(bank.FAULTS)
    return Searcher(database, read, fault_item, topics, fit_in_background, FAULTS)


def entry_item(entry: Record) -> Item:
    """What the ranker sees of an entry, or of a row of ``faq.csv``."""
    alternatives: Any = entry.alt_questions
    phrasings = (entry.question_zh, *alternatives, entry.question_en)
    answer = f"{entry.answer_zh} {entry.answer_en}"
    return Item(str(entry.id), _texts(phrasings), getattr(entry, "topic", ""), answer)


def fault_item(fault: Record) -> Item:
    """What the ranker sees of a fault, or of a row of ``faults.csv``."""
    phrases: Any = fault.phrases
    texts = _texts((fault.symptom_zh, *phrases, fault.symptom_en))
    answer = f"{fault.causes_zh} {fault.advice_zh} {fault.advice_en}"
    return Item(str(fault.id), texts, answer=answer)


def _texts(phrasings: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(text for text in phrasings if text and text.strip())


def applies(entry: Entry, branch: str | None, product: str | None) -> bool:
    """Whether ``entry`` is valid now, and for the branch and product that are asked about."""
    branches: Any = entry.branches
    products: Any = entry.products
    now = clock.now()
    if (entry.valid_from and now < entry.valid_from) or (
        entry.valid_until and now >= entry.valid_until
    ):
        return False
    return not (
        (branch and branches and branch not in branches)
        or (product and products and product not in products)
    )
