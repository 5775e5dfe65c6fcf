"""Who has a conversation, from the console's side: taking, handing on and back, ending, writing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from nightdesk.database import Database
from nightdesk.desk.handoff.states import State
from tests.integration.console_world import API, ConsoleWorld

TRIES = 20


@pytest.fixture
def world(database: Database) -> ConsoleWorld:
    world = ConsoleWorld(database)
    world.account("li", name="小李")
    return world


@pytest.fixture
def li(world: ConsoleWorld) -> TestClient:
    return world.browser("li")


@pytest.fixture
def waiting(world: ConsoleWorld) -> str:
    conversation = world.conversation("转人工")
    world.owned(conversation, State.WAITING, priority="normal")
    return conversation


def do(browser: TestClient, conversation: str, action: str, **body: Any) -> httpx.Response:
    return browser.post(f"{API}/conversations/{conversation}/{action}", json=body)


def said(browser: TestClient, conversation: str) -> list[tuple[str, str]]:
    lines = browser.get(f"{API}/conversations/{conversation}").json()["lines"]
    return [(line["from"], line["text"]) for line in lines]


def test_a_person_takes_writes_and_gives_back(
    world: ConsoleWorld, li: TestClient, waiting: str
) -> None:
    taken = do(li, waiting, "claim", version=1)
    assert taken.status_code == 200
    item = taken.json()
    assert (item["state"], item["agent"]["name"], item["version"]) == ("human", "小李", 2)
    message = {"text": "您好，我来看看", "client_message_id": "m-1"}
    line = do(li, waiting, "messages", **message)
    assert line.status_code == 201
    assert line.json()["from"] == "agent"
    assert line.json()["agent"] == "小李"
    assert line.json()["client_message_id"] == "m-1"
    assert do(li, waiting, "messages", **message).json()["id"] == line.json()["id"]
    back = do(li, waiting, "hand-back", version=2, recap="明天送到").json()
    assert (back["state"], back["agent"], back["version"]) == ("bot", None, 3)
    assert world.kicked == [waiting]
    lines = said(li, waiting)
    assert [who for who, _ in lines] == ["customer", "system", "agent", "system"]
    assert "小李" in lines[1][1]
    assert "明天送到" in lines[3][1]
    whole = li.get(f"{API}/conversations/{waiting}").json()
    assert [step["cause"] for step in whole["transitions"]] == ["claimed", "handed_back"]


def test_of_many_who_take_at_once_one_has_it_and_the_others_are_told_who(
    world: ConsoleWorld,
) -> None:
    logins = ("a", "b", "c")
    for login in logins:
        world.account(login)
    browsers = [world.browser(login) for login in logins]
    with ThreadPoolExecutor(len(logins)) as pool:
        for _ in range(TRIES):
            conversation = world.conversation("转人工")
            world.owned(conversation, State.WAITING, priority="normal")
            answers = list(
                pool.map(
                    lambda browser, one=conversation: do(browser, one, "claim", version=1),
                    browsers,
                )
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
            owner = next(answer for answer in answers if answer.status_code == 200).json()
            for answer in answers:
                if answer.status_code == 409:
                    error = answer.json()["error"]
                    assert error["code"] == "stale"
                    assert error["details"]["owner"]["agent"] == owner["agent"]
                    assert error["details"]["owner"]["version"] == 2


def test_it_is_handed_to_a_colleague_who_then_alone_may_write(
    world: ConsoleWorld, li: TestClient, waiting: str
) -> None:
    wang = world.account("wang", name="小王")
    gone = world.account("gone")
    world.context.accounts.change(gone, {"active": False})
    do(li, waiting, "claim", version=1)
    for nobody in ("nobody", gone):
        refused = do(li, waiting, "transfer", version=2, to=nobody)
        assert refused.json()["error"]["code"] == "no_colleague"
    assert do(li, waiting, "transfer", version=1, to=wang).status_code == 409
    moved = do(li, waiting, "transfer", version=2, to=wang).json()
    assert moved["agent"] == {"id": wang, "name": "小王"}
    late = do(li, waiting, "messages", text="还有一句", client_message_id="late")
    assert late.status_code == 403
    assert late.json()["error"]["code"] == "not_owner"
    assert late.json()["error"]["details"]["owner"]["agent"]["name"] == "小王"
    own = do(world.browser("wang"), waiting, "messages", text="我是小王", client_message_id="w")
    assert own.status_code == 201


def test_only_its_owner_or_a_supervisor_ends_it(
    world: ConsoleWorld, li: TestClient, waiting: str
) -> None:
    world.account("wang")
    world.account("boss", "supervisor")
    do(li, waiting, "claim", version=1)
    assert do(world.browser("wang"), waiting, "close", version=2).status_code == 403
    closed = do(world.browser("boss"), waiting, "close", version=2, outcome="已退款")
    assert closed.json()["state"] == "closed"
    impossible = do(li, waiting, "hand-back", version=3)
    assert impossible.json()["error"]["code"] == "impossible"
    assert impossible.json()["error"]["details"]["owner"]["state"] == "closed"


def test_what_is_read_and_typed_counts_only_from_its_owner(
    world: ConsoleWorld, li: TestClient, waiting: str
) -> None:
    world.account("wang")
    wang = world.browser("wang")
    do(li, waiting, "claim", version=1)
    newest = li.get(f"{API}/conversations/{waiting}").json()["lines"][-1]["id"]

    def read() -> int:
        reads = li.get(f"{API}/conversations/{waiting}").json()["reads"]
        return int(reads["agent"])

    assert do(wang, waiting, "read", message_id=newest).status_code == 204
    assert read() == 0
    assert do(li, waiting, "read", message_id=newest).status_code == 204
    assert read() == newest
    assert do(wang, waiting, "typing").status_code == 204
    assert do(li, waiting, "typing").status_code == 204
    with world.database.read() as session:
        typed = session.execute("SELECT side, name FROM desk_typing").all()
    assert [tuple(row) for row in typed] == [("agent", "小李")]


def test_an_empty_line_a_wrong_name_and_an_unknown_conversation_are_refused(
    li: TestClient, waiting: str
) -> None:
    do(li, waiting, "claim", version=1)
    blank = do(li, waiting, "messages", text=" \u200b ", client_message_id="m")
    assert blank.status_code == 422
    assert do(li, waiting, "messages", text="好", client_message_id="a b").status_code == 422
    assert do(li, waiting, "messages", text="好" * 4001, client_message_id="m").status_code == 422
    for action, body in (
        ("claim", {"version": 0}),
        ("hand-back", {"version": 0}),
        ("close", {"version": 0}),
        ("messages", {"text": "好", "client_message_id": "m"}),
    ):
        assert do(li, "none", action, **body).status_code == 404


def test_every_step_stands_in_the_audit(world: ConsoleWorld, li: TestClient, waiting: str) -> None:
    do(li, waiting, "claim", version=1)
    do(li, waiting, "messages", text="电话 13800138000", client_message_id="m")
    do(li, waiting, "close", version=2, outcome="打 13800138000 说好了")
    world.account("boss", "supervisor")
    answer = world.browser("boss").get(f"{API}/audit")
    steps = [(one["action"], one["subject"]) for one in answer.json()["entries"]]
    assert steps[2:5] == [("closed", waiting), ("wrote", waiting), ("claimed", waiting)]
    assert "13800138000" not in answer.text
