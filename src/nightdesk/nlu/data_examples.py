"""Labelled sentences: what an example is, and how it is written in TSV and in Rasa's markdown.

A line of TSV is ``intent<TAB>text<TAB>variety``; entities stand inside the text as Rasa writes
them, ``[两箱](quantity)``. The names of intents, entities and varieties below are the contract
between training data, tests and evaluation sets; ``domain.yml`` carries the same ones.
"""

from __future__ import annotations

from pathlib import Path

from nightdesk.nlu.annotated import Example, parse_markdown

CAPABILITIES: dict[str, tuple[str, ...]] = {
    "orders": ("place_order", "modify_order", "cancel_order", "track_order"),
    "after_sales": ("return_exchange", "request_invoice"),
    "appointments": (
        "book_appointment",
        "reschedule_appointment",
        "cancel_appointment",
        "query_appointment",
    ),
    "branches": ("find_branch",),
    "products": ("ask_price", "ask_stock", "ask_recommendation"),
    "faults": ("report_fault",),
    "knowledge": ("ask_faq",),
    "complaints": ("complain", "query_ticket", "rate_service"),
    "talk": (
        "inform",
        "affirm",
        "deny",
        "stop",
        "repeat",
        "greet",
        "goodbye",
        "thank",
        "ask_capabilities",
        "bot_challenge",
        "request_human",
        "out_of_scope",
    ),
}
CAPABILITY_OF = {intent: name for name, intents in CAPABILITIES.items() for intent in intents}
INTENTS = tuple(CAPABILITY_OF)
ENTITIES = frozenset(
    [
        "product",
        "quantity",
        "service",
        "car_model",
        "time",
        "location",
        "branch",
        "address",
        "person",
        "phone",
        "email",
        "order_no",
        "appointment_no",
        "ticket_no",
        "tracking_no",
        "money",
        "rating",
    ]
)
VARIETIES = (
    "zh-standard",
    "zh-colloquial",
    "zh-jargon",
    "zh-typo",
    "zh-asr",
    "yue",
    "sichuan",
    "northeast",
    "wu",
    "henan-shandong",
    "minnan-tw",
    "en",
)


class DataError(ValueError):
    """A line of training or evaluation data that cannot be used; the message says where and why."""


def to_markdown(example: Example) -> str:
    """The text with its entities, as Rasa writes them."""
    parts, end = [], 0
    for span in example.spans:
        parts.append(example.text[end : span.start])
        parts.append(f"[{example.text[span.start : span.end]}]({span.entity})")
        end = span.end
    return "".join(parts) + example.text[end:]


def problem(example: Example) -> str | None:
    """Why ``example`` cannot be trained on, or ``None``."""
    if example.intent not in CAPABILITY_OF:
        return f"unknown intent {example.intent!r}"
    if example.variety not in VARIETIES:
        return f"unknown variety {example.variety!r}"
    if not example.text.strip():
        return "empty text"
    for span in example.spans:
        if span.entity not in ENTITIES:
            return f"unknown entity {span.entity!r}"
        if example.text[span.start : span.end].strip() != example.text[span.start : span.end]:
            return f"blank at the edge of {example.text[span.start : span.end]!r}"
    if "](" in example.text:
        return "broken entity markup"
    return None


def read_lenient(path: Path, source: str | None = None) -> tuple[list[Example], list[str]]:
    """The examples of a TSV file, and what is wrong with each line that is not one."""
    examples, refused = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3:
            refused.append(f"{path.name}:{number}: {len(fields)} fields instead of 3")
            continue
        text, spans = parse_markdown(fields[1].strip())
        intent, variety = fields[0].strip(), fields[2].strip()
        example = Example(text, spans, intent, variety, source or path.stem)
        if (why := problem(example)) is None:
            examples.append(example)
        else:
            refused.append(f"{path.name}:{number}: {why}")
    return examples, refused


def read_strictly(path: Path, source: str | None = None) -> list[Example]:
    """The examples of a TSV file; raises ``DataError`` naming every line that is not one."""
    examples, refused = read_lenient(path, source)
    if refused:
        raise DataError("; ".join(refused))
    return examples
