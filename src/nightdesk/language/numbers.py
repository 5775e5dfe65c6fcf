"""Reference numbers: of orders, appointments, tickets and parcels; written, spaced or spoken."""

from __future__ import annotations

import re
from typing import Literal

from nightdesk.language.numerals import spoken_in_place
from nightdesk.language.tokens import fold_in_place

Kind = Literal["order_no", "appointment_no", "ticket_no", "tracking_no"]

_LEAD = re.compile(
    r"^(?:(?:订单|单|运单|快递|物流|预约|工单|投诉|受理|编|流水)*号(?:码|是|为)?|尾号|尾数|"
    r"no\.?|number|order|ticket|ref)[:\s#]*"
)
_CARRIERS = re.compile(
    r"(?:sf|yt|zto|sto|jt|jd[a-z]{0,2}|yd|ems|db|dpk|1z|lp|ys|cn|ht|tt|yto|jdv[a-z]?|kk|ane|"
    r"htky)[0-9a-z]{7,}|[0-9]{12,20}|"
    r"[a-z]{2}[0-9]{9}[a-z]{2}"
)
_HINTS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("tracking_no", re.compile(
        r"运单|快递|物流|包裹|顺丰|圆通|中通|申通|韵达|极兔|邮政|track|parcel|courier|waybill|awb")),
    ("ticket_no", re.compile(r"投诉|工单|受理|报障|报修|反馈|举报|ticket|complaint|case|report")),
    ("appointment_no", re.compile(r"预约|预定|订位|appointment|booking|appt|reservation|reserve")),
    ("order_no", re.compile(r"订单|下单|买|order|purchase|po\b")),
)  # fmt: skip


def canonical(text: str) -> str:
    """One form of a reference number: ``q m 幺零零-二`` → ``QM1002``; empty if it has no digit."""
    folded = _LEAD.sub("", fold_in_place(text).strip())
    number = re.sub(r"[^0-9a-z]", "", spoken_in_place(folded))
    return number.upper() if re.search(r"[0-9]", number) else ""


def kind_of(number: str, context: str = "", order_prefix: str = "") -> Kind | None:
    """What kind of number it is, by its own shape, then by the nearest word around it.

    Args:
        number: as typed.
        context: the message it stands in.
        order_prefix: ``order_no_prefix`` of the merchant's profile.
    """
    plain = canonical(number).lower()
    if not plain:
        return None
    if order_prefix and plain.startswith(order_prefix.lower()):
        return "order_no"
    if _CARRIERS.fullmatch(plain):
        return "tracking_no"
    folded, at = fold_in_place(context), fold_in_place(context).find(fold_in_place(number))
    best: tuple[int, Kind] | None = None
    for kind, pattern in _HINTS:
        for match in pattern.finditer(folded):
            distance = at - match.end() if match.end() <= at else match.start() - at
            if best is None or distance < best[0]:
                best = distance, kind
    return best[1] if best else None
