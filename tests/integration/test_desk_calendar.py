"""The link by which a customer keeps an appointment, without the service token."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from nightdesk import calendar_links, clock
from nightdesk.backends.service import answer_errors
from nightdesk.desk import calendar
from tests.integration import scheduling_shop as shop

SCHEDULING = "http://scheduling.test"


@pytest.fixture
def backend(database, monkeypatch):
    monkeypatch.setattr(clock, "now", shop.Clock())
    return shop.client(database)


def desk(transport):
    app = FastAPI()
    client = httpx.AsyncClient(transport=transport)
    app.include_router(calendar.router(client, SCHEDULING, shop.TOKEN))
    answer_errors(app)
    return TestClient(app)


@pytest.fixture
def appointment_no(backend):
    return backend.post("/appointments", json=shop.booking()).json()["appointment_no"]


def test_the_link_opens_the_calendar_entry_without_a_token_of_the_service(backend, appointment_no):
    answer = desk(httpx.ASGITransport(backend.app)).get(
        calendar_links.path(shop.TOKEN, appointment_no)
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert f"UID:{appointment_no}@nightdesk" in answer.text


def test_no_other_appointment_is_shown_than_the_one_that_was_signed(backend, appointment_no):
    customer = desk(httpx.ASGITransport(backend.app))
    signature = calendar_links.signature(shop.TOKEN, "AP0000000000")
    for token in ("", "x", signature):
        answer = customer.get(f"/chat/appointments/{appointment_no}.ics", params={"token": token})
        assert answer.status_code == 404
        assert "BEGIN" not in answer.text


def test_a_signed_number_that_does_not_exist_is_not_found(backend):
    answer = desk(httpx.ASGITransport(backend.app)).get(
        calendar_links.path(shop.TOKEN, "AP0000000000")
    )
    assert answer.status_code == 404


def test_a_calendar_that_is_down_is_said_to_be():
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    answer = desk(httpx.MockTransport(refuse)).get(calendar_links.path(shop.TOKEN, "AP0000000000"))
    assert answer.status_code == 503
