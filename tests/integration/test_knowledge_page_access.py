"""Who may use the shop's page: its password, its session, and its way to the service."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse

from nightdesk import clock
from nightdesk.backends.service import answer_errors
from nightdesk.desk import knowledge
from nightdesk.desk.admin import COOKIE, HASH_FILE, PASSWORD_FILE, Admin, Password
from nightdesk.desk.misses import LOCKED, Misses
from nightdesk.desk.passwords import Passwords
from tests.integration.databases import SqliteDatabases

HOME = {"Origin": "http://testserver"}
ENTRIES = "/knowledge/api/entries"


class Service:
    """The knowledge service: says what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.app = FastAPI()
        self.app.api_route("/{path:path}", methods=["GET", "POST", "PATCH", "DELETE"])(self.answer)

    async def answer(self, request: Request) -> JSONResponse:
        body = {
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": dict(request.query_params),
            "token": request.headers["authorization"],
            "body": (await request.body()).decode(),
        }
        return JSONResponse(body, self.status)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def misses(sqlite_databases: SqliteDatabases) -> Iterator[Misses]:
    with sqlite_databases.fresh() as database:
        yield Misses(database)


@pytest.fixture
def desk(tmp_path: Path, service: Service, misses: Misses) -> Iterator[TestClient]:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=service.app))
    app = FastAPI()
    admin = Admin(tmp_path, "secret", Passwords(), misses)
    app.include_router(knowledge.router(client, "http://service", "token", admin))
    answer_errors(app)
    with TestClient(app, follow_redirects=False) as desk:
        yield desk


def first_password(folder: Path) -> str:
    return (folder / PASSWORD_FILE).read_text("ascii")


def sign_in(desk: TestClient, password: str) -> httpx.Response:
    return desk.post("/knowledge/session", json={"password": password}, headers=HOME)


def test_the_first_password_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    Password(tmp_path).prepare()
    made = first_password(tmp_path)
    Password(tmp_path).prepare()
    assert first_password(tmp_path) == made
    assert len(made) >= 16
    for name in (PASSWORD_FILE, HASH_FILE):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    kept = (tmp_path / HASH_FILE).read_text("ascii")
    assert kept.startswith("$argon2id$")
    assert made not in kept


def test_nothing_is_shown_or_done_without_a_session(desk: TestClient) -> None:
    assert desk.get("/knowledge/session").json() == {"signed_in": False}
    for method in ("GET", "POST", "PATCH", "DELETE"):
        assert desk.request(method, ENTRIES, headers=HOME).status_code == 401
    desk.cookies.set(COOKIE, "WzI1MjQ2MDgwMDAsImFiYyJd.forged")
    assert desk.get(ENTRIES).status_code == 401


def test_a_session_reaches_the_service_under_the_desks_token(
    desk: TestClient, tmp_path: Path
) -> None:
    done = sign_in(desk, first_password(tmp_path))
    assert done.status_code == 204
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    asked = desk.post(
        f"{ENTRIES}/a%2Fb/restore?version=2&by=王", json={"a": 1}, headers=HOME
    ).json()
    assert asked["path"] == "/knowledge/entries/a%2Fb/restore"
    assert asked["query"] == {"version": "2", "by": "王"}
    assert asked["token"] == "Bearer token"
    assert asked["body"].replace(" ", "") == '{"a":1}'


@pytest.mark.parametrize(
    "path", ["orders", "entries/../../orders", "entries/%2e%2e/%2e%2e/orders", "", "../tickets"]
)
def test_nothing_but_knowledge_is_reached(desk: TestClient, tmp_path: Path, path: str) -> None:
    sign_in(desk, first_password(tmp_path))
    assert desk.get(f"/knowledge/api/{path}").status_code == 404


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://["}]
)
def test_a_write_from_another_site_is_refused(
    desk: TestClient, tmp_path: Path, origin: dict[str, str]
) -> None:
    password = first_password(tmp_path)
    refused = desk.post("/knowledge/session", json={"password": password}, headers=origin)
    assert refused.status_code == 403
    sign_in(desk, password)
    for method in ("POST", "PATCH", "DELETE"):
        assert desk.request(method, ENTRIES, headers=origin).status_code == 403
    assert desk.delete("/knowledge/session", headers=origin).status_code == 403


def test_five_misses_lock_even_the_right_password_out(desk: TestClient, tmp_path: Path) -> None:
    assert [sign_in(desk, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    locked = sign_in(desk, first_password(tmp_path))
    assert locked.status_code == 429
    assert 0 < locked.json()["error"]["details"]["seconds"] <= LOCKED.total_seconds()
    assert desk.get(ENTRIES).status_code == 401


def test_a_right_password_forgets_the_misses(desk: TestClient, tmp_path: Path) -> None:
    for _ in range(4):
        sign_in(desk, "wrong")
    assert sign_in(desk, first_password(tmp_path)).status_code == 204
    for _ in range(4):
        assert sign_in(desk, "wrong").status_code == 401


def test_another_password_ends_the_sessions_of_the_old_one(
    desk: TestClient, tmp_path: Path
) -> None:
    old = first_password(tmp_path)
    sign_in(desk, old)
    elsewhere = desk.cookies[COOKIE]
    change = {"password": old, "new": "夜里也开门的店真不错啊"}
    url = "/knowledge/session/password"
    assert desk.post(url, json={**change, "password": "no"}, headers=HOME).status_code == 401
    assert desk.post(url, json={**change, "new": "short"}, headers=HOME).status_code == 422
    assert desk.post(url, json=change, headers=HOME).status_code == 204
    assert desk.get(ENTRIES).status_code == 200
    assert not (tmp_path / PASSWORD_FILE).exists()
    desk.cookies.clear()
    desk.cookies.set(COOKIE, elsewhere)
    assert desk.get(ENTRIES).status_code == 401
    assert sign_in(desk, old).status_code == 401
    assert sign_in(desk, change["new"]).status_code == 204


def test_signing_out_and_the_end_of_a_day_end_the_session(
    desk: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(desk, first_password(tmp_path))
    kept = desk.cookies[COOKIE]
    assert desk.delete("/knowledge/session", headers=HOME).status_code == 204
    assert desk.get(ENTRIES).status_code == 401
    desk.cookies.set(COOKIE, kept)
    assert desk.get(ENTRIES).status_code == 200
    later = clock.now().replace(year=clock.now().year + 1).isoformat()
    monkeypatch.setenv(clock.CLOCK, later)
    assert desk.get(ENTRIES).status_code == 401


def test_a_service_that_refuses_or_is_down_is_said_to_be_unavailable(
    desk: TestClient, tmp_path: Path, service: Service
) -> None:
    sign_in(desk, first_password(tmp_path))
    service.status = 401
    assert desk.get(ENTRIES).json()["error"]["code"] == "unavailable"
    service.status = 409
    assert desk.get(ENTRIES).status_code == 409
