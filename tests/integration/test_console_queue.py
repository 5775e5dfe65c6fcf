"""What the console shows: the queue, however long, and a conversation with all that is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.console import items
from nightdesk.desk.handoff.model import AgentRating, Read, Transition
from nightdesk.desk.handoff.states import State
from tests.integration.console_world import API, ConsoleWorld

PHONE = "13800138000"


@pytest.fixture
def world(database: Database) -> ConsoleWorld:
    return ConsoleWorld(database)


@pytest.fixture
def me(world: ConsoleWorld) -> str:
    return world.account("li", name="小李")


@pytest.fixture
def browser(world: ConsoleWorld, me: str) -> TestClient:
    return world.browser("li")


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_queue_puts_everybody_where_they_belong(
    world: ConsoleWorld, me: str, browser: TestClient
) -> None:
    other = world.account("wang", name="小王")
    now = clock.now()
    soon, late = now + timedelta(minutes=1), now + timedelta(hours=9)
    waiting = {
        name: world.conversation("在吗")
        for name in ("normal, due late", "normal, due soon", "urgent", "low")
    }
    for name, conversation in waiting.items():
        due = soon if name.endswith("soon") else late
        priority = name.partition(",")[0]
        world.owned(conversation, State.WAITING, priority=priority, due_at=due, reason="asked")
    mine, theirs = world.conversation("我要退货"), world.conversation("发票呢")
    world.owned(mine, State.HUMAN, agent_id=me)
    world.owned(theirs, State.HUMAN, agent_id=other)
    calls = [world.conversation("打给我"), world.conversation("明早打给我")]
    for conversation, due in zip(calls, (late, soon), strict=True):
        world.owned(conversation, State.BOT, callback=True, due_at=due, ticket_no="TK1")
    bots = [world.conversation("你好"), world.conversation("运费多少")]
    world.conversation("昨天的事", at=now - timedelta(days=2))
    world.owned(world.conversation("谢谢"), State.CLOSED)

    queue = browser.get(f"{API}/queue").json()
    order = ("urgent", "normal, due soon", "normal, due late", "low")
    assert [item["id"] for item in queue["waiting"]] == [waiting[name] for name in order]
    assert [item["id"] for item in queue["mine"]] == [mine]
    assert queue["others"][0]["agent"] == {"id": other, "name": "小王"}
    assert [item["id"] for item in queue["callbacks"]] == calls[::-1]
    assert [item["id"] for item in queue["bot"]] == bots[::-1]
    assert queue["counts"] == {"waiting": 4, "mine": 1, "others": 1, "callbacks": 2}
    first = queue["waiting"][0]
    assert first["state"] == "waiting"
    assert first["reason"] == "asked"
    assert first["last"]["from"] == "customer"
    assert queue["bot"][0]["version"] == 0


def test_an_item_counts_what_is_unread_and_shows_no_number_in_full(
    world: ConsoleWorld, browser: TestClient
) -> None:
    conversation = world.conversation("我要投诉")
    read = world.say(conversation, "订单错了")
    last = world.say(conversation, f"打我电话 {PHONE}\n现在就打" + "，快点" * 60)
    world.say(conversation, "好的", "bot")
    world.say(conversation, f"号码是{PHONE}")
    world.understood(conversation, last, customer={"name": "张伟", "phone": PHONE})
    world.owned(conversation, State.WAITING, priority="high")
    with world.database.write() as session:
        session.add(
            Read(conversation_id=conversation, side="agent", message_id=read, at=clock.now())
        )
    answer = browser.get(f"{API}/queue")
    (item,) = answer.json()["waiting"]
    assert item["unread"] == 2
    assert item["customer"] == {"name": "张伟", "phone_masked": "138****8000"}
    assert len(item["last"]["text"]) <= items.LONGEST_TEXT
    assert "\n" not in item["last"]["text"]
    assert PHONE not in answer.text


def test_a_thousand_who_wait_take_no_more_queries_than_one(world: ConsoleWorld, me: str) -> None:
    def look(limit: int) -> tuple[dict[str, Any], int]:
        with counted(world.database) as statements, world.database.read() as session:
            queue = items.queue(session, me, limit)
        return queue, len(statements)

    world.owned(world.conversation("一"), State.WAITING, priority="low")
    _, few = look(10)
    with world.database.write() as session:
        for number in range(1000):
            values = {"id": f"many{number}", "at": clock.now()}
            session.execute(
                items.Conversation.__table__.insert().values(
                    id=values["id"], channel="web", created_at=values["at"], collected_id=0
                )
            )
            session.execute(
                items.Message.__table__.insert().values(
                    conversation_id=values["id"], sender="customer", text="在吗", at=values["at"]
                )
            )
            session.execute(
                items.Ownership.__table__.insert().values(
                    conversation_id=values["id"],
                    state="waiting",
                    version=1,
                    priority="normal",
                    since=values["at"],
                    callback=False,
                )
            )
    many, queries = look(1000)
    assert len(many["waiting"]) == 1000
    assert many["counts"]["waiting"] == 1001
    assert queries == few <= 12


def test_a_conversation_shows_everything_to_its_owner(
    world: ConsoleWorld, me: str, browser: TestClient
) -> None:
    conversation = world.conversation("两桶机油")
    asked = world.say(conversation, f"我叫张伟，电话{PHONE}")
    facts = {"intent": "order", "customer": {"phone": PHONE}, "cart": [{"sku": "A", "quantity": 2}]}
    world.understood(conversation, asked, **facts)
    world.owned(conversation, State.HUMAN, agent_id=me)
    with world.database.write() as session:
        session.add(
            Transition(
                conversation_id=conversation,
                from_state="waiting",
                to_state="human",
                cause="claimed",
                agent_id=me,
                version=1,
                at=clock.now(),
                details={},
            )
        )
        session.add(
            AgentRating(
                conversation_id=conversation, agent_id=me, score=9, reason="快", at=clock.now()
            )
        )
    orders = [{"order_no": "QM1", "customer": {"phone": PHONE}}]
    world.backends.answers["GET /orders"] = (200, {"orders": orders})
    world.backends.answers["GET /tickets"] = (200, {"tickets": []})
    world.backends.down.add("scheduling")
    note = browser.post(f"{API}/conversations/{conversation}/notes", json={"text": " 老客户 "})
    assert note.status_code == 201
    whole = browser.get(f"{API}/conversations/{conversation}").json()
    assert [line["text"] for line in whole["lines"]] == ["两桶机油", f"我叫张伟，电话{PHONE}"]
    assert whole["turns"] == [{"message_id": asked, **facts}]
    assert whole["bot"] == facts
    assert whole["orders"] == orders
    assert whole["appointments"] == {"error": "unavailable"}
    assert whole["tickets"] == []
    assert whole["reads"] == {"customer": 0, "agent": 0}
    assert whole["transitions"][0]["agent"] == {"id": me, "name": "小李"}
    assert whole["notes"] == [note.json()]
    assert whole["notes"][0]["text"] == "老客户"
    assert [one["score"] for one in whole["ratings"]] == [9]
    assert not whole["more"]
    assert {one["params"]["conversation_id"] for one in world.backends.asked} == {conversation}
    assert {one["token"] for one in world.backends.asked} == {"Bearer token"}


def test_who_does_not_serve_the_customer_sees_no_number(
    world: ConsoleWorld, browser: TestClient
) -> None:
    conversation = world.conversation()
    asked = world.say(conversation, f"电话{PHONE}，住张江路88号")
    world.understood(conversation, asked, customer={"phone": PHONE}, entities=[{"value": PHONE}])
    orders = [{"order_no": "QM1", "address": "张江路88号", "customer": {"phone": PHONE}}]
    world.backends.answers["GET /orders"] = (200, {"orders": orders})
    answer = browser.get(f"{API}/conversations/{conversation}")
    assert PHONE not in answer.text
    assert "88号" not in answer.text
    assert answer.json()["orders"][0]["customer"]["phone"] == "138****8000"
    assert answer.json()["orders"][0]["order_no"] == "QM1"


def test_long_conversations_come_in_pages(
    world: ConsoleWorld, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk.desk.console.lines.LONGEST_PAGE", 3)
    conversation = world.conversation(*"一二三四五")
    url = f"{API}/conversations/{conversation}"
    page = browser.get(url).json()
    assert [line["text"] for line in page["lines"]] == ["三", "四", "五"]
    assert page["more"]
    first = page["lines"][0]["id"]
    older = browser.get(url, params={"before": first}).json()
    assert [line["text"] for line in older["lines"]] == ["一", "二"]
    assert not older["more"]
    newer = browser.get(url, params={"after": first}).json()
    assert [line["text"] for line in newer["lines"]] == ["四", "五"]


def test_an_unknown_conversation_is_404(browser: TestClient) -> None:
    assert browser.get(f"{API}/conversations/none").status_code == 404
    notes = browser.post(f"{API}/conversations/none/notes", json={"text": "x"})
    assert notes.status_code == 404
    assert browser.get(f"{API}/conversations/none/suggestions").status_code == 404


def test_suggestions_answer_the_customers_last_words(
    world: ConsoleWorld, browser: TestClient
) -> None:
    conversation = world.conversation("运费怎么算")
    hits = [
        {"id": "fee", "question": "运费？", "answer": "10 元", "score": 0.9},
        {"id": "time", "question": "多久到？", "answer": "2 天", "score": 0.2},
    ]
    url = f"{API}/conversations/{conversation}/suggestions"
    answer = (200, {"hits": hits, "answerable": True})
    world.backends.answers["GET /knowledge/search"] = answer
    found = browser.get(url).json()
    assert [(hit["id"], hit["answerable"]) for hit in found] == [("fee", True), ("time", False)]
    assert found[0]["answer"] == "10 元"
    assert world.backends.asked[-1]["params"]["q"] == "运费怎么算"
    browser.get(url, params={"q": "包邮吗"})
    assert world.backends.asked[-1]["params"]["q"] == "包邮吗"
    world.backends.down.add("knowledge")
    assert browser.get(url).status_code == 503
