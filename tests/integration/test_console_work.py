"""What the people on duty change: orders, appointments, tickets and canned replies."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from nightdesk.backends.apps import backend_app
from nightdesk.desk.handoff.states import State
from nightdesk.merchant.profile import load_profile
from nightdesk.settings import ROOT
from tests.integration.console_world import API, ConsoleWorld
from tests.integration.databases import SqliteDatabases

PHONE = "13800138000"
ORDER = {"order_no": "QM1", "customer": {"phone": PHONE}, "status": "placed"}


def key(number: int) -> dict[str, str]:
    return {"Idempotency-Key": f"page-key-{number}"}


KEY = key(1)


@pytest.fixture
def world(sqlite_databases: SqliteDatabases) -> Iterator[ConsoleWorld]:
    with sqlite_databases.fresh() as database:
        yield ConsoleWorld(database)


@pytest.fixture
def me(world: ConsoleWorld) -> str:
    return world.account("li", "supervisor", "小李")


@pytest.fixture
def browser(world: ConsoleWorld, me: str) -> TestClient:
    return world.browser("li")


@pytest.fixture
def shop(sqlite_databases: SqliteDatabases) -> Iterator[ConsoleWorld]:
    """A console in front of the real tickets backend."""
    with sqlite_databases.fresh() as database:
        profile = load_profile(ROOT / "merchants/qiming")
        tickets = backend_app(database, profile, "token", ["tickets"])
        world = ConsoleWorld(database, httpx.ASGITransport(app=tickets))
        world.account("li", "supervisor", "小李")
        yield world


def actions(browser: TestClient) -> list[tuple[str, str]]:
    entries = browser.get(f"{API}/audit").json()["entries"]
    return [(entry["action"], entry["subject"]) for entry in entries]


def test_an_order_is_passed_on_once_under_the_pages_key_and_recorded(
    world: ConsoleWorld, me: str, browser: TestClient
) -> None:
    conversation = world.conversation("两桶机油")
    world.owned(conversation, State.HUMAN, agent_id=me)
    made = {**ORDER, "conversation_id": conversation}
    world.backends.answers["POST /orders"] = (201, made)
    wish = {"items": [{"sku": "A", "quantity": 2}], "conversation_id": conversation}
    answer = browser.post(f"{API}/orders", json=wish, headers=KEY)
    assert (answer.status_code, answer.json()) == (201, made)
    asked = world.backends.asked[-1]
    assert asked["body"] == {**wish, "channel": "web"}
    assert asked["key"] == "console-page-key-1"
    assert asked["token"] == "Bearer token"
    assert actions(browser)[0] == ("orders_created", "QM1")
    assert PHONE not in browser.get(f"{API}/audit").text


def test_nothing_is_made_without_a_conversation_or_a_key(
    world: ConsoleWorld, browser: TestClient
) -> None:
    conversation = world.conversation("你好")
    for kind in ("orders", "appointments", "tickets"):
        for body in ({}, {"conversation_id": "none"}, {"conversation_id": 3}):
            answer = browser.post(f"{API}/{kind}", json=body, headers=KEY)
            assert answer.json()["error"]["code"] == "no_conversation"
        body = {"conversation_id": conversation}
        assert browser.post(f"{API}/{kind}", json=body).status_code == 422
    assert world.backends.asked == []


def test_changes_and_refusals_of_a_backend_come_through(
    world: ConsoleWorld, browser: TestClient
) -> None:
    refusal = {"error": {"code": "slot_taken", "message": "", "details": {"alternatives": ["x"]}}}
    world.backends.answers["PATCH /appointments/AP1"] = (409, refusal)
    answer = browser.patch(f"{API}/appointments/AP1", json={"start": "x"}, headers=KEY)
    assert (answer.status_code, answer.json()) == (409, refusal)
    assert ("appointments_changed", "AP1") not in actions(browser)
    world.backends.answers["POST /orders/QM1/cancel"] = (200, ORDER)
    answer = browser.post(f"{API}/orders/QM1/cancel", headers=KEY)
    assert answer.json()["customer"]["phone"] == "138****8000", "it is nobody's conversation"
    assert actions(browser)[0] == ("orders_cancelled", "QM1")
    world.backends.down.add("orders")
    answer = browser.post(f"{API}/orders/QM1/cancel", headers=KEY)
    assert answer.json()["error"]["code"] == "unavailable"


def test_a_number_cannot_leave_its_place_in_the_path(
    world: ConsoleWorld, browser: TestClient
) -> None:
    for number in ("%2e%2e", "a%2Fb", ".."):
        browser.get(f"{API}/orders/{number}")
    assert all(one["path"].startswith("/orders/") for one in world.backends.asked)
    assert all(".." not in one["path"] for one in world.backends.asked)


def test_the_catalogue_is_asked_with_the_pages_parameters(
    world: ConsoleWorld, browser: TestClient
) -> None:
    world.backends.answers["GET /slots"] = (200, {"slots": []})
    query = {"service": "oil", "branch": "b1", "from": "2026-11-23"}
    assert browser.get(f"{API}/slots", params=query).json() == {"slots": []}
    assert world.backends.asked[-1]["service"] == "scheduling"
    assert world.backends.asked[-1]["params"] == query


def test_a_ticket_is_found_given_commented_and_resolved_and_the_customer_told_once(
    shop: ConsoleWorld,
) -> None:
    li = shop.browser("li")
    conversation = shop.conversation("灯坏了")
    wish = {
        "kind": "complaint",
        "subject": "灯坏了",
        "description": "左灯 100%_坏",
        "customer": {"phone": PHONE},
        "conversation_id": conversation,
    }
    made = li.post(f"{API}/tickets", json=wish, headers=KEY)
    assert made.status_code == 201
    url = f"{API}/tickets/{made.json()['ticket_no']}"
    given = li.patch(url, json={"assignee": "li", "status": "in_progress"}, headers=key(2))
    assert given.json()["assignee"] == "li"
    assert not given.json()["told"]
    nobody = li.patch(url, json={"assignee": "nobody"}, headers=key(3))
    assert nobody.status_code == 404
    for query, found in (
        ({"q": "灯"}, 1),
        ({"q": "100%_"}, 1),
        ({"q": "%%"}, 0),
        ({"q": PHONE}, 1),
        ({"assignee": "li"}, 1),
        ({"assignee": "wang"}, 0),
        ({"status": ["open", "in_progress"]}, 1),
        ({"status": "resolved"}, 0),
    ):
        page = li.get(f"{API}/tickets", params=query)
        assert len(page.json()["tickets"]) == found, query
        assert PHONE not in page.text
    comment = {"text": "已联系厂家"}
    said = li.post(f"{url}/comments", json=comment, headers=key(4))
    assert (said.json()["author"], said.json()["internal"]) == ("小李", True)
    done = {"status": "resolved", "outcome": "已换新灯"}
    for number, told in ((5, True), (6, False)):
        assert li.patch(url, json=done, headers=key(number)).json()["told"] is told
    lines = li.get(f"{API}/conversations/{conversation}").json()["lines"]
    assert [line["from"] for line in lines] == ["customer", "system"]
    assert "已换新灯" in lines[1]["text"]
    ticket = li.get(url).json()
    assert ticket["outcome"] == "已换新灯"
    assert "小李" in {entry["by"] for entry in ticket["events"]}
    changed = [action for action, _ in actions(li)]
    assert changed.count("ticket_changed") == 3
    assert "ticket_commented" in changed


def test_canned_replies_are_found_by_every_word_and_kept_by_supervisors(
    world: ConsoleWorld, browser: TestClient
) -> None:
    world.account("wang")
    wang = world.browser("wang")
    new = {"title": "运费", "text_zh": "满 80 元包邮", "text_en": ""}
    assert wang.post(f"{API}/canned", json=new).status_code == 403
    made = browser.post(f"{API}/canned", json=new).json()
    browser.post(f"{API}/canned", json={"title": "Hello", "text_en": "100% yours"})
    assert browser.post(f"{API}/canned", json={"title": "空", "text_zh": " "}).status_code == 422

    def found(q: str) -> list[str]:
        return [one["title"] for one in wang.get(f"{API}/canned", params={"q": q}).json()]

    assert found("") == ["Hello", "运费"]
    assert found("包邮 80") == ["运费"]
    assert found("包邮 90") == []
    assert found("%") == ["Hello"]
    url = f"{API}/canned/{made['id']}"
    assert wang.delete(url).status_code == 403
    assert browser.patch(url, json={"text_zh": "满 60 元包邮"}).json()["title"] == "运费"
    assert found("60") == ["运费"]
    assert browser.patch(url, json={"text_zh": ""}).status_code == 422
    assert browser.delete(url).status_code == 204
    assert browser.delete(url).status_code == 404
    assert found("") == ["Hello"]
