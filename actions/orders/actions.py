"""Actions of orders."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.requests import looks_like_question
from actions.clerk.tasks import open_task
from actions.clerk.turn import Turn
from actions.orders.cart import Cart
from actions.orders.guessing import guessed_goods
from actions.orders.reading import REMOVES, read_changes
from actions.orders.references import pointed_at
from actions.orders.task import NO_ORDER, OrderTask
from nightdesk.language.script import fold

PICK = 24
"""The longest message that is only a pick."""
_RESUMES = re.compile(
    r"还是(?:买|要|下|订|来|定|拿)|继续|接着|恢复|刚才(?:那|的|说的)|刚刚(?:那|的)|那单|又想|后悔|下单|落单|提交|确认"
    r"|\b(?:still want|after all|changed my mind|go ahead|order it|place (?:it|the order)|resume"
    r"|carry on|the order back|order them)\b",
    re.I,
)
_COUNTED = re.compile(
    r"\s?(?:[一二两三四五六七八九十]|[0-9]{1,3})\s?[个套桶瓶支条对台张块盒箱把份件只副包袋罐]"
)
_ASKS = re.compile(
    r"[?？吗]|([\u4e00-\u9fff])[不唔]\1|多少|几钱|几钿|啥|什么|怎|咋|能不能|可不可以"
)
_WANTS = re.compile(
    r"(?<![不唔勿弗覅别])(?:要|来|拿|换|整|加|买(?!的|过|了))"
    r"|\b(?:want|need|get|take|instead|rather|swap)\b",
    re.I,
)
_DETAILS = ("quantity", "phone", "address", "person", "car_model")
_TOTAL = re.compile(
    r"一共|总共|合计|总计|拢共|统共|加起来|埋单|共计|全部(?:多少|几)|所有.{0,4}(?:多少|几)钱"
    r"|\b(?:total|altogether|in all|how much (?:is|for|are) (?:it|everything|they) all)\b",
    re.I,
)
_PRICE = re.compile(
    r"多少钱|几多钱|几多|多少|几钱|几钿|好多钱|啥价|什么价"
    r"|how much(?: (?:is|was) (?:it|that|this))?",
    re.I,
)
_FILLERS = re.compile(
    r"先|等等|等下|等一下|等会|诶|哎|唉|哦|那|来着|呢|啊|呀|嘛|哈|是|要|到底|我|这单|这些|看看|问下"
    r"|问一下|请问|不好意思|一下|的话|wait|so|hmm|again|then|sorry|[\s，,。.?？!！]",
    re.I,
)


class PlaceOrder(ClerkAction):
    """The customer wants to buy: begins an order, unless one is open and takes the wish itself."""

    action = "action_place_order"

    def respond(self, conversation: Conversation) -> None:
        if not resumed(conversation):
            take_order(conversation)


def is_order(conversation: Conversation) -> bool:
    """Whether a message of bare details is an order: a product, and how many of it or for whom;
    or one that was shown just now, picked by its place."""
    turn = conversation.turn
    if turn.intent in ("inform", "affirm") and picks_shown(conversation):
        return True
    if turn.any("phone", "address") and not turn.any("product", "service", "time", "order_no"):
        return bool(pointed_at(conversation) or guessed_goods(conversation))
    named = turn.any("product") or (turn.any("quantity") and len(conversation.state.shown) == 1)
    return named and (turn.any("quantity", "address", "phone") or _counts_goods(turn))


def _counts_goods(turn: Turn) -> bool:
    """Whether a product has its number right behind it, in a message that asks nothing."""
    behind = (_COUNTED.match(turn.text, product.end) for product in turn.all("product"))
    return not turn.tapped and any(behind) and not _ASKS.search(turn.text)


def picks_shown(conversation: Conversation) -> bool:
    """Whether the words are no more than a pick among the products shown (``就第二个吧``)."""
    turn = conversation.turn
    if turn.tapped or len(turn.text) > PICK or _ASKS.search(turn.text):
        return False
    return bool(pointed_at(conversation))


def take_order(conversation: Conversation) -> None:
    """Takes the turn into the order that is open, or into a new one."""
    task = open_task(conversation)
    if not isinstance(task, OrderTask):
        task = OrderTask(conversation, conversation.state.begin(OrderTask.kind))
    task.answered()
    task.advance()


def resumed(conversation: Conversation) -> bool:
    """Takes up the order again that was dropped last, when the words want it and name nothing
    else; whether they did."""
    state, turn = conversation.state, conversation.turn
    named = turn.any("product", "service", "order_no") or turn.tapped
    if state.dropped is None or state.task is not None or named:
        return False
    words = fold(turn.text)
    if not _RESUMES.search(words) or NO_ORDER.search(words):
        return False
    state.task, state.dropped, state.question = state.dropped, None, None
    task = OrderTask(conversation, state.task)
    if turn.any(*_DETAILS):
        task.answered()
    task.advance()
    return True


def changes_order(conversation: Conversation) -> bool:
    """Whether words that sound like an end want something else of the order that is being taken
    (``算了还是8支吧``), or only one of several things out of it."""
    turn, task = conversation.turn, conversation.state.task
    if task is None or not is_being_taken(conversation) or turn.tapped:
        return False
    changes = read_changes(turn)
    if turn.any("product") and len(task.get("items", ())) > 1:
        return True
    if any(change.place is not None for change in changes):
        return True
    if REMOVES.search(turn.text) and not turn.any("product"):
        return False
    wants = bool(_WANTS.search(turn.text))
    return any(
        change.kind != "remove"
        and (wants or change.quantity or change.more or change.kind != "add")
        for change in changes
    )


def change_instead(conversation: Conversation) -> bool:
    """Changes the order that is being taken, when that is what the words want; whether it was."""
    if conversation.turn.any("order_no") or not changes_order(conversation):
        return False
    _take_change(conversation)
    return True


def takes_out(conversation: Conversation) -> bool:
    """Takes what is named out of the order that is being taken, when the words want that and ask
    nothing (``三角牌唔使喇 屋企有``); whether they did."""
    turn = conversation.turn
    if turn.tapped or not is_being_taken(conversation) or not turn.any("product"):
        return False
    if not REMOVES.search(fold(turn.text)) or looks_like_question(turn.text):
        return False
    _take_change(conversation)
    return True


def _take_change(conversation: Conversation) -> None:
    """Takes the turn for a change, whatever it was taken for."""
    conversation.turn = replace(conversation.turn, intent="modify_order")
    take_order(conversation)


def tell_total(conversation: Conversation) -> bool:
    """What the order that is being taken comes to, when that is asked; whether it was."""
    turn, task = conversation.turn, conversation.state.task
    named = turn.tapped or turn.any("product", "service", "quantity")
    if task is None or not task.get("items") or not is_being_taken(conversation) or named:
        return False
    words = fold(turn.text)
    bare = bool(_PRICE.search(words)) and not _FILLERS.sub("", _PRICE.sub("", words))
    if not (bare or _TOTAL.search(words)):
        return False
    cart = Cart(task)
    conversation.say("order_total", total=conversation.price(cart.total))
    return True


def take_details_first(conversation: Conversation) -> bool:
    """Opens an order for who says where to send it before saying what; whether one did."""
    turn = conversation.turn
    if turn.tapped or not turn.any("address") or turn.any("service", "time", "branch", "order_no"):
        return False
    task = OrderTask(conversation, conversation.state.begin(OrderTask.kind))
    if not task.contact.take(asked=True):
        conversation.state.close()
        return False
    if not task.contact.complained:
        conversation.say("order_details_noted")
    conversation.ask("order_what")
    task.cart.save()
    return True


def is_being_taken(conversation: Conversation) -> bool:
    """Whether an order is open that is not placed yet."""
    task = conversation.state.task
    return task is not None and task["kind"] == OrderTask.kind
