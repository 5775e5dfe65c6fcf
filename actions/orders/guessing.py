"""What a message wants of an order without naming a product: a guess, a place in it, a note."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.clerk.choosing import clauses_of, told_apart
from actions.clerk.conversation import Conversation
from actions.clerk.turn import Turn
from actions.orders.cart import Item
from actions.orders.counting import COUNT, UNITS, quantity_of
from actions.orders.reading import CORRECTS, REMOVES, Change, unread_clauses
from actions.orders.references import TAIL
from actions.orders.wishes import NAMED
from nightdesk.language.quantity import Quantity, parse_quantity
from nightdesk.language.script import fold

CERTAIN, PERHAPS = 0.85, 0.45
"""The search score from which words that were not marked as a product are one: in a message that
names none, and beside others when it was counted. Uncounted, beside others: ``NAMED``."""
MAX_WORDS = 40

_WANT = re.compile(
    r"^.*?(?:(?:下单|订购|订|買|买|要|来|嚟|整|搞|弄|拿|\b(?:order|buy|want|need|get|like)\b)"
    r"(?:点儿?|些|下)?)+",
    re.I,
)
_COUNT_BEHIND = re.compile(COUNT.pattern + "$")
_MEASURE_ALONE = re.compile(f"^[{UNITS}](?=..)")
_NUMBER = re.compile(
    r"^(?:[0-9]+|[一二两俩三四五六七八九十半几]+)(?:[个只件台套条桶瓶支块张把对盒箱袋包双副根斤])"
)
_PARTICLES = re.compile(r"(?:吧|呗|啊|呀|哦|啦|了|谢谢|行吗|可以吗|有吗|pls|please|thanks)+$", re.I)
_NO_PRODUCT = re.compile(
    r"^(?:下单|东西|货|单|什么|点什么|一下|购物|商品|to|some|something|an? order)*$"
    r"|[我你您他她它俺咱侬佢是有]|[那这哪]|\b(?:i|me|my|you|it|them|that|this|those|ok)\b",
    re.I,
)
_NOTHING = re.compile(
    r"(?:下单|东西|货|单|点什么|什么|点|一下|购物|商品|用品|你们|家|店里|在|这|[您你]?好"
    r"|\b(?:to|some|something|an?|order|things?|stuff|place|make|please|i|i'd|would)\b|\s)*",
    re.I,
)
MAX_GUESS = 16
_LEADING = re.compile(r"^([0-9]{1,4})\s+(?=[a-z])", re.I)


def guessed_goods(conversation: Conversation) -> list[Change]:
    """Wishes for goods that no product was recognised in, where the shop's search is certain of a
    clause (``1 car jack, deliver to …``). May raise ``BackendError``."""
    turn = conversation.turn
    found = []
    for clause in clauses_of(turn) if not turn.any("product") else ():
        number = _LEADING.match(clause)
        words = _LEADING.sub("", clause)[:MAX_WORDS]
        wish = _NUMBER.sub("", _PARTICLES.sub("", _WANT.sub("", words, count=1)).strip())
        queries = dict.fromkeys((words, wish.strip("个")))
        name = next((query for query in queries if _is_product(conversation, query)), None)
        if name is not None:
            quantity = Quantity(Decimal(number[1]), "") if number else None
            found.append(Change("add", name, quantity))
    return found


def _is_product(conversation: Conversation, words: str) -> bool:
    """Whether the shop's search is certain of ``words``. May raise ``BackendError``."""
    hits = conversation.services.orders.search(words)[:1] if len(words) > 1 else []
    return bool(hits) and hits[0].score >= CERTAIN


def goods_beside(conversation: Conversation) -> list[Change]:
    """Wishes for goods in those clauses of a wish in which nothing was recognised (``買個車充`` of
    ``買個車充同埋一條拖車繩``). May raise ``BackendError``."""
    turn = conversation.turn
    found = []
    for clause in unread_clauses(turn):
        if REMOVES.search(clause):
            continue
        wanted, number = _wanted_words(clause)
        if not wanted or len(wanted) > MAX_GUESS or _NO_PRODUCT.search(wanted):
            continue
        hits = conversation.services.orders.search(wanted)[:1]
        least = NAMED if number is None else PERHAPS
        if hits and hits[0].score >= least:
            found.append(Change("add", wanted, number))
    return found


def _wanted_words(clause: str) -> tuple[str, Quantity | None]:
    """What is wanted in a clause that says so or counts, and how many; nothing else."""
    words = _WANT.sub("", clause, count=1).strip()
    counted = COUNT.match(words) or _COUNT_BEHIND.search(words) or _LEADING.match(words)
    if words == clause and counted is None:
        return "", None
    bare = words.replace(counted[0], " ", 1) if counted else words
    number = parse_quantity(counted[0].strip()) if counted else None
    if counted is None and _MEASURE_ALONE.match(bare):  # 来套打蜡的
        bare, number = bare[1:], Quantity(Decimal(1), bare[0])
    return _PARTICLES.sub("", bare).strip(" 的"), number


