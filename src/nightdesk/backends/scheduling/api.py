"""The scheduling contract over HTTP: what there is to book. Writes are in ``bookings.py``."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, tzinfo
from typing import Any

from fastapi import APIRouter, Query

from nightdesk import clock
from nightdesk.backends.fields import STORABLE, aware, moment
from nightdesk.backends.scheduling import availability, bookings, catalogue
from nightdesk.backends.scheduling.availability import Mine, Shop, slot_view
from nightdesk.backends.scheduling.nearest import Found, nearest, understand
from nightdesk.backends.scheduling.places import Place, gazetteer
from nightdesk.backends.scheduling.views import branch_view, place_view, service_view
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database

WEEK = timedelta(days=7)
LONGEST = timedelta(days=31)


def router(database: Database, zone: tzinfo, currency: str) -> APIRouter:
    """The whole contract of a merchant who lives in ``zone`` and charges in ``currency``."""
    shop = Shop(zone, currency)
    routes = APIRouter(tags=["scheduling"])
    # Reading the gazetteer takes a second or two: not in a customer's turn.
    threading.Thread(target=gazetteer, name="gazetteer", daemon=True).start()

    @routes.get("/services")
    def services(
        q: str = Query("", max_length=100), limit: int = Query(50, ge=1, le=500)
    ) -> dict[str, Any]:
        """The services that ``q`` may mean, best first; without ``q`` all of them."""
        with database.read() as session:
            hits = catalogue.search_services(session, q, limit)
            return {
                "services": [
                    service_view(hit, shop, catalogue.offering(session, hit.code), score)
                    for hit, score in hits
                ]
            }

    @routes.get("/branches")
    def branches(
        near: str = Query("", max_length=100, description="A place: 望京, 浦东, Xi'an"),
        lat: float | None = Query(None, ge=-90, le=90),
        lon: float | None = Query(None, ge=-180, le=180),
        service: str | None = Query(None, max_length=64, regex=STORABLE),
        limit: int = Query(20, ge=1, le=500),
    ) -> dict[str, Any]:
        """The branches, nearest first. ``place``: what ``near`` was understood as; null with
        ``candidates`` when it may be several, and then, as without a place, in the merchant's
        order and without distances. ``service``: only where that is done."""
        if (lat is None) != (lon is None):
            raise ServiceError(422, "invalid", "lat and lon go together.")
        with database.read() as session:
            listed = catalogue.all_branches(session)
            if service is not None:
                codes = set(catalogue.offering(session, service))
                listed = [branch for branch in listed if branch.code in codes]
            found = Found(None)
            if lat is not None and lon is not None:
                found = Found(Place("", "point", lat, lon))
            elif near:
                found = understand(near, listed, gazetteer)
            away = (
                nearest(listed, found.place.point)
                if found.place
                else [(branch, None) for branch in listed]
            )
            return {
                "place": place_view(found.place) if found.place else None,
                "candidates": [place_view(place) for place in found.candidates],
                "branches": [branch_view(branch, shop, km) for branch, km in away[:limit]],
            }

    @routes.get("/slots")
    def slots(
        service: str = Query(..., min_length=1, max_length=64, regex=STORABLE),
        branch: str = Query(..., min_length=1, max_length=64, regex=STORABLE),
        from_: str | None = Query(None, alias="from", max_length=40),
        to: str | None = Query(None, max_length=40),
        conversation_id: str | None = Query(None, max_length=128, regex=STORABLE),
        limit: int = Query(200, ge=1, le=2000),
    ) -> dict[str, Any]:
        """The free starts from ``from`` (now) to ``to`` (a week later), with how many are free.
        Times without an offset are the merchant's. ``conversation_id``: whose holds are no
        obstacle."""
        start = _moment("from", from_, clock.now(), shop)
        end = _moment("to", to, start + WEEK, shop)
        if end <= start or end - start > LONGEST:
            raise ServiceError(
                422, "invalid", f"to comes after from, by {LONGEST.days} days at most."
            )
        with database.read() as session:
            what, where = availability.offer(session, service, branch)
            found = availability.slots(
                session, shop, what, where, (start, end), Mine(conversation_id)
            )
            return {
                "service": what.code,
                "branch": where.code,
                "timezone": str(zone),
                "slots": [slot_view(slot, shop) for slot in found[:limit]],
            }

    bookings.add(routes, database, shop)
    return routes


def _moment(name: str, text: str | None, default: datetime, shop: Shop) -> datetime:
    if text is None:
        return default
    try:
        given = moment(text)
    except ValueError as error:
        raise ServiceError(422, "invalid", f"{name} is not an ISO 8601 time.") from error
    return aware(name, given, shop.zone)
