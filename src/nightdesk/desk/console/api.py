"""The console's whole HTTP API under ``/console/api``."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from nightdesk.backends.service import adopt
from nightdesk.database import Database
from nightdesk.desk.console import (
    canned,
    conversation_api,
    owner_api,
    people_api,
    records_api,
    shop,
    tickets,
)
from nightdesk.desk.console.accounts import Accounts
from nightdesk.desk.console.backends import Backends
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.events import Feed
from nightdesk.desk.console.news import News
from nightdesk.desk.console.sessions import Sessions
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.typing import Typing
from nightdesk.desk.misses import Misses
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.passwords import Passwords
from nightdesk.merchant.profile import Profile

PREFIX = "/console/api"


def build(
    database: Database,
    notifier: Notifier,
    passwords: Passwords,
    misses: Misses,
    backends: Backends,
    owners: Owners,
    kick: Callable[[str], None],
    profile: Callable[[], Profile],
    options: Options,
) -> Context:
    """The console's parts on one desk process."""
    accounts, sessions, typing = Accounts(database), Sessions(database), Typing(database)
    return Context(
        database=database,
        accounts=accounts,
        sessions=sessions,
        passwords=passwords,
        misses=misses,
        notifier=notifier,
        owners=owners,
        kick=kick,
        typing=typing,
        feed=Feed(News(database, accounts, typing), sessions, notifier, options.poll),
        backends=backends,
        profile=profile,
        heartbeat=options.heartbeat,
    )


def router(context: Context) -> APIRouter:
    """``/console/api/…``, and the way to the page."""
    routes = APIRouter(prefix=PREFIX, include_in_schema=False)
    for part in (people_api, conversation_api, owner_api, tickets, shop, canned, records_api):
        part.add(routes, context)
    whole = APIRouter(include_in_schema=False)

    @whole.get("/console")
    def page() -> RedirectResponse:
        return RedirectResponse("/console/")

    adopt(whole, routes)
    return whole
