"""The backends as one application under /api, and each alone."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from nightdesk.backends import apps
from nightdesk.merchant.profile import load_profile
from nightdesk.settings import ROOT

TOKEN = "a-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PATHS = {"orders": "/orders", "scheduling": "/appointments", "tickets": "/tickets"}


@pytest.fixture(scope="module")
def profile():
    return load_profile(ROOT / "merchants" / "qiming")


@pytest.fixture
def desk(database, profile):
    app = FastAPI()
    apps.mount(app, database, profile, TOKEN)
    return TestClient(app)


def test_every_backend_answers_under_api_to_who_has_the_token(desk):
    for path in PATHS.values():
        assert desk.get(f"/api{path}").status_code == 401
        assert desk.get(f"/api{path}", headers=BEARER).status_code == 200


@pytest.mark.parametrize("path", ["/api/orders", "/api/knowledge/entries", "/api/nothing"])
def test_a_body_is_not_read_before_it_is_known_who_sends_it(desk, path):
    sent = []

    async def receive():
        raise AssertionError("read")

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer wrong")],
    }
    asyncio.run(desk.app(scope, receive, send))
    assert sent[0]["status"] == 401


def test_errors_have_the_contracts_format_under_api_too(desk):
    assert desk.get("/api/nothing", headers=BEARER).json()["error"]["code"] == "not_found"


def test_the_documents_are_open_and_ask_no_other_host(desk):
    assert desk.get("/api/health").json() == {"status": "ok"}
    document = desk.get("/api/openapi.json").json()
    assert set(PATHS.values()) <= set(document["paths"])
    page = desk.get("/api/docs").text
    assert "/api/openapi.json" in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize("name", PATHS)
def test_one_backend_alone_serves_its_own_paths_only(database, profile, name):
    alone = TestClient(apps.backend_app(database, profile, TOKEN, [name]), headers=BEARER)
    answers = {other: alone.get(path).status_code for other, path in PATHS.items()}
    assert answers == {other: 200 if other == name else 404 for other in PATHS}


def test_no_two_backends_serve_the_same_path(database, profile):
    seen = set()
    for name in apps.NAMES:
        document = apps.backend_app(database, profile, TOKEN, [name]).openapi()
        paths = set(document["paths"]) - {"/health"}
        assert not paths & seen
        seen |= paths
