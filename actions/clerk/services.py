"""The one place where the action server's connections are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from actions.backends.catalogue import Catalogue
from actions.backends.client import Client
from actions.backends.desk import Desk
from actions.backends.knowledge import Knowledge
from actions.backends.orders import Orders
from actions.backends.scheduling import Scheduling
from actions.backends.tickets import Tickets
from actions.backends.understanding import Understanding
from nightdesk import settings
from nightdesk.merchant.profile import Profile, load_profile


@dataclass(frozen=True)
class Services:
    """The backends, the desk, and the shop's profile."""

    orders: Orders
    tickets: Tickets
    knowledge: Knowledge
    catalogue: Catalogue
    scheduling: Scheduling
    desk: Desk
    understanding: Understanding
    profile: Profile


@lru_cache(maxsize=1)
def services() -> Services:
    """The services that the environment names; made at the first use."""
    own = settings.load()
    token = own.service_token()
    return Services(
        orders=Orders(Client(own.orders_url, token)),
        tickets=Tickets(Client(own.tickets_url, token)),
        catalogue=Catalogue(Client(own.scheduling_url, token)),
        scheduling=Scheduling(Client(own.scheduling_url, token), own.public_url, token),
        knowledge=Knowledge(Client(own.knowledge_url, token)),
        desk=Desk(Client(own.desk_url, token)),
        understanding=Understanding(own.rasa_url, own.rasa_token()),
        profile=load_profile(own.merchant),
    )
