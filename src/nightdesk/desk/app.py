"""The public face: one application with the chat, the shop's page, and the backends under /api."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from nightdesk import logs
from nightdesk.backends import apps
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.service import (
    ServiceError,
    TokenFirst,
    adopt,
    answer_errors,
    error_response,
)
from nightdesk.certificates import trusted
from nightdesk.database import Database, connect, migrate
from nightdesk.desk import calendar, chat, internal, knowledge, waiting_room
from nightdesk.desk import options as desk_options
from nightdesk.desk.admin import Admin
from nightdesk.desk.console import api as console
from nightdesk.desk.console.backends import Backends
from nightdesk.desk.courier import Courier
from nightdesk.desk.gate import Gate
from nightdesk.desk.handoff.escalation import Escalation
from nightdesk.desk.handoff.notices import Box, Notices
from nightdesk.desk.handoff.notify import configuration
from nightdesk.desk.handoff.notify.sender import NoticeSender
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.patience import Patience
from nightdesk.desk.handoff.typing import Typing
from nightdesk.desk.handoff.workplace import configuration as workplaces
from nightdesk.desk.handoff.workplace import hooks
from nightdesk.desk.handoff.workplace.mirror import Mirror
from nightdesk.desk.limits import BodyLimit
from nightdesk.desk.live import Live
from nightdesk.desk.misses import Misses
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.outbox import Outbox
from nightdesk.desk.passwords import Passwords
from nightdesk.desk.queue import Queue
from nightdesk.desk.rasa import Rasa
from nightdesk.desk.sender import SERVICES, Sender
from nightdesk.desk.sessions import Tokens
from nightdesk.desk.shop import current, shop
from nightdesk.desk.store import Store
from nightdesk.desk.tickets import Tickets
from nightdesk.merchant.problems import MerchantErrors
from nightdesk.merchant.profile import load_profile
from nightdesk.settings import ROOT, Settings

log = logs.get(__name__)

WIDGET = ROOT / "web" / "widget" / "dist"
KNOWLEDGE = ROOT / "web" / "knowledge" / "dist"
CONSOLE = ROOT / "web" / "console" / "dist"
_CHAT = ("/chat", "/webhooks")
_BOUNDED = (*_CHAT, "/knowledge/session", console.PREFIX)
_EMBEDDED = (*_CHAT, "/widget.js", "/assets")


def create_app(
    settings: Settings, options: Options | None = None, widget: Path = WIDGET
) -> FastAPI:
    """The desk of one installation. Its tables are brought up to date when it starts.

    Raises:
        MerchantErrors: the merchant's profile is missing or wrong.
        ValueError: an option or a place to notify is not understood.
    """
    options = options or desk_options.load()
    database = Database(connect(settings.database_url))
    client = httpx.AsyncClient(
        trust_env=False, verify=trusted(), limits=httpx.Limits(max_connections=None)
    )
    rasa = Rasa(client, settings.rasa_url, settings.rasa_token(), options.rasa_timeout)
    tickets = Tickets(
        client, settings.tickets_url, settings.service_token(), timeout=options.rasa_timeout
    )
    notifier = Notifier()
    profile = load_profile(settings.merchant)
    outside = configuration.client()
    targets = configuration.targets(os.environ, outside)
    notices = Notices(
        (target.name for target in targets), settings.public_url, profile.languages[0]
    )
    judge = Escalation(profile, notices)
    store = Store(database, options.most_waiting, judge)
    queue = Queue(database, _name(settings), options.lease, judge)
    owners, typing = Owners(database), Typing(database)
    live = Live(store, owners, typing, options)
    courier = Courier(store, queue, notifier, rasa, tickets, options)
    patience = Patience(owners, courier, notifier, profile, options)
    outbox = Outbox(database)
    urls = {
        "orders": settings.orders_url,
        "scheduling": settings.scheduling_url,
        "tickets": settings.tickets_url,
    }
    token = settings.service_token()
    senders = [Sender(name, outbox, notifier, client, urls, token, options) for name in SERVICES]
    bell = NoticeSender(Box(database), targets, outside, profile.languages, profile.zone, options)
    abroad = configuration.client()
    workplace = workplaces.workplace(os.environ, abroad)
    mirror = workplace and Mirror(database, workplace, abroad, notifier, profile.languages, options)
    gate = Gate(Tokens(settings.session_secret(), options.session_life), store, courier, options)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(migrate, database.engine)
        await courier.start()
        for sender in senders:
            await sender.start()
        await bell.start()
        await patience.start()
        if mirror:
            await mirror.start()
        await run_in_threadpool(people.accounts.first, admin.password.kept())
        yield
        await people.feed.stop()
        if mirror:
            await mirror.stop()
        await patience.stop()
        await bell.stop()
        for sender in senders:
            await sender.stop()
        await courier.stop()
        await client.aclose()
        database.engine.dispose()

    app: FastAPI = FastAPIOffline(
        title="NightDesk", version="1", lifespan=lifespan, docs_url="/docs", redoc_url=None
    )
    adopt(app.router, chat.router(gate, live, notifier, options))
    adopt(app.router, waiting_room.router(gate, owners, typing, courier, notifier))
    adopt(app.router, calendar.router(client, settings.scheduling_url, settings.service_token()))
    adopt(app.router, internal.router(database, outbox, settings.service_token()))
    if mirror:
        adopt(app.router, hooks.router(mirror.workplace, mirror.book))
    passwords = Passwords()
    misses = Misses(database)
    admin = Admin(settings.data, settings.session_secret(), passwords, misses)
    adopt(
        app.router,
        knowledge.router(client, settings.knowledge_url, settings.service_token(), admin),
    )
    backends = Backends(
        client, {**urls, "knowledge": settings.knowledge_url}, token, options.console_timeout
    )
    people = console.build(
        database,
        notifier,
        passwords,
        misses,
        backends,
        owners,
        courier.kick,
        lambda: current(settings.merchant),
        options,
    )
    adopt(app.router, console.router(people))
    answer_errors(app)
    _answer_refusals(app)
    _answer_health(app, settings, rasa, client)

    @app.get("/chat/shop", tags=["chat"])
    def the_shop() -> dict[str, Any]:
        """The shop's names, languages, first words and quick replies."""
        try:
            return shop(settings.merchant)
        except MerchantErrors as error:
            log.error("profile_unreadable", reason=str(error))
            raise ServiceError(503, "unavailable", "The shop's profile cannot be read.") from error

    neighbours = Neighbours.of(settings, profile)
    apps.mount(app, database, profile, settings.service_token(), neighbours)
    for name, folder in (("knowledge", KNOWLEDGE), ("console", CONSOLE)):
        if (folder / "index.html").is_file():
            app.mount(f"/{name}", Pages(directory=folder, html=True), name=name)
    if (widget / "index.html").is_file():
        app.mount("/", Pages(directory=widget, html=True), name="widget")
    else:
        log.warning("widget_not_built", folder=widget.name)
    app.add_middleware(TokenFirst, token=settings.service_token(), prefix=internal.PREFIX)
    app.add_middleware(BodyLimit, largest=options.largest_body, prefixes=_BOUNDED)
    app.add_middleware(Embedding, origins=options.origins)
    return app


