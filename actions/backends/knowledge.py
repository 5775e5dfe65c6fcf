"""The knowledge contract: frequent questions."""

from __future__ import annotations

from dataclasses import dataclass

from actions.backends.client import Client, required


@dataclass(frozen=True)
class Entry:
    """An entry of the knowledge base, in the language that was asked for where it has it."""

    id: str
    question: str
    answer: str
    score: float


class Knowledge:
    """The knowledge backend. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, query: str, language: str, limit: int = 3) -> tuple[list[Entry], bool]:
        """The entries nearest to ``query``, and whether the first one answers it."""
        body = self._client.get("/knowledge/search", q=query[:500], lang=language, limit=limit)
        hits = [
            Entry(
                id=required(hit, "id", str),
                question=required(hit, "question", str),
                answer=required(hit, "answer", str),
                score=float(hit.get("score") or 0),
            )
            for hit in required(body, "hits", list)
        ]
        return hits, bool(hits) and body.get("answerable") is True
