"""The services of the scheduling contract: what they cost and how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.backends.client import Client, money, required

LIKELY = 0.4


@dataclass(frozen=True)
class Service:
    """A service as it is sold now. ``score``: its match, 0 to 1."""

    code: str
    name_zh: str
    name_en: str
    price: str
    minutes: int
    score: float = 1.0
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name_zh

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Service:
        return cls(**{**data, "aliases": tuple(data.get("aliases", ()))})

    def words(self) -> tuple[list[str], list[str]]:
        """What it is called, and nothing else."""
        return [self.name_zh, self.name_en, *self.aliases], []


class Catalogue:
    """The services. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, query: str) -> list[Service]:
        """The services that ``query`` may mean, best first."""
        body = self._client.get("/services", q=query[:100], limit=3)
        found = [_service(one) for one in required(body, "services", list)]
        return [one for one in found if one.score >= LIKELY]

    def all(self) -> list[Service]:
        """Every service, in the shop's order."""
        return [_service(one) for one in required(self._client.get("/services"), "services", list)]

    def find(self, code: str) -> Service | None:
        """The service ``code``, if the shop has it."""
        return next((one for one in self.all() if one.code == code), None)


def _service(body: Any) -> Service:
    name = body.get("name_zh") if isinstance(body, dict) else None
    score = body.get("score") if isinstance(body, dict) else None
    return Service(
        code=required(body, "code", str),
        name_zh=str(name or required(body, "name_en", str)),
        name_en=str(body.get("name_en") or ""),
        price=str(money(body, "price")),
        minutes=required(body, "duration_min", int),
        score=float(score) if isinstance(score, (int, float)) else 1.0,
        aliases=tuple(str(alias) for alias in body.get("aliases") or ()),
    )
