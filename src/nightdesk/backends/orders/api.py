"""The orders contract over HTTP.

Every write takes an ``Idempotency-Key``. The same key with the same content gets the first answer
again (status included, with ``Idempotent-Replayed: true``); with another content it is 409
``idempotency_mismatch``. A request that was refused leaves no trace: its key may be sent again.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from nightdesk.backends.fields import PHONE_TAIL, STORABLE, moment
from nightdesk.backends.idempotency import KeyHeader
from nightdesk.backends.orders import schemas
from nightdesk.backends.orders.service import OrderService
from nightdesk.backends.service import ServiceError

_ORDER_NO = Path(..., max_length=60, regex=STORABLE, example="QM2611257K3M9QX2TB")
_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": schemas.ErrorOut, "description": "`not_found`"}
}


def _conflict(codes: str) -> dict[int | str, dict[str, Any]]:
    return {409: {"model": schemas.ErrorOut, "description": f"{codes}, `idempotency_mismatch`"}}


def router(service: OrderService) -> APIRouter:
    """The whole contract of the orders of one merchant."""
    routes = APIRouter(tags=["orders"])
    service.warm()
    _add_products(routes, service)
    _add_reads(routes, service)
    _add_writes(routes, service)
    return routes


def _add_products(routes: APIRouter, service: OrderService) -> None:
    @routes.get("/products", response_model=schemas.ProductHits)
    def search_products(
        q: str = Query("", max_length=200, regex=STORABLE, description="As a customer says it"),
        by: Literal["name", "description"] = "name",
        limit: int = Query(10, ge=1, le=100),
    ) -> schemas.ProductHits:
        """The products that `q` may mean, best first: by name, alias, jargon, typo, homophone,
        pinyin, traditional script, English name or SKU; or by what `q` says that they are like
        (`by=description`). Without `q`, the catalogue."""
        return service.search(q, limit, by == "description")

    @routes.get("/products/{sku}", response_model=schemas.ProductOut, responses=_NOT_FOUND)
    def get_product(sku: str = Path(..., max_length=64, regex=STORABLE)) -> schemas.ProductOut:
        """One product as it is sold now."""
        return service.product(sku)


def _add_reads(routes: APIRouter, service: OrderService) -> None:
    @routes.get("/orders", response_model=schemas.Orders)
    def list_orders(
        conversation_id: str | None = Query(None, max_length=128, regex=STORABLE),
        status: Literal["placed", "paid", "shipped", "delivered", "cancelled"] | None = None,
        since: str | None = Query(None, max_length=40, description="ISO 8601, UTC if it has none"),
        limit: int = Query(50, ge=1, le=500),
    ) -> schemas.Orders:
        """Orders, newest first, for services: they have proved who asks."""
        return service.orders(conversation_id, status, _since(since), limit)

    @routes.get(
        "/orders/{order_no}",
        response_model=schemas.OrderOut,
        responses={
            **_NOT_FOUND,
            409: {"model": schemas.ErrorOut, "description": "`locked` {until}: five misses"},
        },
    )
    def get_order(
        order_no: str = _ORDER_NO,
        phone_tail: str | None = Query(
            None, regex=PHONE_TAIL, description="The last four digits of the customer's phone"
        ),
    ) -> schemas.OrderOut:
        """One order. A wrong `phone_tail` is 404. Without it: for services that have proved who
        asks."""
        return service.order(order_no, phone_tail)


def _add_writes(routes: APIRouter, service: OrderService) -> None:
    @routes.post(
        "/orders",
        status_code=201,
        response_model=schemas.OrderOut,
        responses=_conflict("`out_of_stock` {sku, available, items}"),
    )
    def place_order(wish: schemas.OrderIn, key: str | None = KeyHeader) -> JSONResponse:
        """A new order at the catalogue's prices; its goods leave the stock."""
        return service.place(wish, key).response()

    @routes.patch(
        "/orders/{order_no}",
        response_model=schemas.OrderOut,
        responses={
            **_NOT_FOUND,
            **_conflict("`already_shipped`, `already_cancelled`, `already_paid`, `out_of_stock`"),
        },
    )
    def change_order(
        wish: schemas.OrderChange, order_no: str = _ORDER_NO, key: str | None = KeyHeader
    ) -> JSONResponse:
        """Other items (all of them), another address, customer or note, before it is shipped."""
        return service.change(order_no, wish, key).response()

    @routes.post(
        "/orders/{order_no}/cancel",
        response_model=schemas.OrderOut,
        responses={**_NOT_FOUND, **_conflict("`already_shipped`")},
    )
    def cancel_order(
        wish: schemas.CancelIn | None = None,
        order_no: str = _ORDER_NO,
        key: str | None = KeyHeader,
    ) -> JSONResponse:
        """Not wanted any more; the goods return to the stock. Cancelling again changes nothing."""
        return service.cancel(order_no, wish or schemas.CancelIn(reason=None), key).response()

    @routes.post(
        "/orders/{order_no}/returns",
        status_code=201,
        response_model=schemas.ReturnOut,
        responses={**_NOT_FOUND, **_conflict("`not_shipped`, `not_paid`, `already_requested`")},
    )
    def return_goods(
        wish: schemas.ReturnIn, order_no: str = _ORDER_NO, key: str | None = KeyHeader
    ) -> JSONResponse:
        """A wish to return or exchange what was shipped, or to have back what was paid."""
        return service.send_back(order_no, wish, key).response()

    @routes.post(
        "/orders/{order_no}/invoice",
        status_code=201,
        response_model=schemas.InvoiceOut,
        responses={**_NOT_FOUND, **_conflict("`already_cancelled`")},
    )
    def request_invoice(
        wish: schemas.InvoiceIn, order_no: str = _ORDER_NO, key: str | None = KeyHeader
    ) -> JSONResponse:
        """To whom the invoice is written; asking again corrects it."""
        return service.invoice(order_no, wish, key).response()

    @routes.post(
        "/orders/{order_no}/status",
        response_model=schemas.OrderOut,
        responses={**_NOT_FOUND, **_conflict("`wrong_status` {order_status, next}")},
    )
    def move_order(
        wish: schemas.StatusIn, order_no: str = _ORDER_NO, key: str | None = KeyHeader
    ) -> JSONResponse:
        """The shop takes an order a step on its way: paid, shipped (with carrier and tracking
        number; again, to correct them), delivered."""
        return service.move(order_no, wish, key).response()


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        given = moment(text)
        return given if given.tzinfo else given.replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise ServiceError(422, "invalid", "since is no ISO 8601 time.") from error
