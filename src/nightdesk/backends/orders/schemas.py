"""What the orders API is sent and what it answers. Money is a decimal string."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConstrainedInt,
    ConstrainedStr,
    Extra,
    Field,
    root_validator,
    validator,
)

from nightdesk.backends.fields import STORABLE, Code, ConversationId, Line, Name, Phone, Remark

MAX_QUANTITY = 9999
MAX_ITEMS = 100
_PHONE_DIGITS = range(5, 21)


class Quantity(ConstrainedInt):
    strict = True
    ge = 1
    le = MAX_QUANTITY


class Address(ConstrainedStr):
    strip_whitespace = True
    min_length = 1
    max_length = 500
    regex = STORABLE


class Email(ConstrainedStr):
    strip_whitespace = True
    max_length = 254
    regex = r"^[^@\s\x00\ud800-\udfff]+@[^@\s\x00\ud800-\udfff]+$"


class TaxNo(ConstrainedStr):
    strip_whitespace = True
    max_length = 40
    regex = r"^[0-9A-Za-z -]*$"


class Sent(BaseModel):
    """What a client sends; a field that is unknown is a mistake, not to be overlooked."""

    class Config:
        extra = Extra.forbid


class CustomerChange(Sent):
    name: Name | None = Field(None, example="张伟")
    phone: Phone | None = Field(None, example="13900139000")
    email: Email | None = Field(None, example="zhang.wei@example.com")

    @validator("phone")
    def can_be_called(cls, value: str | None) -> str | None:
        if value is not None and sum(map(str.isdigit, value)) not in _PHONE_DIGITS:
            raise ValueError("a phone number has 5 to 20 digits")
        return value


class CustomerIn(CustomerChange):
    name: Name = Field(..., example="张伟")
    phone: Phone = Field(..., example="13800138000")


class ItemIn(Sent):
    sku: Code = Field(..., example="QM-OIL-5W30")
    quantity: Quantity = Field(..., example=2)


class OrderIn(Sent):
    """A new order. Several lines of one product are taken together."""

    customer: CustomerIn
    address: Address = Field(..., example="上海市浦东新区张江路88号")
    items: list[ItemIn] = Field(..., min_items=1, max_items=MAX_ITEMS)
    note: Remark | None = Field(None, example="请放前台")
    channel: Code = Field("web", example="web")
    conversation_id: ConversationId | None = Field(None, example="c_8f2k")


class OrderChange(Sent):
    """What to change of an order; ``items`` replaces all lines. What is absent stays."""

    customer: CustomerChange | None = None
    address: Address | None = Field(None, example="上海市徐汇区漕溪北路1号")
    items: list[ItemIn] | None = Field(None, min_items=1, max_items=MAX_ITEMS)
    note: Remark | None = None

    @root_validator
    def something(cls, values: dict[str, Any]) -> dict[str, Any]:
        if all(value is None for value in values.values()):
            raise ValueError("nothing to change")
        return values


class CancelIn(Sent):
    reason: Remark | None = Field(None, example="不想要了")


class ReturnIn(Sent):
    kind: Literal["return", "exchange", "refund"] = Field(..., example="exchange")
    reason: Remark | None = Field(None, example="型号买错了")


class InvoiceIn(Sent):
    title: Line = Field(..., example="上海某某科技有限公司")
    tax_no: TaxNo | None = Field(None, example="91310115MA1K3X2Y4Z")
    email: Email | None = Field(None, example="finance@example.com")


class StatusIn(Sent):
    """Where the shop has got with an order. A carrier and a number go with ``shipped``."""

    status: Literal["paid", "shipped", "delivered"] = Field(..., example="shipped")
    carrier: Name | None = Field(None, example="顺丰速运")
    tracking_no: Name | None = Field(None, example="SF1234567890")

    @root_validator(skip_on_failure=True)
    def tracked_when_shipped(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["status"] != "shipped" and (values["carrier"] or values["tracking_no"]):
            raise ValueError("carrier and tracking_no go with shipped")
        return values


class ProductOut(BaseModel):
    """A product as it is sold now. ``name`` and ``unit`` are the Chinese ones."""

    sku: str = Field(..., example="QM-OIL-5W30")
    name: str = Field(..., example="全合成机油5W-30")
    name_zh: str = Field(..., example="全合成机油5W-30")
    name_en: str = Field(..., example="Full synthetic engine oil 5W-30")
    category: str = Field(..., example="油液")
    unit: str = Field(..., example="桶(4L)")
    unit_zh: str = Field(..., example="桶(4L)")
    unit_en: str = Field(..., example="4 L can")
    price: str = Field(..., example="298.00")
    currency: str = Field(..., example="CNY")
    stock: int = Field(..., example=186)
    fits: list[str] = Field(..., description="Empty: fits all", example=["X3", "X5"])
    aliases: list[str] = Field(..., example=["全合成"])
    description_zh: str
    description_en: str


class ProductHit(ProductOut):
    score: float = Field(..., ge=0, le=1, description="1: called by its own name", example=0.9)


class ProductHits(BaseModel):
    products: list[ProductHit]


class ItemOut(BaseModel):
    sku: str = Field(..., example="QM-OIL-5W30")
    name: str = Field(..., example="全合成机油5W-30")
    name_en: str = Field(..., example="Full synthetic engine oil 5W-30")
    unit: str = Field(..., example="桶(4L)")
    unit_en: str = Field(..., example="4 L can")
    quantity: int = Field(..., example=2)
    price: str = Field(..., description="of one, when it was ordered", example="298.00")


class CustomerOut(BaseModel):
    name: str = Field(..., example="张伟")
    phone: str = Field(..., example="13800138000")
    email: str = Field(..., example="")


class EventOut(BaseModel):
    kind: str = Field(..., example="placed")
    at: datetime
    details: dict[str, Any]


class ReturnOut(BaseModel):
    return_no: str = Field(..., example="QM2611257K3M9QX2TB-R1")
    order_no: str = Field(..., example="QM2611257K3M9QX2TB")
    kind: str = Field(..., example="exchange")
    reason: str
    created_at: datetime


class InvoiceOut(BaseModel):
    order_no: str = Field(..., example="QM2611257K3M9QX2TB")
    title: str
    tax_no: str
    email: str
    amount: str = Field(..., example="596.00")
    currency: str = Field(..., example="CNY")
    created_at: datetime


class OrderOut(BaseModel):
    order_no: str = Field(..., example="QM2611257K3M9QX2TB")
    status: Literal["placed", "paid", "shipped", "delivered", "cancelled"]
    customer: CustomerOut
    address: str
    note: str
    channel: str
    conversation_id: str
    items: list[ItemOut]
    total: str = Field(..., example="596.00")
    currency: str = Field(..., example="CNY")
    carrier: str
    tracking_no: str
    events: list[EventOut]
    returns: list[ReturnOut]
    invoice: InvoiceOut | None
    created_at: datetime
    updated_at: datetime


class Orders(BaseModel):
    orders: list[OrderOut]


class Problem(BaseModel):
    code: str = Field(..., example="out_of_stock")
    message: str
    details: dict[str, Any] = Field(..., example={"sku": "QM-LED-H7", "available": 1})


class ErrorOut(BaseModel):
    error: Problem