def names_nothing(text: str) -> bool:
    """Whether ``text`` only says that something is wanted (``我要买东西``)."""
    words = _PARTICLES.sub("", _WANT.sub("", text, count=1).strip(" ，,。.!！~"))
    return bool(_NOTHING.fullmatch(words.strip(" 的个")))


def guessed_wish(turn: Turn) -> list[Change]:
    """A wish for something that no product was recognised in: what stands after the verb."""
    quantities = turn.all("quantity")
    words = turn.text
    for entity in quantities:
        words = words.replace(entity.text, " ", 1)
    words = re.split(r"[，,。.；;！!？?\n]", _WANT.sub("", words, count=1).strip())[0]
    words = _NUMBER.sub("", _PARTICLES.sub("", words)).strip(" 的个")
    if turn.tapped or not words or len(words) > MAX_GUESS or _NO_PRODUCT.search(words):
        return []
    return [Change("add", words, quantity_of(quantities, turn))]


def another_variant(conversation: Conversation, item: Item) -> Change | None:
    """The replacement of ``item`` by another kind of the same thing, when that was a slip
    (``说错了 是后面的``): one whose name ends as its own does. May raise ``BackendError``."""
    turn, own = conversation.turn, item.product
    if not CORRECTS.search(turn.text) or turn.any("product", "quantity", "phone", "address"):
        return None
    tail = own.name_zh[-TAIL:]
    hits = conversation.services.orders.search(tail)
    kinds = [own, *(hit for hit in hits if hit.name_zh.endswith(tail) and hit.sku != own.sku)]
    chosen = told_apart(turn, [one.words() for one in kinds])
    if not chosen:
        return None
    return Change("replace", kinds[chosen].sku, instead_of=own.sku)


_NOT_THIS = re.compile(
    r"(?:不是|唔系|唔係|勿是|弗是)(?:这|那|呢|迭|格)?(?:个|款|种|样|嗰)|拿错了|搞错了"
    r"|\bnot (?:this|that)\b|\bwrong (?:one|item)\b",
    re.I,
)


def another_thing(turn: Turn, item: Item) -> list[Change]:
    """The replacement of ``item``, which was not what was meant, by what is (``不是这个 我要搭电用
    的那个宝``)."""
    if not _NOT_THIS.search(fold(turn.text)):
        return []
    named = [one.text for one in turn.all("product")]
    said = named or [_wanted_words(clause)[0] for clause in unread_clauses(turn)]
    wanted = [words for words in said if len(words) > 1]
    return [Change("replace", wanted[-1], instead_of=item.product.sku)] if wanted else []


_NOTE = re.compile(
    r"(?:备注|備註|留言|附言|给(?:卖家|店家|你们)留个?(?:言|话)|\bnote(?: to (?:the )?seller)?)"
    r"(?:一下|一句|写上?|就写|说|是)?[:：，,\s]*(.{2,200})",
    re.I | re.S,
)


_TO_THE_COURIER = re.compile(
    r"放(?:到|在)?(?:门卫|保安|前台|门口|物业|驿站|快递柜|丰巢|传达室|楼下)|(?:别|不要|勿|唔好)(?:打|敲|按|摁)"
    r"|(?:到了|送到|送之?前|来之?前|提前).{0,4}(?:打|联系|电话|call)|快递员|送货员|轻拿轻放|(?:包装|打包|包)(?:严实|结实|好)?一?[点些]"
    r"|(?:工作日|周末|白天|晚上|上午|下午)(?:再)?(?:送|派)|保密"
    r"|\b(?:leave (?:it|them)|courier|doorman|concierge|don'?t (?:ring|knock|call)"
    r"|(?:call|text|ring) (?:me )?(?:before|when|on arrival)|gift wrap)\b",
    re.I,
)
_SENTENCE = re.compile(r"[。.;；!！\n]+\s*")
_ASKS_FOR_IT = re.compile(r"^(?:对了|还有|另外|请|麻烦|让|跟|please|and|also|oh|[\s，,])+", re.I)


def note(turn: Turn) -> str:
    """What the customer wants the seller or the courier to read (``备注：放门卫``, ``到了打电话``);
    nothing if it says none."""
    if turn.tapped:
        return ""
    if found := _NOTE.search(turn.text):
        return found[1].strip(' 。."”“')
    words = turn.text
    for entity in turn.entities:
        if entity.kind in ("address", "phone", "person", "product", "quantity"):
            words = words.replace(entity.text, "\n", 1)
    if _QUESTION.search(words):
        return ""
    told = [one for one in _SENTENCE.split(words) if _TO_THE_COURIER.search(one)]
    return _ASKS_FOR_IT.sub("", told[0]).strip(' ，,"”“') if told else ""


_QUESTION = re.compile(
    r"[?？]|吗|么|能不能|可不可以|\b(?:can|could|do|does|will) (?:you|they|it)\b", re.I
)
