"""The knowledge contract: frequent questions and the fault table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from actions.backends.client import Client, required


@dataclass(frozen=True)
class Entry:
    """An entry of the knowledge base, in the language that was asked for where it has it.

    ``answer`` may hold placeholders (``nightdesk.placeholders``), to be filled before it is said.
    ``language``: what it is written in.
    """

    id: str
    question: str
    answer: str
    score: float
    language: str = "zh"


@dataclass(frozen=True)
class Fault:
    """A fault of the shop's table. ``severity``: low, medium, stop · ``service``: its code."""

    id: str
    symptom: str
    advice: str
    severity: str
    causes: tuple[str, ...] = ()
    service: str = ""
    score: float = 1.0

    @property
    def stop(self) -> bool:
        """Whether the car must not be driven."""
        return self.severity == "stop"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Fault:
        return cls(**{**data, "causes": tuple(data["causes"])})


class Knowledge:
    """The knowledge backend. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(
        self, query: str, language: str, limit: int = 3, task: str = "", asked: bool = True
    ) -> tuple[list[Entry], bool]:
        """The entries nearest to ``query``, and whether the first one answers it.

        ``task``: the kind of the task that is open; it is recorded with the question. ``asked``:
        whether a customer has asked it in these words, so that it is recorded at all.
        """
        get = self._client.get if asked else self._client.get_untraced
        body = get(
            "/knowledge/search",
            q=query[:500],
            lang=language,
            limit=limit,
            task=task or None,
        )
        hits = [
            Entry(
                id=required(hit, "id", str),
                question=required(hit, "question", str),
                answer=required(hit, "answer", str),
                score=_score(hit),
                language=str(hit.get("lang") or language),
            )
            for hit in required(body, "hits", list)
        ]
        return hits, bool(hits) and body.get("answerable") is True

    def answer(self, entry_id: str, language: str) -> Entry:
        """What the entry says, in ``language`` where it can; ``Refused`` 404 when it is gone."""
        body = self._client.get(f"/knowledge/entries/{quote(entry_id, safe='')}")
        other = "en" if language == "zh" else "zh"
        said = next((name for name in (language, other) if body.get(f"answer_{name}")), language)
        return Entry(
            id=entry_id,
            question=str(body.get(f"question_{said}") or ""),
            answer=required(body, f"answer_{said}", str),
            score=1.0,
            language=said,
        )

    def unhelpful(self, entry_id: str, language: str, key: str) -> list[tuple[str, str]]:
        """Tells the shop's gap list that the answer of an entry did not help; the entries that may
        do instead, as (id, question)."""
        wish = {"entry": entry_id, "lang": language}
        body = self._client.write("POST", "/knowledge/asked/unhelpful", wish, key)
        return [
            (required(one, "id", str), required(one, "question", str))
            for one in required(body, "nearest", list)
        ]

    def person_needed(self, key: str) -> None:
        """Tells the shop's gap list that what was asked last did not spare the customer a person.

        The call names the conversation, as all do.
        """
        self._client.write("POST", "/knowledge/asked/person", {}, key)

    def faults(self, query: str, language: str, limit: int = 3) -> tuple[list[Fault], bool]:
        """The faults that ``query`` may describe, and whether it is the first one."""
        body = self._client.get("/faults/search", q=query[:500], lang=language, limit=limit)
        hits = [
            Fault(
                id=required(hit, "id", str),
                symptom=required(hit, "symptom", str),
                advice=required(hit, "advice", str),
                severity=required(hit, "severity", str),
                causes=tuple(str(cause) for cause in hit.get("causes") or ()),
                service=str(hit.get("service") or ""),
                score=_score(hit),
            )
            for hit in required(body, "hits", list)
        ]
        return hits, bool(hits) and body.get("answerable") is True


def _score(hit: Any) -> float:
    score = hit.get("score")
    return float(score) if isinstance(score, (int, float)) else 0.0
