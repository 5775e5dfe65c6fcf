"""The four backends together, as the desk mounts them under ``/api``, or one of them alone.

``python -m nightdesk.backends scheduling --port 8091`` runs one on a port of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI

from nightdesk.backends.knowledge.api import router as knowledge
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.orders.api import router as orders
from nightdesk.backends.orders.service import OrderService
from nightdesk.backends.scheduling.api import router as scheduling
from nightdesk.backends.service import adopt, application
from nightdesk.backends.tickets.api import router as tickets
from nightdesk.database import Database
from nightdesk.merchant.profile import Profile


def _orders(database: Database, profile: Profile, _: Neighbours) -> APIRouter:
    service = OrderService(database, profile.currency, profile.order_no_prefix, profile.zone)
    return orders(service)


def _scheduling(database: Database, profile: Profile, _: Neighbours) -> APIRouter:
    return scheduling(database, profile.zone, profile.currency)


def _tickets(database: Database, profile: Profile, _: Neighbours) -> APIRouter:
    return tickets(database, profile.zone)


def _knowledge(database: Database, profile: Profile, neighbours: Neighbours) -> APIRouter:
    return knowledge(database, neighbours=neighbours)


ROUTERS: dict[str, Callable[[Database, Profile, Neighbours], APIRouter]] = {
    "knowledge": _knowledge,
    "orders": _orders,
    "scheduling": _scheduling,
    "tickets": _tickets,
}
NAMES = tuple(ROUTERS)


def backend_app(
    database: Database,
    profile: Profile,
    token: str,
    names: Sequence[str] = NAMES,
    neighbours: Neighbours | None = None,
) -> FastAPI:
    """One application that serves the contracts of ``names``; their paths do not collide.

    ``neighbours``: where the knowledge service asks for orders, products, services and branches.

    ``/openapi.json``, ``/docs`` and ``/health`` are open, everything else needs the service token.
    """
    routes = APIRouter()
    for name in names:
        adopt(routes, ROUTERS[name](database, profile, neighbours or Neighbours(profile)))
    title = names[0] if len(names) == 1 else "backends"
    return application(title, routes, token)


def mount(
    app: FastAPI,
    database: Database,
    profile: Profile,
    token: str,
    neighbours: Neighbours | None = None,
) -> None:
    """Serve all backends under ``/api`` of ``app``."""
    app.mount("/api", backend_app(database, profile, token, neighbours=neighbours))
