"""Branches: which is nearest, where it is, when it is open."""

from __future__ import annotations

import re
from typing import Any

from actions.advice import is_about_the_last_one
from actions.answers import answer_for_sure
from actions.appointments.actions import take_appointment, wants_to_come
from actions.appointments.identity import AppointmentIdentity
from actions.appointments.places import AT_IT_KM, FAR_KM, in_the_same_town
from actions.appointments.task import tell
from actions.backends.scheduling import Branch, Nearby
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from actions.clerk.tasks import Task
from nightdesk.language.script import fold

WHERE = "branches_where"
MOST = 3
CITIES = 20
_SHORT = 24
_OF_A_BRANCH = re.compile(
    r"哪|边度|喺边|附近|最近|离|近[的吗不么点]|店在|地址|位置|怎么走|咋走|导航|路线|有店|有没有店|分店|网点|城市|门店"
    r"|几点|营业|开门|关门|上班|下班|收工|打烊|开到|开不开|电话|号码"
    r"|\b(?:where|near|nearest|closest|close to|nearby|address|location|branch|branches|directions"
    r"|get there|open|close|closes|hours|phone|number|stores?|shops?)\b",
    re.I,
)
_BOOKED = re.compile(
    r"我(?:刚才?)?(?:预?约|订)|预约|^在哪[个家]门?店|\bmy (?:appointment|booking)\b|\bi booked\b",
    re.I,
)


class FindBranch(ClerkAction):
    """The branch that was named, or the nearest ones to where the customer is."""

    action = "action_find_branch"

    def respond(self, conversation: Conversation) -> None:
        idle = conversation.state.task is None
        if _wants_what_was_spoken_of(conversation) or (idle and wants_to_come(conversation)):
            take_appointment(conversation)
            return
        if _is_about_own(conversation) or is_about_the_last_one(conversation):
            return
        told = _asks_something_else(conversation) and answer_for_sure(conversation)
        if tell_branches(conversation, asked=False) or told:
            return
        if conversation.state.task is None:
            conversation.state.begin(BranchTask.kind)
            _ask(conversation)
        else:
            conversation.say(WHERE, cities=_cities(conversation))


def _asks_something_else(conversation: Conversation) -> bool:
    """Whether neither the way to a branch nor its hours are asked for (``闵行那家停车方便不``)."""
    turn = conversation.turn
    return not turn.tapped and not _OF_A_BRANCH.search(fold(turn.text))


def _wants_what_was_spoken_of(conversation: Conversation) -> bool:
    """Whether a time and a place are said after a service was spoken of (``明天上午去武侯看``)."""
    turn, state = conversation.turn, conversation.state
    if state.task is not None and state.task["kind"] != "fault":
        return False
    return bool(state.service) and turn.any("time") and turn.any("branch", "location")


def _is_about_own(conversation: Conversation) -> bool:
    """Tells the appointment that was made here, when the question is where that is."""
    if not _BOOKED.search(conversation.turn.text) or conversation.turn.any("branch", "location"):
        return False
    ahead = AppointmentIdentity(conversation, {}).ahead()
    for appointment in ahead:
        tell(conversation, appointment, "appointment_is")
    return bool(ahead)


class BranchTask(Task):
    """Waits for where the customer is."""

    kind = "branch"

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        super().__init__(conversation, data)
        self._answered = False

    def answered(self) -> bool:
        if self.turn.intent == "deny":
            self.state.close()
            self.conversation.say("talk_not_that")
            return True
        if self.turn.intent in ("find_branch", "inform", "nlu_fallback", "out_of_scope"):
            self._answered = tell_branches(self.conversation, asked=True)
        return self._answered

    def advance(self) -> None:
        if self._answered:
            self.state.close()
        else:
            self.ask_again()

    def ask_again(self) -> None:
        _ask(self.conversation)


def _ask(conversation: Conversation) -> None:
    conversation.ask(WHERE, cities=_cities(conversation))


def _cities(conversation: Conversation) -> str:
    """The towns that have a branch, in the shop's order."""
    nearby = conversation.services.scheduling.branches(limit=500)
    towns = list(dict.fromkeys(branch.city for branch in nearby.branches if branch.city))
    return conversation.listing(towns[:CITIES])


def tell_branches(conversation: Conversation, asked: bool) -> bool:
    """Tells the branches for the place of the turn; whether it named one that is known."""
    turn = conversation.turn
    named = [one for one in turn.entities if one.kind in ("branch", "location", "address")]
    words = " ".join(str(one.value) if turn.tapped else one.text for one in named)
    if not words and asked and not turn.tapped and len(turn.text) <= _SHORT:
        words = turn.text
    if not words.strip() and not turn.tapped:
        words = _town(conversation)
    if not words.strip():
        return False
    found = conversation.services.scheduling.branches(near=words, service=_service(conversation))
    if found.candidates:
        _ask_which(conversation, found)
        return True
    if found.place is None or not found.branches:
        if named:
            conversation.say("branches_unknown_place", place=words)
        return False
    _tell(conversation, found, words)
    return True


def _town(conversation: Conversation) -> str:
    """The town of a branch that stands in the words."""
    words = fold(conversation.turn.text)
    everywhere = conversation.services.scheduling.branches(limit=500).branches
    towns = {branch.city for branch in everywhere if branch.city and branch.city in words}
    return towns.pop() if len(towns) == 1 else ""


def _service(conversation: Conversation) -> str:
    """The code of the service that must be done there, or nothing."""
    entity = conversation.turn.first("service")
    hits = conversation.services.catalogue.search(entity.text) if entity else []
    if hits:
        conversation.state.service = hits[0].code
    return hits[0].code if hits else ""


def _ask_which(conversation: Conversation, found: Nearby) -> None:
    places = list(found.candidates[:4])
    last = conversation.wording("appointment_or")
    conversation.say("branches_which_place", places=conversation.listing(places, last))
    conversation.offer(*((one, payload("find_branch", location=one)) for one in places))


def _tell(conversation: Conversation, found: Nearby, words: str) -> None:
    nearest, language = found.branches[0], conversation.language
    conversation.state.branch = nearest.code
    if nearest.distance is not None and nearest.distance <= AT_IT_KM:
        told = [nearest]
    else:
        town = in_the_same_town(found)
        told = (town or [one for one in found.branches if (one.distance or 0) < FAR_KM])[:MOST]
        told = told or [nearest]
        far = (nearest.distance or 0) >= FAR_KM
        conversation.say("branches_far" if far else "branches_near", place=words)
        if len(town) > 1:
            conversation.state.branch = ""
    for branch in told:
        conversation.lines.append(_described(conversation, branch))
    conversation.offer(
        *(
            (
                conversation.wording("button_book_there", branch=branch.name(language)),
                payload("book_appointment", branch=branch.code),
            )
            for branch in told
        )
    )


def _described(conversation: Conversation, branch: Branch) -> str:
    """Name, distance, address, phone and hours."""
    away = ""
    if branch.distance is not None and branch.distance > AT_IT_KM:
        away = conversation.wording("branches_distance", distance=f"{branch.distance:.0f}")
    return conversation.wording(
        "branches_branch",
        branch=branch.name(conversation.language),
        distance=away,
        address=branch.address,
        phone=branch.phone,
        opens=branch.opens,
        closes=branch.closes,
    )
