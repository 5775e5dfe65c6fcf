"""Actions of appointments."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.appointments.changes import AppointmentTask
from actions.appointments.identity import AppointmentIdentity
from actions.appointments.places import Places
from actions.appointments.task import BookingTask
from actions.appointments.what import What
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import open_task
from actions.orders.actions import take_order
from actions.orders.references import pointed_at

_WHOM = ("phone", "person", "branch", "location")
_ORDER = re.compile(r"订单|訂單|单子|这单|那单|包裹|快递|发货|下的单|\border\b|\bparcel\b", re.I)
_APPOINTMENT = re.compile(
    r"预约|預約|(?<![特大节签制隐])约(?!束|定|等|莫)|\b(?:appointment|booking|booked|slot)\b",
    re.I,
)
_LETS = re.compile(
    r"[想要帮]|能不能|能否|可不可以|可以.*[吗么]|需要|\b(?:want|need|could|can (?:i|you)|like)\b",
    re.I,
)
_MOVES = re.compile(
    r"[改挪换換推]|还是|還是|提前|延|[早晚](?:一点|点|个|一个|两|半)|变|[更较]近|近[一点啲些]"
    r"|\b(?:actually|closer|nearer|move|change|instead|rather|push|make it|reschedule|switch)\b",
    re.I,
)
_SENDS = re.compile(r"[寄送发發]|快递|\b(?:deliver|ship|send)", re.I)
_ASKS_OWN = re.compile(
    r"(?:我|俺|阿拉|刚才?|我们)(?:刚才?)?[预預]?(?:约|約|订|訂)"
    r"(?:的|嘅|额|了)?(?:是|系|到)?(?:几|幾|哪|什么|啥|邊|边|多会)"
    r"|\b(?:what (?:time|day)|when|where|which (?:day|branch|store)) (?:did i|have i|i'?ve|i)\b"
    r".{0,8}\bbook"
    r"|\b(?:when|what time|where)(?:'s| is| was)? (?:my|the) (?:booking|appointment|slot)\b",
    re.I,
)


class BookAppointment(ClerkAction):
    """The customer wants an appointment: begins a booking, with what was said already."""

    action = "action_book_appointment"

    def respond(self, conversation: Conversation) -> None:
        if _buys_what_was_shown(conversation):
            take_order(conversation)
        elif not moved(conversation):
            take_appointment(conversation)

    def plan(self, conversation: Conversation) -> None:
        task = BookingTask(conversation, conversation.state.begin(BookingTask.kind))
        task.take(asking=False)
        conversation.say("appointment_next", noted=task.noted())
        conversation.state.put_aside(planned=True)


class RescheduleAppointment(ClerkAction):
    """Another time or branch. A booking that is being made has taken the change itself."""

    action = "action_reschedule_appointment"

    def respond(self, conversation: Conversation) -> None:
        if is_being_booked(conversation):
            conversation.ask("appointment_change")
        else:
            serve_appointment(conversation, "move")


class CancelAppointment(ClerkAction):
    """It is called off: a booking that is being made is dropped, one that is made cancelled."""

    action = "action_cancel_appointment"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        task = open_task(conversation)
        if isinstance(task, BookingTask) and not conversation.turn.any("appointment_no"):
            task.drop()
        else:
            serve_appointment(conversation, "cancel")


class QueryAppointment(ClerkAction):
    """When and where it is."""

    action = "action_query_appointment"

    def respond(self, conversation: Conversation) -> None:
        serve_appointment(conversation, "query")


def _buys_what_was_shown(conversation: Conversation) -> bool:
    """Whether the words want a product shown just now, and no service that the shop has
    (``那就这个配一副``)."""
    turn, state = conversation.turn, conversation.state
    if turn.tapped or state.task is not None or turn.any("time", "branch", "location"):
        return False
    services = (conversation.services.catalogue.search(one.text) for one in turn.all("service"))
    return bool(turn.any("service") and not any(services) and pointed_at(conversation))


def is_appointment(conversation: Conversation) -> bool:
    """Whether a message of bare details is a booking: a service, and when, where or for whom; or a
    time for the service or the branch that was spoken of just now."""
    turn, state = conversation.turn, conversation.state
    if turn.tapped or turn.any("product", "address", "order_no", "appointment_no"):
        return False
    if turn.any("service"):
        return turn.any("time", "branch", "phone")
    spoken_of = state.service or state.branch
    for_it = turn.any(*_WHOM) or (state.service and state.topic == "service")
    booking = turn.intent == "inform" or turn.likely in ("book_appointment", "inform")
    if spoken_of and booking and turn.any("time") and for_it:
        return True
    return booking and turn.any("time") and turn.any("phone") and What.fits(conversation)


def wants_to_come(conversation: Conversation) -> bool:
    """Whether the words, whatever they were taken for, are the wish to come for a service: one is
    named or described, with a time; or a place, where nothing else is asked for."""
    turn = conversation.turn
    if turn.tapped or turn.any("address", "order_no", "appointment_no", "phone"):
        return False
    if not turn.any("time") and not (turn.any("branch", "location") and _LETS.search(turn.text)):
        return False
    if turn.any("product") and turn.likely != "book_appointment":
        placed = turn.any("time") and turn.any("branch", "location")
        return placed and not _SENDS.search(turn.text) and What.is_named(conversation)
    return turn.any("service") or What.fits(conversation)


def take_appointment(conversation: Conversation) -> None:
    """Takes the turn into the booking that is open, or into a new one."""
    task = open_task(conversation)
    if conversation.turn.intent != "book_appointment":
        conversation.turn = replace(conversation.turn, intent="book_appointment")
    if not isinstance(task, BookingTask):
        task = BookingTask(conversation, conversation.state.begin(BookingTask.kind))
        task.take(asking=False)
        known = task.visit.branch is not None or task.visit.places.open
        if not known and conversation.state.branch:
            task.visit.places.set_code(conversation.state.branch)
        task.visit.what.take_spoken_of()
    task.advance()


def is_being_booked(conversation: Conversation) -> bool:
    """Whether a booking is open that is not made yet."""
    return isinstance(open_task(conversation), BookingTask)


def means_appointment(conversation: Conversation) -> bool:
    """Whether it is the appointment made here that is meant, by words that could be of an order
    as well (``直接取消吧``)."""
    turn, state = conversation.turn, conversation.state
    if turn.any("product", "order_no", "address", "quantity") or _ORDER.search(turn.text):
        return False
    named = turn.any("appointment_no", "service") or _APPOINTMENT.search(turn.text)
    if not named and state.latest != "appointment":
        return False
    return bool(AppointmentIdentity(conversation, {}).ahead())


def tell_own(conversation: Conversation) -> bool:
    """When and where the appointment is that was made here, if that is asked; whether it was."""
    turn = conversation.turn
    if turn.tapped or conversation.state.task is not None or not _ASKS_OWN.search(turn.text):
        return False
    if not AppointmentIdentity(conversation, {}).ahead():
        return False
    serve_appointment(conversation, "query")
    return True


def moved(conversation: Conversation) -> bool:
    """Begins to move the appointment that was made just now, when that is what the words want;
    whether they do."""
    if not _moves_it(conversation):
        return False
    serve_appointment(conversation, "move")
    return True


def _moves_it(conversation: Conversation) -> bool:
    """Whether a time or a place is said for the appointment that was made just now, in words that
    want it changed and no other service (``还是周六 不过要下午三点``, ``minhang is closer``)."""
    turn, state = conversation.turn, conversation.state
    if turn.tapped or state.task is not None or state.latest != "appointment":
        return False
    if turn.any("service", "product", "order_no", "address", "phone", "person"):
        return False
    if not _MOVES.search(turn.text) or not means_appointment(conversation):
        return False
    return turn.any("time") or Places.is_named(conversation)


def serve_appointment(conversation: Conversation, wish: str) -> None:
    """Begins ``wish`` for the turn, in place of another one about the same appointment."""
    state = conversation.state
    identity = {}
    if state.task is not None and state.task["kind"] == AppointmentTask.kind:
        identity = state.task["identity"]
        state.close()
    data = state.begin(AppointmentTask.kind, wish=wish, identity=identity)
    task = AppointmentTask(conversation, data)
    task.identity.take(asked=False)
    if wish == "move":
        task.take_time()
    task.advance()
