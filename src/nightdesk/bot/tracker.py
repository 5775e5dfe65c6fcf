"""A SQL tracker store that remembers the conversations it is talking in.

Rasa's own reads a conversation's whole session for every message and turns each event back into an
object; here the tracker of the last message is used again when, and only when, it is what the
database holds: the same number of events in memory as were saved, and no newer row of anybody's.
What is written is what Rasa's store writes, so either can read the other's tables.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_CONVERSATIONS = 500

_EVENTS = SQLTrackerStore.SQLEvent.__table__
# Made once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_INSERT = sa.insert(_EVENTS)
_NEWEST = sa.select([sa.func.max(_EVENTS.c.id)]).where(
    _EVENTS.c.sender_id == sa.bindparam("sender")
)


@dataclass
class _Known:
    """A tracker as it was saved: with ``saved`` events, the newest of them row ``newest``."""

    tracker: DialogueStateTracker
    saved: int
    newest: int


class CachedTrackerStore(SQLTrackerStore):
    """As :class:`SQLTrackerStore`. ``kept_conversations``: how many trackers stay in memory."""

    engine: Any

    def __init__(self, *args: Any, kept_conversations: int = KEPT_CONVERSATIONS, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._kept = kept_conversations
        self._known: OrderedDict[str, _Known] = OrderedDict()
        if self.engine.dialect.name == "sqlite" and self.engine.url.database:
            self._use_one_connection()

    def _use_one_connection(self) -> None:
        """SQLite: keep the connection open, and write ahead instead of rewriting pages.

        With ``synchronous=NORMAL`` a killed process loses nothing; a power cut may take the last
        moments of conversations, never the consistency of the file.
        """
        url = self.engine.url
        self.engine.dispose()
        self.engine = sa.create_engine(
            url,
            poolclass=sa.pool.QueuePool,
            pool_size=1,
            connect_args={"check_same_thread": False, "timeout": 15},
        )

        @sa.event.listens_for(self.engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")

        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    @property
    def domain(self) -> Domain:
        """The domain that trackers are made with."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        # Slots may have changed: nothing that was made with the old domain is used again.
        self._domain = domain or Domain.empty()
        self.__dict__.setdefault("_known", OrderedDict()).clear()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the latest session, from memory when it is what the database holds."""
        known = self._known.get(sender_id)
        if known and len(known.tracker.events) == known.saved:
            if self._newest(sender_id) == known.newest:
                self._known.move_to_end(sender_id)
                return known.tracker
            del self._known[sender_id]
        tracker = await super().retrieve(sender_id)
        # A tracker with unsaved events is another task's work of this moment: leave it its place.
        if tracker is not None and sender_id not in self._known:
            self._remember(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events that the database does not have."""
        known = self._known.get(tracker.sender_id)
        if (
            known is None
            or known.tracker is not tracker
            or self.event_broker is not None
            or not self._add(tracker, known)
        ):
            self._known.pop(tracker.sender_id, None)
            await super().save(tracker)
            self._remember(tracker)

    def _add(self, tracker: DialogueStateTracker, known: _Known) -> bool:
        """Write what is new in ``tracker``; whether the database was as it was ``known``."""
        sender_id = tracker.sender_id
        new = list(islice(tracker.events, known.saved, None))
        with self.engine.begin() as connection:
            if self._newest_in(connection, sender_id) != known.newest:
                return False
            if not new:
                return True
            connection.execute(_INSERT, [self._row(sender_id, event) for event in new])
            newest = self._newest_in(connection, sender_id)
        known.saved, known.newest = len(tracker.events), newest
        if any(isinstance(event, SessionStarted) for event in new):
            # The next message sees the new session only, as the database will give it.
            del self._known[sender_id]
        return True

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Publish new events; what is new is asked of the database, not of memory."""
        self._known.pop(tracker.sender_id, None)
        await super().stream_events(tracker)
        self._known.pop(tracker.sender_id, None)

    def _remember(self, tracker: DialogueStateTracker) -> None:
        events = tracker.events
        if events.maxlen is not None or any(
            isinstance(event, SessionStarted) for event in islice(events, 2, None)
        ):
            return  # cut short, or more than one session: not what a retrieval would give
        newest = self._newest(tracker.sender_id)
        self._known[tracker.sender_id] = _Known(tracker, len(events), newest)
        while len(self._known) > self._kept:
            self._known.popitem(last=False)

    def _newest(self, sender_id: str) -> int:
        """The id of the conversation's newest row; 0 when it has none."""
        with self.engine.connect() as connection:
            return self._newest_in(connection, sender_id)

    @staticmethod
    def _newest_in(connection: Any, sender_id: str) -> int:
        return int(connection.execute(_NEWEST, {"sender": sender_id}).scalar() or 0)

    @staticmethod
    def _row(sender_id: str, event: Event) -> dict[str, Any]:
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }
