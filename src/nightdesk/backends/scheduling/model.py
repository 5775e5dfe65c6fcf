"""The tables of scheduling."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    Time,
)

from nightdesk.database import Base, UtcDateTime


class Service(Base):
    """What can be booked. ``branches``: codes, or ``["*"]``; ``active``: still in the catalogue."""

    __tablename__ = "scheduling_services"

    code = Column(String(64), primary_key=True)
    position = Column(Integer, nullable=False)
    active = Column(Boolean, nullable=False)
    name_zh = Column(String(200), nullable=False)
    name_en = Column(String(200), nullable=False)
    duration_min = Column(Integer, nullable=False)
    price = Column(Numeric(12, 2), nullable=False)
    capacity = Column(Integer, nullable=False)
    branches = Column(JSON, nullable=False)
    aliases = Column(JSON, nullable=False)


class Branch(Base):
    """Where it is done. ``closes`` at or before ``opens`` is on the next day."""

    __tablename__ = "scheduling_branches"

    code = Column(String(64), primary_key=True)
    position = Column(Integer, nullable=False)
    active = Column(Boolean, nullable=False)
    name_zh = Column(String(200), nullable=False)
    name_en = Column(String(200), nullable=False)
    city = Column(String(100), nullable=False)
    district = Column(String(100), nullable=False)
    address_zh = Column(String(300), nullable=False)
    lat = Column(Float, nullable=False)
    lon = Column(Float, nullable=False)
    phone = Column(String(40), nullable=False)
    opens = Column(Time, nullable=False)
    closes = Column(Time, nullable=False)
    aliases = Column(JSON, nullable=False)


class Offer(Base):
    """A service at a branch: the row that a booking locks before it counts what is taken."""

    __tablename__ = "scheduling_offers"

    service = Column(String(64), ForeignKey(Service.code), primary_key=True)
    branch = Column(String(64), ForeignKey(Branch.code), primary_key=True)
    active = Column(Boolean, nullable=False)


class Appointment(Base):
    """A booking. ``revision`` counts its changes (the SEQUENCE of its calendar entry)."""

    __tablename__ = "scheduling_appointments"
    __table_args__ = (
        Index("ix_scheduling_appointments_offer", "service", "branch", "start"),
        CheckConstraint("status IN ('booked', 'cancelled')", name="ck_scheduling_status"),
    )

    appointment_no = Column(String(24), primary_key=True)
    service = Column(String(64), ForeignKey(Service.code), nullable=False)
    branch = Column(String(64), ForeignKey(Branch.code), nullable=False)
    start = Column(UtcDateTime, nullable=False)
    end = Column(UtcDateTime, nullable=False)
    status = Column(String(16), nullable=False)
    customer_name = Column(String(100), nullable=False)
    customer_phone = Column(String(32), nullable=False)
    note = Column(Text, nullable=False)
    conversation_id = Column(String(128), nullable=False, index=True)
    price = Column(Numeric(12, 2), nullable=False)
    revision = Column(Integer, nullable=False)
    misses = Column(Integer, nullable=False)
    missed_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)
    updated_at = Column(UtcDateTime, nullable=False)


class Hold(Base):
    """A start kept for a conversation until ``expires_at``, while the customer decides."""

    __tablename__ = "scheduling_holds"
    __table_args__ = (Index("ix_scheduling_holds_offer", "service", "branch", "start"),)

    hold_id = Column(String(32), primary_key=True)
    service = Column(String(64), ForeignKey(Service.code), nullable=False)
    branch = Column(String(64), ForeignKey(Branch.code), nullable=False)
    start = Column(UtcDateTime, nullable=False)
    end = Column(UtcDateTime, nullable=False)
    conversation_id = Column(String(128), nullable=False, index=True)
    created_at = Column(UtcDateTime, nullable=False)
    expires_at = Column(UtcDateTime, nullable=False)
