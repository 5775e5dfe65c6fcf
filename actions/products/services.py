"""What is said about a service: its price and length, named, spoken of, or booked already."""

from __future__ import annotations

import re

from actions.appointments.figures import asks_figures, asks_length
from actions.appointments.identity import AppointmentIdentity
from actions.appointments.places import Places
from actions.clerk.conversation import Conversation
from actions.products.reading import spoken_of
from actions.products.telling import tell_figures, tell_service
from nightdesk.language.described import shared

_WORK = re.compile(r"安装|装|更换|换|清洗|保养|修|install|fitting|fit|repair", re.I)
_SAME_THING = 3.0
"""How much a service's name must share with a product's to be for it."""


def tell_services(conversation: Conversation) -> bool:
    """The price and duration of the services named, each with a button that books it."""
    told = False
    if conversation.turn.any("service"):
        Places(conversation, {}).take(asked=False)
    for entity in conversation.turn.all("service"):
        for service in conversation.services.catalogue.search(entity.text)[:1]:
            tell_service(conversation, service)
            told = True
    return told


def tell_service_beside(conversation: Conversation) -> bool:
    """The price of the service for what was spoken of (``安装另外要多少``, after a charger)."""
    turn = conversation.turn
    if turn.tapped or turn.any("product") or not _WORK.search(turn.text):
        return False
    names = [conversation.services.orders.product(sku) for sku in spoken_of(conversation)]
    services = conversation.services.catalogue.all() if names else []
    work = " ".join(_WORK.findall(turn.text))
    named = [service.words()[0] for service in services]
    scores = [
        (max((shared(one.name_zh, word) for one in names for word in words), default=0.0), number)
        for number, words in enumerate(named)
        if any(shared(work, word) for word in words)
    ]
    best = max(scores, default=(0.0, 0))
    if best[0] < _SAME_THING:
        return False
    tell_service(conversation, services[best[1]])
    return True


def tell_service_spoken_of(conversation: Conversation) -> bool:
    """The price and length of the service that was spoken of last; whether one was."""
    state = conversation.state
    if not state.service or state.topic != "service":
        return False
    service = conversation.services.catalogue.find(state.service)
    if service is not None:
        tell_service(conversation, service)
    return service is not None


def tell_booked(conversation: Conversation) -> bool:
    """The price and length of the appointment that lies ahead, right after it was made."""
    if conversation.state.latest != "appointment":
        return False
    ahead = AppointmentIdentity(conversation, {}).ahead()
    service = conversation.services.catalogue.find(ahead[0].service) if ahead else None
    if service is not None:
        tell_figures(conversation, service)
    return service is not None


def tell_length(conversation: Conversation) -> bool:
    """How long the service that was spoken of takes, if that is asked; whether it was."""
    turn = conversation.turn
    if not asks_figures(turn) or not asks_length(turn.text):
        return False
    return tell_service_spoken_of(conversation) or tell_booked(conversation)
