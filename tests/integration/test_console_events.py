"""The push to the consoles, over real sockets: what is said in any desk process, once for each."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from nightdesk.database import Database
from nightdesk.desk.console.news import News, Seen
from nightdesk.desk.handoff.states import State
from tests.integration.console_world import API, PASSWORD, ConsoleWorld
from tests.integration.desk_world import PATIENCE, Server, until

PHONE = "13800138000"
_ENDED = {"event": "ended"}


def says(text: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["event"] == "message" and event["data"]["text"] == text


def names(conversation: str, line: int) -> Callable[[dict[str, Any]], bool]:
    """Whether an event says that there is this line, and not what it says."""
    data = {"conversation_id": conversation, "id": line}
    return lambda event: event["event"] == "line" and event["data"] == data


class Console:
    """An open page: collects the events that it is sent."""

    def __init__(self, url: str, login: str) -> None:
        headers = {"Origin": url}
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False, headers=headers)
        body = {"login": login, "password": PASSWORD}
        self.http.post(f"{API}/session", json=body).raise_for_status()
        self.seen: list[dict[str, Any]] = []

    @contextmanager
    def listening(self, last: int | None = None) -> Iterator[Console]:
        """Until the end of the block; events are in ``seen``."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        opened: queue.Queue[httpx.Response | None] = queue.Queue()
        thread = threading.Thread(target=self._read, args=(headers, opened), daemon=True)
        thread.start()
        response = opened.get(timeout=PATIENCE)
        assert response is not None
        assert response.status_code == 200
        try:
            self.wait(lambda event: event["event"] == "presence")
            yield self
        finally:
            self.http.close()
            response.close()

    def _read(self, headers: dict[str, str], opened: queue.Queue[httpx.Response | None]) -> None:
        try:
            with self.http.stream(
                "GET", f"{API}/events", headers=headers, timeout=None
            ) as response:
                opened.put(response)
                event: dict[str, Any] = {}
                for row in response.iter_lines():
                    name, _, value = row.partition(": ")
                    if row == "" and event:
                        self.seen.append(event)
                        event = {}
                    elif name in ("event", "id"):
                        event[name] = value
                    elif name == "data":
                        event["data"] = json.loads(value)
        except (httpx.HTTPError, RuntimeError):
            pass
        opened.put(None)
        self.seen.append(_ENDED)

    def wait(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first event that fits, within 20 s."""
        return dict(until(lambda: next((one for one in self.seen if fits(one)), None)))

    def lines(self) -> list[str]:
        return [one["data"]["text"] for one in self.seen if one["event"] == "message"]


class Desks:
    """Two desk processes' consoles on one database."""

    def __init__(self, database: Database) -> None:
        self.worlds = [ConsoleWorld(database), ConsoleWorld(database)]
        self.servers = [Server(world.app) for world in self.worlds]
        for server in self.servers:
            server.start()

    def close(self) -> None:
        for server in self.servers:
            server.stop()


@pytest.fixture
def desks(database: Database) -> Iterator[Desks]:
    desks = Desks(database)
    try:
        yield desks
    finally:
        desks.close()


def test_what_is_said_is_pushed_once_to_its_owner_and_named_to_the_others(desks: Desks) -> None:
    world = desks.worlds[0]
    li, _ = world.account("li"), world.account("wang")
    with ExitStack() as stack:
        owner = stack.enter_context(Console(desks.servers[0].url, "li").listening())
        other = stack.enter_context(Console(desks.servers[1].url, "wang").listening())
        conversation = world.conversation("早上好")
        world.owned(conversation, State.HUMAN, agent_id=li)
        world.say(conversation, f"电话{PHONE}")
        last = world.say(conversation, "完")
        owner.wait(says("完"))
        other.wait(names(conversation, last))
        for console in (owner, other):
            console.wait(lambda event: event["event"] == "queue")
        assert owner.lines()[-2:] == [f"电话{PHONE}", "完"]
        assert other.lines() == []
        told = [one["data"]["id"] for one in other.seen if one["event"] == "line"]
        assert len(told) == len(set(told)) == 3
        assert PHONE not in json.dumps(other.seen)
        assert owner.wait(says("完"))["id"] == str(last)


def test_after_a_lost_connection_the_missed_lines_come_first(desks: Desks) -> None:
    world = desks.worlds[0]
    conversation = world.conversation()
    world.owned(conversation, State.HUMAN, agent_id=world.account("li"))
    known = world.say(conversation, "一")
    world.say(conversation, "二")
    world.say(conversation, "三")
    with Console(desks.servers[0].url, "li").listening(last=known) as console:
        world.say(conversation, "四")
        console.wait(says("四"))
        assert console.lines() == ["二", "三", "四"]


def test_typing_and_presence_cross_from_desk_to_desk(desks: Desks) -> None:
    here, there = desks.worlds
    here.account("li", name="小李")
    here.account("wang", name="小王")
    conversation = here.conversation("在吗")
    with Console(desks.servers[0].url, "li").listening() as console:
        there.context.typing.mark(conversation, "customer")
        typed = console.wait(lambda event: event["event"] == "typing")
        assert typed["data"] == {"conversation_id": conversation, "from": "customer"}
        wang = Console(desks.servers[1].url, "wang")

        def present(event: dict[str, Any]) -> bool:
            people = event["data"] if event["event"] == "presence" else []
            return any(one["login"] == "wang" and one["present"] for one in people)

        console.wait(present)
        wang.http.put(f"{API}/presence", json={"away": True})
        console.wait(
            lambda event: (
                event["event"] == "presence"
                and any(one["login"] == "wang" and one["away"] for one in event["data"])
            )
        )


def test_the_stream_ends_with_the_session(desks: Desks) -> None:
    world = desks.worlds[0]
    li = world.account("li")
    world.account("boss", "admin")
    with Console(desks.servers[0].url, "li").listening() as console:
        Console(desks.servers[1].url, "boss").http.patch(
            f"{API}/agents/{li}", json={"active": False}
        ).raise_for_status()
        console.wait(lambda event: event == _ENDED)


def test_too_much_to_catch_up_with_is_said_instead_of_sent(database: Database) -> None:
    world = ConsoleWorld(database)
    conversation = world.conversation(*"一二三四")
    news = News(database, world.context.accounts, world.context.typing)
    newest = world.say(conversation, "五")
    assert news.missed(newest - 5, most=3) is None
    missed = news.missed(newest - 2, most=10)
    assert missed is not None
    assert [event.data["text"] for event in missed if event.line_id > newest - 2] == ["四", "五"]


def test_a_line_committed_after_one_with_a_higher_id_is_not_lost() -> None:
    seen = Seen()
    seen.begin(10)
    assert seen.new([12]) == {12}
    assert seen.floor == 10
    assert seen.new([11, 12]) == {11}
    assert seen.new([11, 12, 13]) == {13}
