"""The tables of scheduling."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Time,
)

from nightdesk.database import Base, UtcDateTime


class Service(Base):
    """What can be booked. ``branches``: codes, or ``["*"]``; ``active``: still in the catalogue;
    ``price``: a decimal, as text, because nothing is calculated with it."""

    __tablename__ = "scheduling_services"

    code: str = Column(String(64), primary_key=True)
    position: int = Column(Integer, nullable=False)
    active: bool = Column(Boolean, nullable=False)
    name_zh: str = Column(Text, nullable=False)
    name_en: str = Column(Text, nullable=False)
    duration_min: int = Column(Integer, nullable=False)
    price: str = Column(String(32), nullable=False)
    capacity: int = Column(Integer, nullable=False)
    branches: list[str] = Column(JSON, nullable=False)
    aliases: list[str] = Column(JSON, nullable=False)


class Branch(Base):
    """Where it is done. ``closes`` at or before ``opens`` is on the next day."""

    __tablename__ = "scheduling_branches"

    code: str = Column(String(64), primary_key=True)
    position: int = Column(Integer, nullable=False)
    active: bool = Column(Boolean, nullable=False)
    name_zh: str = Column(Text, nullable=False)
    name_en: str = Column(Text, nullable=False)
    city: str = Column(Text, nullable=False)
    district: str = Column(Text, nullable=False)
    address_zh: str = Column(Text, nullable=False)
    lat: float = Column(Float, nullable=False)
    lon: float = Column(Float, nullable=False)
    phone: str = Column(Text, nullable=False)
    opens: time = Column(Time, nullable=False)
    closes: time = Column(Time, nullable=False)
    aliases: list[str] = Column(JSON, nullable=False)


class Offer(Base):
    """A service at a branch: the row that a booking locks before it counts what is taken."""

    __tablename__ = "scheduling_offers"

    service: str = Column(String(64), ForeignKey(Service.code), primary_key=True)
    branch: str = Column(String(64), ForeignKey(Branch.code), primary_key=True)
    active: bool = Column(Boolean, nullable=False)


class Appointment(Base):
    """A booking. ``revision`` counts its changes (the SEQUENCE of its calendar entry)."""

    __tablename__ = "scheduling_appointments"
    __table_args__ = (
        Index("ix_scheduling_appointments_offer", "service", "branch", "start"),
        CheckConstraint("status IN ('booked', 'cancelled')", name="ck_scheduling_status"),
    )

    appointment_no: str = Column(String(24), primary_key=True)
    service: str = Column(String(64), ForeignKey(Service.code), nullable=False)
    branch: str = Column(String(64), ForeignKey(Branch.code), nullable=False)
    start: datetime = Column(UtcDateTime, nullable=False)
    end: datetime = Column(UtcDateTime, nullable=False)
    status: str = Column(String(16), nullable=False)
    customer_name: str = Column(String(100), nullable=False)
    customer_phone: str = Column(String(32), nullable=False)
    note: str = Column(Text, nullable=False)
    conversation_id: str = Column(String(128), nullable=False, index=True)
    price: str = Column(String(32), nullable=False)
    revision: int = Column(Integer, nullable=False)
    misses: int = Column(Integer, nullable=False)
    missed_at = Column(UtcDateTime)
    created_at: datetime = Column(UtcDateTime, nullable=False)
    updated_at: datetime = Column(UtcDateTime, nullable=False)


class Hold(Base):
    """A start kept for a conversation until ``expires_at``, while the customer decides."""

    __tablename__ = "scheduling_holds"
    __table_args__ = (Index("ix_scheduling_holds_offer", "service", "branch", "start"),)

    hold_id: str = Column(String(32), primary_key=True)
    service: str = Column(String(64), ForeignKey(Service.code), nullable=False)
    branch: str = Column(String(64), ForeignKey(Branch.code), nullable=False)
    start: datetime = Column(UtcDateTime, nullable=False)
    end: datetime = Column(UtcDateTime, nullable=False)
    conversation_id: str = Column(String(128), nullable=False, index=True)
    created_at: datetime = Column(UtcDateTime, nullable=False)
    expires_at: datetime = Column(UtcDateTime, nullable=False)
