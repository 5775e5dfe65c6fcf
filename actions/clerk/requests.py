"""Two requests in one message: which parts of it ask for something of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from actions.clerk.turn import Turn

QUESTIONS = ("ask_faq", "ask_price", "ask_stock", "ask_recommendation", "find_branch")
"""What is answered at once and leaves nothing open; so it is served first."""
WISHES = ("place_order", "book_appointment", "report_fault")
"""What begins something, and so comes last: its question is the one that stays."""
SURE, LIKELY = 0.7, 0.5
"""How sure the intent of a part must be; of one that asks something, beside a wish."""
INSTEAD = (*QUESTIONS, "report_fault", "book_appointment")
PARTS = 3
_SHORTEST, _LONGEST = 4, 300
"""Of a part, below which it means little by itself; and of a message that is cut at all."""

_BORDER = re.compile(
    r"[，,。；;！!\n]+|(?<=[？?])(?![？?])"
    r"|(?<=[\u4e00-\u9fff0-9])\s+(?=[\u4e00-\u9fff]{2,8}(?:怎么算|咋算|多少|几天|多久|[吗不]|几多)\W*$)"
    r"|\s(?=还有|另外|顺便|对了|你们)|(?:另外|顺便|对了|还有就是|还有)"
    r"|\b(?:and also|by the way|also|and (?=do|can|how|what|when|where|is|are))",
    re.I,
)
_APART = re.compile(_BORDER.pattern + r"|(?<=[\u4e00-\u9fff])\s+", re.I)
"""Borders where no name or address is to be kept whole."""
_ASKS = re.compile(
    r"[?？]|吗|么|嘛|呢|不$|没$|未$|冇|([\u4e00-\u9fff])[\u4e00-\u9fff]?[不唔没]\1|[伐咩]|多少|多久|多长|谁|(?<![没好这那过])几|咋|怎|啥|什么|点(?:样|解|计)|哪|边度|能不能|可不可以|有没有|是不是"
    r"|\b(?:what|how|when|where|which|who|do you|does|can|could|is|are)\b",
    re.I,
)


def parts(text: str) -> list[str]:
    """The clauses of a message that say something, when there are several, or one behind an
    interjection (``等等，``), and one of them asks something."""
    pieces = [part.strip(" 、") for part in _BORDER.split(text)]
    pieces = [part for part in pieces if part]
    found = [part for part in pieces if len(part) >= _SHORTEST]
    several = len(pieces) > 1 and len(text) <= _LONGEST
    return found if several and _ASKS.search(text) else []


def looks_like_question(text: str) -> bool:
    """Whether ``text`` asks something."""
    return bool(_ASKS.search(text))


def requests_of(turn: Turn, parse: Callable[[str], dict[str, Any]]) -> list[Turn]:
    """``turn`` as the requests in it, to be served in this order; itself when it is one.

    ``parse`` may raise ``BackendError``.
    """
    if turn.tapped:
        return [turn]
    if turn.intent in ("ask_price", "ask_stock") and _is_visit(turn):
        return [turn, replace(turn, intent="book_appointment")]
    if turn.intent == "stop":
        return [turn, *_wanted_instead(turn, parse)]
    if turn.likely == "book_appointment" and _is_visit(turn):
        return [replace(turn, intent="book_appointment")]
    clauses = [] if turn.unreadable else parts(turn.text)
    unclear = turn.intent == "nlu_fallback"
    whole_is_question = turn.intent in QUESTIONS or unclear
    if len(clauses) == 1 and not unclear:
        return [turn]
    if not whole_is_question:
        clauses = [clause for clause in clauses if _ASKS.search(clause)]
    if not clauses:
        return [turn]
    understood = [_with_place(_turn(turn, parse(one)), turn) for one in clauses[:PARTS]]
    least = SURE if whole_is_question else LIKELY
    sure = [one for one in understood if one.confidence >= least]
    questions = _distinct([one for one in sure if one.intent in QUESTIONS])
    if not whole_is_question:
        others = [one for one in questions if _apart(one, turn)]
        return [*others, turn]
    wishes = _distinct([one for one in sure if one.intent in WISHES])[:1]
    wishes = [_described_by(turn, one) for one in wishes]
    found = [*questions, *wishes]
    if len(clauses) == 1:
        return questions or [turn]
    return found if len(found) > 1 else [turn]


def _wanted_instead(turn: Turn, parse: Callable[[str], dict[str, Any]]) -> list[Turn]:
    """What is asked beside the end of something (``算了 先不退了 你告诉我异响怎么弄``). An order is
    not: what is dropped and what is taken in its place are one change of the cart."""
    clauses = [one for one in _APART.split(turn.text[:_LONGEST]) if len(one) >= _SHORTEST]
    asking = [one for one in clauses if _ASKS.search(one)][:PARTS]
    understood = [_turn(turn, parse(one)) for one in asking if len(clauses) > 1]
    return _distinct([one for one in understood if one.intent in INSTEAD])


def comes_before(one: Turn, others: Sequence[Turn], whole: Turn) -> bool:
    """Whether the words of ``one`` stand before those of all ``others`` in ``whole``."""
    places = [whole.text.find(other.text.split("？")[0]) for other in others]
    return bool(places) and -1 < whole.text.find(one.text) < min(places)


def _described_by(whole: Turn, part: Turn) -> Turn:
    """A fault is described by the whole message: ``i wear contacts`` alone is none."""
    return replace(part, text=whole.text) if part.intent == "report_fault" else part


def _is_visit(turn: Turn) -> bool:
    """Whether a question about a service names when and where it shall be."""
    return turn.any("service") and turn.any("time") and turn.any("branch", "location")


def _with_place(part: Turn, whole: Turn) -> Turn:
    """A part that asks for a branch, with the place that another part names (``他在成都
    你们有店吗``)."""
    if part.intent != "find_branch" or part.any(*_PLACES) or not whole.any(*_PLACES):
        return part
    return replace(whole, intent=part.intent, confidence=part.confidence)


_PLACES = ("branch", "location", "address")
_BUYS = re.compile(r"买|要|订|来|\b(?:buy|order|want|get)\b", re.I)
_BOOKS = re.compile(r"约|预定|预订|排个|\b(?:book|appointment|schedule)", re.I)
_OF_THE_ORDER = frozenset({"product", "quantity", "address", "person", "phone"})
_OF_THE_VISIT = frozenset({"service", "time", "branch", "location"})


def order_and_booking(turn: Turn) -> tuple[Turn, Turn] | None:
    """The order and the booking in a message that wants both; None when it does not."""
    if turn.tapped or turn.intent not in (*WISHES, "inform", "nlu_fallback"):
        return None
    goods = turn.any("product") and (turn.any("quantity", "address") or _BUYS.search(turn.text))
    visit = turn.any("time") and bool(_BOOKS.search(turn.text))
    if not (goods and visit and turn.any("service", "branch", "location")):
        return None
    described = not turn.any("service")
    order = [one for one in turn.entities if one.kind not in _OF_THE_VISIT]
    booking = [one for one in turn.entities if one.kind not in _OF_THE_ORDER]
    products = turn.all("product") if described else []
    return (
        replace(turn, intent="place_order", entities=tuple(order)),
        replace(turn, intent="book_appointment", entities=(*products, *booking)),
    )


_PERHAPS_ORDER = 0.25
"""The chance from which a question with goods in it, and words that want them, is an order."""
_WANTS = re.compile(
    r"(?<![不唔勿弗覅别需重])要(?!多久|多少|几|怎|不要)|想买|[来拿買买]|帮我"
    r"|\b(?:want|need|i'll|i'd|get me|give me)\b",
    re.I,
)


_SO_MANY_OF = re.compile(
    r"(?:要|来|买|拿|整|俾|畀)(?:[一两俩1-9])?(?:个|只|件|台|套|条|桶|瓶|支|块|张|把|对|盒|副|包|根)$"
)


def _wants_so_many(turn: Turn) -> bool:
    """Whether goods stand right behind a wish and a measure word (``要个泳镜``), and nothing is
    asked."""
    counted = (_SO_MANY_OF.search(turn.text[: one.start]) for one in turn.all("product"))
    return any(counted) and not _ASKS.search(turn.text)


def order_after_all(turn: Turn) -> Turn | None:
    """``turn``, taken for a question, as the order that it is: it names goods and says where to
    send them, or was nearly taken for an order and wants them; None when it is none."""
    if turn.tapped or turn.any("order_no"):
        return None
    if turn.intent == "nlu_fallback" and _wants_so_many(turn):
        return replace(turn, intent="place_order")
    asks = turn.intent in (*QUESTIONS, "nlu_fallback")
    if not asks or not turn.any("product") or turn.any("service", "time", "branch"):
        return None
    sent = turn.any("phone") and turn.any("address")
    nearly = turn.chance("place_order") >= _PERHAPS_ORDER and _WANTS.search(turn.text)
    return replace(turn, intent="place_order") if sent or nearly else None


def _apart(question: Turn, whole: Turn) -> bool:
    """Whether ``question`` is only a part of ``whole``, and so not what it was taken for."""
    return len(question.text) < len(whole.text) - _SHORTEST


def _distinct(turns: Sequence[Turn]) -> list[Turn]:
    """One turn an intent; the texts of one intent together."""
    found: dict[str, Turn] = {}
    for turn in turns:
        before = found.get(turn.intent)
        if before is None:
            found[turn.intent] = turn
            continue
        offset = len(before.text) + 1
        moved = [
            replace(entity, start=entity.start + offset, end=entity.end + offset)
            for entity in turn.entities
        ]
        found[turn.intent] = replace(
            before,
            text=f"{before.text}？{turn.text}",
            entities=(*before.entities, *moved),
        )
    return list(found.values())


def _turn(whole: Turn, message: dict[str, Any]) -> Turn:
    part = Turn.of_message(message)
    part = replace(part, message_id=whole.message_id, language=whole.language)
    likeliest = [intent for intent in part.candidates if intent != "nlu_fallback"][:2]
    asks = len(likeliest) == 2 and set(likeliest) <= set(QUESTIONS)
    if part.intent == "nlu_fallback" and part.likely and asks:  # a question, whichever of two
        part = replace(part, intent=part.likely, confidence=LIKELY)
    return part
