"""The tables of a merchant's folder: their files, columns, and what each cell must hold."""

from __future__ import annotations

from dataclasses import dataclass

from nightdesk.merchant import cells
from nightdesk.merchant.problems import Say
from nightdesk.merchant.records import Branch, Faq, Fault, Product, Service


@dataclass(frozen=True)
class Column:
    """A column. ``needed``: no cell may be empty; ``empty``: the value of an empty one."""

    name: str
    parse: cells.Parser
    needed: bool = False
    empty: object = ""

    @property
    def may_be_absent(self) -> bool:
        """English is optional, so the whole column may be missing."""
        return self.name.endswith("_en")


@dataclass(frozen=True)
class Table:
    """A file whose rows are ``record``; ``key`` is the column that may hold a value only once."""

    file: str
    record: type
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        return self.columns[0].name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _key(name: str) -> Column:
    return Column(name, cells.identifier, needed=True)


def _needed(name: str, parse: cells.Parser = cells.line) -> Column:
    return Column(name, parse, needed=True)


def _text(name: str, parse: cells.Parser = cells.line) -> Column:
    return Column(name, parse)


def _values(name: str, *, needed: bool = False) -> Column:
    return Column(name, cells.values, needed=needed, empty=())


_STOCK = cells.count(0, hint=Say("0 when it is sold out", "卖完了填 0"))
_MINUTES = cells.count(1, 7 * 24 * 60, hint=Say("minutes, for example 60", "分钟数,例如 60"))
_CAPACITY = cells.count(1, 10_000, hint=Say("1 or more", "至少 1"))

PRODUCTS = Table(
    "products.csv",
    Product,
    (
        _key("sku"),
        _needed("name_zh"),
        _text("name_en"),
        _text("category"),
        _text("unit_zh"),
        _text("unit_en"),
        _needed("price", cells.price),
        _needed("stock", _STOCK),
        _values("fits"),
        _values("aliases"),
        _text("description_zh", cells.prose),
        _text("description_en", cells.prose),
    ),
)
SERVICES = Table(
    "services.csv",
    Service,
    (
        _key("code"),
        _needed("name_zh"),
        _text("name_en"),
        _needed("duration_min", _MINUTES),
        _needed("price", cells.price),
        _needed("capacity", _CAPACITY),
        _values("branches", needed=True),
        _values("aliases"),
    ),
)
BRANCHES = Table(
    "branches.csv",
    Branch,
    (
        _key("code"),
        _needed("name_zh"),
        _text("name_en"),
        _needed("city"),
        _text("district"),
        _needed("address_zh"),
        _needed("lat", cells.coordinate(90)),
        _needed("lon", cells.coordinate(180)),
        _text("phone", cells.phone),
        _needed("open", cells.clock_time),
        _needed("close", cells.clock_time),
        _values("aliases"),
    ),
)
FAQ = Table(
    "faq.csv",
    Faq,
    (
        _key("id"),
        _text("category"),
        _needed("question_zh"),
        _needed("answer_zh", cells.prose),
        _text("question_en"),
        _text("answer_en", cells.prose),
        _values("alt_questions"),
    ),
)
FAULTS = Table(
    "faults.csv",
    Fault,
    (
        _key("id"),
        _needed("symptom_zh"),
        _text("symptom_en"),
        _values("phrases"),
        _text("causes_zh"),
        _needed("advice_zh", cells.prose),
        _text("advice_en", cells.prose),
        _needed("severity", cells.choice("low", "medium", "stop")),
        _text("service", cells.identifier),
    ),
)
TABLES = (PRODUCTS, SERVICES, BRANCHES, FAQ, FAULTS)
