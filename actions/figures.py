"""What an answer's placeholders say now, read from the backends at the moment of saying."""

from __future__ import annotations

from typing import Any

from actions.backends.client import Refused, Unavailable
from actions.clerk.services import Services
from nightdesk.placeholders import BRANCH, PRODUCT, SERVICE, Filled, Placeholder, Record, fill

MOST_BRANCHES = 500


def filled(answer: str, language: str, services: Services) -> Filled:
    """``answer`` with its live figures; what no backend tells is said to be unknown."""
    return fill(answer, language, _Reader(services)) if "{" in answer else Filled(answer, ())


class _Reader:
    """Reads each record once, and asks no backend again that gave no answer."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[tuple[str, str], Record | None] = {}
        self._silent: set[str] = set()

    def __call__(self, placeholder: Placeholder) -> Record | None:
        figure = placeholder.figure
        if figure is None or figure.of in self._silent:
            return None
        key = (figure.of, placeholder.code)
        if key not in self._known:
            try:
                self._known[key] = self._read(*key)
            except Refused:
                self._known[key] = None  # withdrawn since the answer was written
            except Unavailable:
                self._silent.add(figure.of)
        return self._known.get(key)

    def _read(self, kind: str, code: str) -> dict[str, Any] | None:
        services = self._services
        if kind == PRODUCT:
            return services.orders.product(code).as_json()
        if kind == SERVICE:
            service = services.catalogue.find(code)
            currency = services.profile.currency
            return {"price": service.price, "currency": currency} if service else None
        if kind == BRANCH:
            for one in services.scheduling.branches(limit=MOST_BRANCHES).branches:
                if one.code == code:
                    return {"open": one.opens, "close": one.closes, "phone": one.phone}
            return None
        return services.profile.figures()
