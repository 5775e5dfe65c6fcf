"""What the conversation is about: the open task, the question asked, what the customer has said.

One slot, ``state``, holds it between turns; only this module reads and writes that slot.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Customer:
    """What is known of the customer; asked for once, kept for the whole session."""

    name: str = ""
    phone: str = ""
    address: str = ""
    car: str = ""


@dataclass
class Question:
    """The question that waits for an answer. ``asked``: how many times in a row."""

    name: str
    asked: int = 1


@dataclass
class State:
    """``task``: the open one as JSON with its ``kind``; ``aside``: tasks that wait, last first.
    ``said``: the last reply (``text``, ``buttons``), for who asks to hear it again.
    ``done``: something was done for the customer; ``rated``: a rating was asked for or given.
    ``latest``: what was done for them last, ``order`` or ``appointment``.
    ``identity_misses``: wrong tries to prove an order.
    ``shown``: the products that were spoken of last, as skus in the order of the reply.
    ``dropped``: the last task that was dropped with goods in it, to be taken up again.
    ``seen``: the products that were shown in this conversation, last first.
    ``branch``: the code of the branch that was spoken of last.
    ``service``: the code of the service that was spoken of last.
    ``topic``: what was spoken of last, ``product`` or ``service``.
    ``named``: the product that was named since, in the customer's words.
    ``counted``: how many of a product the customer asked about, by its sku.
    ``advised``: the fault that was told of last, with the ``words`` that described it and its
    ``age`` in turns.
    ``faults``: others that the last one told of may have been.
    ``asked``: the last question: its ``intent``, ``text`` and ``entities`` (kind, start, end).
    ``entry``: the id of the entry of the knowledge base that was answered last.
    ``complaint``: the number of this conversation's complaint ticket; ``person_ticket``: of the one
    for the wish for a person."""

    language: str = "zh"
    customer: Customer = field(default_factory=Customer)
    task: dict[str, Any] | None = None
    aside: list[dict[str, Any]] = field(default_factory=list)
    question: Question | None = None
    dropped: dict[str, Any] | None = None
    orders: list[str] = field(default_factory=list)
    failed_turns: int = 0
    tasks_begun: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    done: bool = False
    latest: str = ""
    rated: bool = False
    identity_misses: int = 0
    shown: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    branch: str = ""
    service: str = ""
    topic: str = ""
    named: str = ""
    counted: dict[str, int] = field(default_factory=dict)
    advised: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    entry: str = ""
    complaint: str = ""
    complaint_phone_asked: bool = False
    person_ticket: str = ""

    @classmethod
    def of_slot(cls, value: dict[str, Any] | None) -> State:
        """The state in the slot's ``value``; a new one when there is none yet."""
        if not value:
            return cls()
        question = value.get("question")
        return cls(
            **{
                **value,
                "customer": Customer(**value["customer"]),
                "question": Question(**question) if question else None,
            }
        )

    def as_slot(self) -> dict[str, Any]:
        return asdict(self)

    def ask(self, name: str, progress: bool = False) -> int:
        """Notes that the question ``name`` is asked now; how many times in a row that makes."""
        repeated = self.question is not None and self.question.name == name and not progress
        asked = self.question.asked + 1 if self.question and repeated else 1
        self.question = Question(name, asked)
        return asked

    @property
    def task_kinds(self) -> list[str]:
        """The kinds of the open task and of those put aside, in that order."""
        return [str(one["kind"]) for one in (self.task, *self.aside) if one]

    def begin(self, kind: str, **content: Any) -> dict[str, Any]:
        """Opens a task of ``kind``; an open one of another kind is put aside."""
        self.put_aside()
        self.tasks_begun += 1
        self.task = {"kind": kind, "number": self.tasks_begun, **content}
        self.question = None
        return self.task

    def put_aside(self, planned: bool = False) -> None:
        """Lets the open task wait; ``planned``: the customer wants it right after the next one."""
        if self.task is not None:
            self.aside.insert(0, {**self.task, "planned": True} if planned else self.task)
        self.task = None
        self.question = None

    def close(self) -> None:
        """Ends the open task and its question."""
        self.task = None
        self.question = None

    def drop(self) -> None:
        """Ends the open task, which may be taken up again when it has goods in it."""
        if self.task is not None and self.task.get("items"):
            self.dropped = self.task
        self.close()
