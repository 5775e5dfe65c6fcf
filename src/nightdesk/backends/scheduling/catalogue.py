"""The merchant's services and branches: loading them, and finding one by what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from nightdesk.backends.scheduling.model import Branch, Offer, Service
from nightdesk.language.script import fold
from nightdesk.language.sounds import syllable_keys
from nightdesk.merchant import records

EVERY_BRANCH = "*"
# Below this a name is another word. A homophone with no character in common scores 0.6.
LIKE = 0.55


def replace_services(session: Session, services: Sequence[records.Service]) -> None:
    """Make ``services`` all that can be booked; bookings of others stay as they are."""
    session.execute(update(Service).values(active=False))
    for position, record in enumerate(services):
        session.merge(
            Service(
                code=record.code,
                position=position,
                active=True,
                name_zh=record.name_zh,
                name_en=record.name_en,
                duration_min=record.duration_min,
                price=str(record.price),
                capacity=record.capacity,
                branches=list(record.branches),
                aliases=list(record.aliases),
            )
        )
    _renew_offers(session)


def replace_branches(session: Session, branches: Sequence[records.Branch]) -> None:
    """Make ``branches`` all that exist; bookings at others stay as they are."""
    session.execute(update(Branch).values(active=False))
    for position, record in enumerate(branches):
        session.merge(
            Branch(
                code=record.code,
                position=position,
                active=True,
                name_zh=record.name_zh,
                name_en=record.name_en,
                city=record.city,
                district=record.district,
                address_zh=record.address_zh,
                lat=record.lat,
                lon=record.lon,
                phone=record.phone,
                opens=record.open,
                closes=record.close,
                aliases=list(record.aliases),
            )
        )
    _renew_offers(session)


def _renew_offers(session: Session) -> None:
    """Which service is done where, after either list has changed (in either order)."""
    session.flush()
    session.execute(update(Offer).values(active=False))
    branches = [branch.code for branch in all_branches(session)]
    for service in all_services(session):
        wanted = set(service.branches)
        for branch in branches:
            if EVERY_BRANCH in wanted or branch in wanted:
                session.merge(Offer(service=service.code, branch=branch, active=True))
    session.flush()


def all_services(session: Session) -> list[Service]:
    rows = select(Service).where(Service.active.is_(True)).order_by(Service.position)
    return list(session.scalars(rows))


def all_branches(session: Session) -> list[Branch]:
    rows = select(Branch).where(Branch.active.is_(True)).order_by(Branch.position)
    return list(session.scalars(rows))


def offering(session: Session, service: str) -> list[str]:
    """The codes of the branches where ``service`` is done."""
    rows = select(Offer.branch).where(Offer.service == service, Offer.active.is_(True))
    return list(session.scalars(rows))


def words(item: Service | Branch) -> list[str]:
    """Everything that ``item`` is called, its code included."""
    return [item.code, item.name_zh, item.name_en, *item.aliases]


def likeness(query: str, names: Iterable[str]) -> float:
    """How well the folded ``query`` meets one of ``names``, 0 to 1.

    The same: 1. One inside the other: 0.8 and up, the more of it the higher. Else how alike they
    look (0.4) and sound (0.6), which forgives typos and homophones.
    """
    best = 0.0
    keys = syllable_keys(query)
    for name in map(fold, names):
        if not name:
            continue
        if name == query:
            return 1.0
        shorter, longer = sorted((name, query), key=len)
        if len(shorter) >= 2 and shorter in longer:
            score = 0.8 + 0.2 * len(shorter) / len(longer)
        else:
            looks, sounds = fuzz.ratio(query, name), fuzz.ratio(keys, syllable_keys(name))
            score = (0.4 * looks + 0.6 * sounds) / 100
        best = max(best, score)
    return best


def search_services(session: Session, query: str, limit: int) -> list[tuple[Service, float]]:
    """The services that ``query`` may mean with their scores, best first; all, if it is empty."""
    services = all_services(session)
    folded = fold(query).strip()
    if not folded:
        return [(service, 1.0) for service in services[:limit]]
    scored = [(service, likeness(folded, words(service))) for service in services]
    hits = [hit for hit in scored if hit[1] >= LIKE]
    return sorted(hits, key=lambda hit: -hit[1])[:limit]
