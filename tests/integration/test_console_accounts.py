"""Who may use the console: signing in and out, lockout, roles, presence, the first account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from nightdesk import clock
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database
from nightdesk.desk.console.sessions import COOKIE
from nightdesk.desk.misses import LOCKED, Door, Misses
from nightdesk.desk.passwords import hashed
from tests.integration.console_world import API, HOME, PASSWORD, ConsoleWorld, sign_in
from tests.integration.databases import SqliteDatabases

NEW = "另一个足够长的新密码"


@pytest.fixture
def world(sqlite_databases: SqliteDatabases) -> Iterator[ConsoleWorld]:
    with sqlite_databases.fresh() as database:
        yield ConsoleWorld(database)


@pytest.fixture
def browser(world: ConsoleWorld) -> TestClient:
    world.account("li", name="小李")
    return world.browser("li")


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setenv(clock.CLOCK, (clock.now() + by).isoformat())


def test_the_first_account_has_the_shops_first_password_and_is_made_once(
    world: ConsoleWorld,
) -> None:
    world.context.accounts.first(hashed("the first password"))
    world.context.accounts.first(hashed("another password"))
    browser = world.browser()
    answer = sign_in(browser, " Admin ", "the first password")
    assert answer.json()["agent"]["role"] == "admin"
    assert [one["login"] for one in browser.get(f"{API}/agents").json()] == ["admin"]


def test_a_session_is_a_cookie_for_the_console_alone_and_no_password_is_kept(
    world: ConsoleWorld,
) -> None:
    world.account("li", name="小李")
    browser = world.browser()
    cookie = sign_in(browser, "li").headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/console"):
        assert part in cookie
    told = browser.get(f"{API}/session").json()
    assert told["agent"] == {
        "id": told["agent"]["id"],
        "login": "li",
        "name": "小李",
        "role": "agent",
        "away": False,
    }
    assert told["shop"]["name"]["zh"]
    assert isinstance(told["shop"]["hours_open"], bool)
    assert told["version"]
    with world.database.read() as session:
        kept = session.execute("SELECT password_hash FROM desk_agents").scalar_one()
        hashes = session.execute("SELECT id FROM desk_agent_sessions").scalars().all()
    assert kept.startswith("$argon2id$")
    assert browser.cookies[COOKIE] not in hashes


def test_the_shops_hours_are_told_with_the_next_opening_only_while_it_is_closed(
    world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.account("li")
    for moment, is_open, opening in (
        ("2026-11-23T12:00:00+08:00", True, None),
        ("2026-11-23T03:00:00+08:00", False, "2026-11-23T09:00:00+08:00"),
    ):
        monkeypatch.setenv(clock.CLOCK, moment)
        shop = world.browser("li").get(f"{API}/session").json()["shop"]
        assert (shop["hours_open"], shop["next_opening"]) == (is_open, opening)


def test_without_a_session_every_endpoint_says_401(world: ConsoleWorld) -> None:
    stranger = world.browser()
    asked = 0
    for route in world.app.routes:
        path = getattr(route, "path", "")
        if not path.startswith(API):
            continue
        for method in route.methods - {"HEAD"}:  # type: ignore[attr-defined]
            if (method, path) == ("POST", f"{API}/session"):
                continue
            url = path.replace("{", "").replace("}", "")
            headers = {"Idempotency-Key": "k" * 8}
            answer = stranger.request(method, url, headers=headers, json={})
            assert answer.status_code == 401, (method, path)
            asked += 1
    assert asked > 25


def test_a_write_from_another_site_is_refused(world: ConsoleWorld, browser: TestClient) -> None:
    for origin in ("https://evil.example", "null"):
        refused = browser.put(f"{API}/presence", json={"away": True}, headers={"Origin": origin})
        assert refused.status_code == 403
        body = {"login": "li", "password": PASSWORD}
        answer = browser.post(f"{API}/session", json=body, headers={"Origin": origin})
        assert answer.status_code == 403
    assert browser.put(f"{API}/presence", json={"away": True}).status_code == 204


def test_sessions_end_by_signing_out_by_time_and_by_deactivation(
    world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = world.account("li")
    out, old, dismissed = world.browser("li"), world.browser("li"), world.browser("li")
    kept = out.cookies[COOKIE]
    assert out.delete(f"{API}/session").status_code == 204
    out.cookies.set(COOKIE, kept, path="/console")
    assert out.get(f"{API}/queue").status_code == 401
    assert old.get(f"{API}/queue").status_code == 200
    world.account("boss", "admin")
    boss = world.browser("boss")
    assert boss.patch(f"{API}/agents/{li}", json={"active": False}).status_code == 200
    assert dismissed.get(f"{API}/queue").status_code == 401
    assert sign_in(dismissed, "li").status_code == 401
    later(monkeypatch, timedelta(hours=12, seconds=1))
    assert boss.get(f"{API}/queue").status_code == 401


def test_another_password_ends_the_sessions_under_the_old_one_but_this(
    world: ConsoleWorld, browser: TestClient
) -> None:
    elsewhere = world.browser("li")
    url = f"{API}/session/password"
    assert browser.post(url, json={"old": "no", "new": NEW}).status_code == 403
    assert browser.post(url, json={"old": PASSWORD, "new": "short"}).status_code == 422
    assert browser.post(url, json={"old": PASSWORD, "new": NEW}).status_code == 204
    assert browser.get(f"{API}/queue").status_code == 200
    assert elsewhere.get(f"{API}/queue").status_code == 401
    assert sign_in(elsewhere, "li").status_code == 401
    assert sign_in(elsewhere, "li", NEW).status_code == 200


def test_five_misses_lock_a_login_out_even_with_the_right_password(world: ConsoleWorld) -> None:
    world.account("li")
    world.account("wang")
    browser = world.browser()
    answers = [sign_in(browser, "li", "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    locked = sign_in(browser, "li")
    assert locked.status_code == 429
    assert 0 < locked.json()["error"]["details"]["seconds"] <= LOCKED.total_seconds()
    assert sign_in(browser, "wang").status_code == 200, "a colleague at the same address"


def test_an_unknown_login_is_told_nothing_else_than_a_wrong_password(world: ConsoleWorld) -> None:
    world.account("li")
    browser = world.browser()
    unknown, wrong = sign_in(browser, "nobody"), sign_in(browser, "li", "wrong")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()


def test_every_desk_process_knows_the_misses_and_old_ones_open_the_lock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = [Door("a"), Door("b", most=7)]
    for _ in range(5):
        Misses(database).knock(doors)
    with pytest.raises(ServiceError) as locked:
        Misses(database).knock(doors)
    assert locked.value.code == "locked"
    Misses(database).knock([Door("b", most=7)])
    Misses(database).clear([Door("a")])
    Misses(database).knock(doors)
    with pytest.raises(ServiceError):
        Misses(database).knock(doors)
    later(monkeypatch, LOCKED + timedelta(seconds=1))
    Misses(database).knock(doors)


def test_only_admins_make_and_change_accounts(world: ConsoleWorld, browser: TestClient) -> None:
    new = {"login": "Wang", "name": "小王", "role": "supervisor", "password": PASSWORD}
    assert browser.post(f"{API}/agents", json=new).status_code == 403
    world.account("boss", "admin")
    boss = world.browser("boss")
    made = boss.post(f"{API}/agents", json=new)
    assert made.status_code == 201
    assert made.json()["login"] == "wang"
    assert boss.post(f"{API}/agents", json=new).json()["error"]["code"] == "login_taken"
    assert boss.post(f"{API}/agents", json={**new, "login": "a b"}).status_code == 422
    url = f"{API}/agents/{made.json()['id']}"
    assert browser.patch(url, json={"role": "admin"}).status_code == 403
    assert boss.patch(url, json={"name": "王姐"}).json()["name"] == "王姐"
    assert boss.patch(f"{API}/agents/none", json={"name": "x"}).status_code == 404
    wang = world.browser("wang")
    assert wang.get(f"{API}/audit").status_code == 200
    assert browser.get(f"{API}/audit").status_code == 403


def test_there_is_always_one_active_admin(world: ConsoleWorld) -> None:
    me = world.account("boss", "admin")
    boss = world.browser("boss")
    for change in ({"active": False}, {"role": "agent"}):
        refused = boss.patch(f"{API}/agents/{me}", json=change)
        assert refused.json()["error"]["code"] == "last_admin"
    world.account("second", "admin")
    assert boss.patch(f"{API}/agents/{me}", json={"role": "agent"}).status_code == 200


def test_who_was_seen_within_a_minute_is_present_and_may_be_away(
    world: ConsoleWorld, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.account("wang")

    def seen() -> dict[str, tuple[bool, bool]]:
        people = world.context.accounts.everyone()
        return {one.person.login: (one.present, one.person.away) for one in people}

    assert seen() == {"li": (True, False), "wang": (False, False)}
    browser.put(f"{API}/presence", json={"away": True})
    assert seen()["li"] == (True, True)
    later(monkeypatch, timedelta(seconds=61))
    assert seen()["li"] == (False, True)
    browser.get(f"{API}/queue")
    assert seen()["li"] == (True, True)
    browser.delete(f"{API}/session")
    assert seen()["li"] == (False, True)


def test_what_admins_do_stands_in_the_audit_without_passwords(world: ConsoleWorld) -> None:
    world.account("boss", "admin")
    boss = world.browser("boss")
    new = {"login": "wang", "name": "小王", "role": "agent", "password": PASSWORD}
    made = boss.post(f"{API}/agents", json=new).json()
    boss.patch(f"{API}/agents/{made['id']}", json={"password": NEW, "role": "supervisor"})
    page = boss.get(f"{API}/audit").json()
    newest, added = page["entries"][:2]
    assert newest["action"] == "agent_changed"
    assert newest["agent"]["name"] == "Boss"
    assert newest["subject"] == "wang"
    assert newest["details"] == {"role": "supervisor", "password": "changed"}
    assert added["action"] == "agent_added"
    assert not page["more"]
    text = boss.get(f"{API}/audit").text
    assert PASSWORD not in text
    assert "argon2" not in text


def test_a_body_that_is_no_json_object_is_refused(browser: TestClient) -> None:
    answer = browser.put(f"{API}/presence", content="no", headers=HOME)
    assert answer.status_code == 422