def _name(settings: Settings) -> str:
    """This desk's name among those on one database: its place, which one process can hold."""
    if not settings.port:
        return uuid.uuid4().hex
    return f"{socket.gethostname()[:48]}:{settings.port}"


class Pages(StaticFiles):
    """The built pages, which may load and ask nothing but this desk; pictures from anywhere."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class Embedding:
    """CORS for what a shop's own site uses of the desk, and for nothing else."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
            max_age=3600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = scope["type"] == "http" and scope["path"].startswith(_EMBEDDED)
        await (self._shared if shared else self._app)(scope, receive, send)


def _answer_refusals(app: FastAPI) -> None:
    """The contract's errors, with ``Retry-After`` where a refusal says for how long."""

    @app.exception_handler(ServiceError)
    async def refused(_request: Request, error: ServiceError) -> JSONResponse:
        response = error_response(error.status, error.code, error.message, error.details)
        if error.status == 429:
            response.headers["Retry-After"] = str(error.details["seconds"])
        return response


def _answer_health(app: FastAPI, settings: Settings, rasa: Rasa, client: httpx.AsyncClient) -> None:
    async def actions_ready() -> bool:
        url = f"http://{settings.private_host}:{settings.actions_port}/health"
        try:
            return (await client.get(url, timeout=5)).status_code == 200
        except httpx.HTTPError:
            return False

    @app.get("/health", tags=["health"])
    async def health() -> dict[str, str]:
        """Whether the desk itself serves."""
        return {"status": "ok"}

    @app.get("/health/ready", tags=["health"])
    async def ready() -> JSONResponse:
        """Whether what stands behind the desk answers; 503 while a part does not."""
        parts = dict(
            zip(
                ("rasa", "actions"),
                await asyncio.gather(rasa.ready(), actions_ready()),
                strict=True,
            )
        )
        well = all(parts.values())
        body = {"status": "ok" if well else "waiting", "parts": parts}
        return JSONResponse(body, status_code=200 if well else 503)
