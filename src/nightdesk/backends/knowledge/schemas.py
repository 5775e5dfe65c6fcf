"""The shapes of the knowledge contract."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Extra, conlist, constr, root_validator, validator

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.knowledge.topics import NONE

if TYPE_CHECKING:
    EntryId = str
    Topic = str
    Question = str
    Answer = str
    Short = str
    Questions = list[str]
    Codes = list[str]
else:
    EntryId = constr(regex=r"^[^\s,|{}\x00]{1,64}$")
    Topic = constr(regex=r"^([a-z0-9_]{1,64}|-)?$")
    Question = constr(strip_whitespace=True, max_length=500, regex=STORABLE)
    Answer = constr(strip_whitespace=True, max_length=10_000, regex=STORABLE)
    Short = constr(strip_whitespace=True, max_length=100, regex=STORABLE)
    Questions = conlist(
        constr(strip_whitespace=True, min_length=1, max_length=500, regex=STORABLE), max_items=500
    )
    Codes = conlist(EntryId, max_items=500)

_MARKUP = ("<script", "</", "<iframe", "<img", "<a ", "javascript:")


class Content(BaseModel):
    """What an entry says. ``topic``: of the bank; empty for the best one, ``-`` for none."""

    category: Short = ""
    question_zh: Question = ""
    answer_zh: Answer = ""
    question_en: Question = ""
    answer_en: Answer = ""
    alt_questions: Questions = []
    topic: Topic = ""
    branches: Codes = []
    products: Codes = []
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    class Config:
        extra = Extra.forbid

    @validator("answer_zh", "answer_en", "question_zh", "question_en")
    def _plain(cls, text: str) -> str:
        if any(mark in text.lower() for mark in _MARKUP):
            raise ValueError("plain text only: markup is not shown to customers")
        return text

    @validator("valid_from", "valid_until")
    def _aware(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and moment.tzinfo is None:
            raise ValueError("a time needs an offset, for example 2026-12-01T00:00:00+08:00")
        return moment


class NewEntry(Content):
    """An entry to be made. Without an ``id`` one is given."""

    id: EntryId | None = None
    by: Short = "api"

    @root_validator(skip_on_failure=True)
    def _complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        check_complete(values)
        return values


class EntryChange(Content):
    """What is to change; fields left out stay. ``version``: the one that was read, so that two
    people do not overwrite each other."""

    by: Short = "api"
    version: int | None = None


def check_complete(values: dict[str, Any]) -> None:
    """Raises:
    ValueError: no language has both question and answer, or the end is before the beginning.
    """
    if not any(values[f"question_{lang}"] and values[f"answer_{lang}"] for lang in ("zh", "en")):
        raise ValueError("a question and its answer are needed, in Chinese or in English")
    if values["topic"] not in ("", NONE) and len(values["topic"]) > 64:
        raise ValueError("no such topic")
    begin, end = values["valid_from"], values["valid_until"]
    if begin and end and end <= begin:
        raise ValueError("valid_until must be after valid_from")
