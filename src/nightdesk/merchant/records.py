"""The rows of a merchant's folder, as plain records. The columns are described in ``FORMAT.md``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    """A row of ``products.csv``. ``price`` is in the profile's currency; ``fits`` empty = all."""

    sku: str
    name_zh: str
    name_en: str
    category: str
    unit_zh: str
    unit_en: str
    price: Decimal
    stock: int
    fits: tuple[str, ...]
    aliases: tuple[str, ...]
    description_zh: str
    description_en: str


@dataclass(frozen=True)
class Service:
    """A row of ``services.csv``. ``capacity``: how many run at once in a branch."""

    code: str
    name_zh: str
    name_en: str
    duration_min: int
    price: Decimal
    capacity: int
    branches: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    """A row of ``branches.csv``. ``close`` before ``open`` is on the next day."""

    code: str
    name_zh: str
    name_en: str
    city: str
    district: str
    address_zh: str
    lat: float
    lon: float
    phone: str
    open: time
    close: time
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Faq:
    """A row of ``faq.csv``."""

    id: str
    category: str
    question_zh: str
    answer_zh: str
    question_en: str
    answer_en: str
    alt_questions: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """A row of ``faults.csv``. ``severity``: low, medium or stop; ``service``: a code or empty."""

    id: str
    symptom_zh: str
    symptom_en: str
    phrases: tuple[str, ...]
    causes_zh: str
    advice_zh: str
    advice_en: str
    severity: str
    service: str
