"""Placeholders on the way into an entry, over HTTP: checked, shown filled, and offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Extra

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.knowledge.neighbours import Neighbours, Records
from nightdesk.backends.knowledge.schemas import Answer
from nightdesk.backends.service import ServiceError
from nightdesk.merchant.placeholders import Mistake, Shelf, mistakes, stray, unknown
from nightdesk.placeholders import FIGURES, SHOP, Placeholder, find

ANSWERS = ("answer_zh", "answer_en")


class Draft(BaseModel):
    """The answers of an entry."""

    answer_zh: Answer = ""
    answer_en: Answer = ""

    class Config:
        extra = Extra.forbid


def add(routes: APIRouter, neighbours: Neighbours) -> None:
    """Add the endpoints to ``routes``."""

    @routes.post("/knowledge/preview")
    async def preview(body: Draft) -> Any:
        """What customers would read now, and what is wrong with the placeholders."""
        answers = body.dict()
        records = await _records(neighbours, answers)
        return {
            **{name: _filled(records, answers[name], name[-2:]) for name in ANSWERS},
            "mistakes": [_view(name, one) for name, one in _wrong(answers, records.shelf())],
        }

    @routes.get("/knowledge/placeholders")
    async def placeholders(
        q: str = Query("", max_length=100, regex=STORABLE, description="A product, a branch …"),
        lang: str = Query("zh", regex="^(zh|en)$"),
    ) -> Any:
        """Placeholders for what ``q`` may mean, each with what it says now."""
        offered = [Placeholder(name) for name, figure in FIGURES.items() if figure.of == SHOP]
        records = await neighbours.read(offered)
        offered = [one for one in offered if one.name in records.shop]
        names: dict[Placeholder, str] = {}
        for kind, record in await neighbours.offers(q):
            code = str(record.get("sku") or record.get("code"))
            records.found[kind, code] = record
            for figure in (name for name, one in FIGURES.items() if one.of == kind):
                placeholder = Placeholder(figure, code)
                names[placeholder] = str(record.get(f"name_{lang}") or record.get("name_zh") or "")
        return {
            "placeholders": [
                {
                    "placeholder": str(one),
                    "name": names.get(one, ""),
                    "figure": getattr(FIGURES[one.name], lang),
                    "now": records.fill(str(one), lang).text,
                }
                for one in (*names, *offered)
            ]
        }


async def check(neighbours: Neighbours, content: Mapping[str, Any]) -> None:
    """See that the answers in ``content`` can be said.

    Raises:
        ServiceError: 422 ``placeholder``: braces that are no placeholder, or name what does not
            exist, with what would be right; 503 ``unavailable``: that cannot be asked now.
    """
    answers = {name: str(content.get(name) or "") for name in ANSWERS}
    if not any("{" in answer for answer in answers.values()):
        return
    wrong = _wrong(answers, (await _records(neighbours, answers)).shelf())
    if not wrong:
        return
    unsure = all(one.unsure for _, one in wrong)
    raise ServiceError(
        503 if unsure else 422,
        "unavailable" if unsure else "placeholder",
        "; ".join(f"{one.what.en} ({one.right.en})" for _, one in wrong[:3]),
        mistakes=[_view(name, one) for name, one in wrong],
    )


def wrong_in(answer: str, shelf: Shelf) -> list[Mistake]:
    """What is wrong with the braces of an answer that a person writes: all must be placeholders,
    for customers shall not read a slip of the pen. Braces around words with spaces are text."""
    return [*mistakes(answer, shelf), *(unknown(words) for words in stray(answer))]


def _wrong(answers: Mapping[str, str], shelf: Shelf) -> list[tuple[str, Mistake]]:
    return [(name, one) for name in ANSWERS for one in wrong_in(answers[name], shelf)]


async def _records(neighbours: Neighbours, answers: Mapping[str, str]) -> Records:
    return await neighbours.read(one for name in ANSWERS for one in find(answers[name]))


def _filled(records: Records, answer: str, language: str) -> dict[str, Any]:
    filled = records.fill(answer, language)
    return {"text": filled.text, "missing": [str(one) for one in filled.missing]}


def _view(column: str, mistake: Mistake) -> dict[str, Any]:
    return {
        "column": column,
        "found": mistake.found,
        "what": mistake.what._asdict(),
        "right": mistake.right._asdict(),
    }
