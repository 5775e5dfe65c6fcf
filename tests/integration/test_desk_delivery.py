"""Messages to Rasa and back: nothing lost, nothing doubled, in order, and never silence."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from nightdesk.database import Database
from nightdesk.running import ports
from tests.integration.desk_world import PATIENCE, Visitor, World, until


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """Over each of the two databases; Rasa is up."""
    with World(tmp_path, database.engine.url.render_as_string(hide_password=False)) as world:
        yield world


def test_a_message_is_answered_and_kept_with_its_answer(world):
    world.rasa.server.start()
    visitor = Visitor(world.desk())
    answer = visitor.say("来两桶机油", "m1")
    assert answer["status"] == "bot"
    assert [(m["from"], m["text"]) for m in answer["messages"]] == [("bot", "您说：来两桶机油")]
    assert visitor.said() == [("customer", "来两桶机油"), ("bot", "您说：来两桶机油")]


def test_rasa_gets_the_session_the_message_id_the_channel_and_the_language(world):
    world.rasa.server.start()
    visitor = Visitor(world.desk())
    visitor.say("I would like some oil", "m1")
    request = world.rasa.requests[0]
    assert request["sender"] == visitor.id
    assert request["metadata"]["channel"] == "web"
    assert request["metadata"]["language"] == "en"
    assert request["metadata"]["message_id"]


@pytest.mark.parametrize("mood", ["500", "nonsense", "empty", "lost", "lost_empty", "slow"])
def test_one_failure_is_overcome_without_the_customer_noticing(world, mood):
    world.rasa.server.start()
    world.rasa.moods.append(mood)
    visitor = Visitor(world.desk(rasa_timeout=1.0) if mood == "slow" else world.desk())
    answer = visitor.say("来两桶机油", "m1")
    assert answer["status"] == "bot"
    assert [m["text"] for m in answer["messages"]] == ["您说：来两桶机油"]
    assert world.rasa.said(visitor.id) == ["来两桶机油"]


def test_a_message_that_rasa_took_in_silence_is_sent_again(world):
    world.rasa.server.start()
    world.rasa.moods.append("silent")
    visitor = Visitor(world.desk())
    assert [m["text"] for m in visitor.say("好", "m1")["messages"]] == ["您说：好"]


def test_rasa_down_gives_an_honest_sentence_and_the_answer_comes_later(world):
    visitor = Visitor(world.desk(patience=0.3))
    with visitor.events() as events:
        answer = visitor.say("来两桶机油", "m1")
        assert answer["status"] == "failed"
        assert [m["from"] for m in answer["messages"]] == ["system"]
        assert "记下" in answer["messages"][0]["text"]
        world.rasa.server.start()
        pushed = [next(events) for _ in range(3)]
    assert [m["from"] for m in pushed] == ["customer", "system", "bot"]
    assert pushed[2]["text"] == "您说：来两桶机油"
    assert pushed == visitor.transcript()
    assert world.rasa.said(visitor.id) == ["来两桶机油"]
    repeated = visitor.say("来两桶机油", "m1")
    assert repeated["status"] == "bot"
    assert [m["from"] for m in repeated["messages"]] == ["system", "bot"]


def test_an_english_customer_gets_the_apology_in_english(world):
    visitor = Visitor(world.desk(patience=0.2))
    assert "Sorry" in visitor.say("two cans of oil please", "m1")["messages"][0]["text"]
    assert "Sorry" in visitor.say("13800138000", "m2")["messages"][0]["text"]


def test_what_waits_is_answered_in_order_when_rasa_is_back(world):
    visitor = Visitor(world.desk(patience=0.3))
    for number in range(3):
        assert visitor.say(f"第{number}句话", f"m{number}")["status"] == "failed"
    world.rasa.server.start()
    visitor.say("最后一句话", "m3")
    expected = ["第0句话", "第1句话", "第2句话", "最后一句话"]
    until(lambda: visitor.answers() == [f"您说：{text}" for text in expected])
    assert world.rasa.said(visitor.id) == expected


def test_a_message_that_rasa_cannot_take_becomes_one_ticket_and_frees_the_way(world):
    world.rasa.server.start()
    world.rasa.always = "500"
    visitor = Visitor(world.desk(patience=1.0))
    world.tickets.down = True
    answer = visitor.say("怪话", "m1")
    assert answer["status"] == "failed"
    assert answer["messages"]
    until(lambda: len(world.rasa.requests) >= 4)
    world.rasa.always = None
    visitor.say("来两桶机油", "m2")
    until(lambda: world.rasa.said(visitor.id) == ["来两桶机油"])
    world.tickets.down = False
    until(lambda: "T0001" in str(visitor.said()))
    ticket, *others = world.tickets.tickets.values()
    assert not others
    assert ticket["kind"] == "system"
    assert ticket["priority"] == "high"
    assert ticket["conversation_id"] == visitor.id
    assert "怪话" in ticket["description"]
    assert visitor.say("怪话", "m1")["status"] == "failed"
    assert world.rasa.said(visitor.id) == ["来两桶机油"]


def test_rasa_out_of_reach_for_too_long_becomes_a_ticket(world):
    visitor = Visitor(world.desk(give_up_after=0.5, patience=0.3))
    assert visitor.say("来两桶机油", "m1")["status"] == "failed"
    until(lambda: "T0001" in str(visitor.said()))
    assert [who for who, _ in visitor.said()] == ["customer", "system", "system"]


def test_a_repeat_gets_the_first_answer_and_is_not_carried_out_again(world):
    world.rasa.server.start()
    visitor = Visitor(world.desk())
    first = visitor.say("下单", "m1")
    assert visitor.say("下单", "m1") == first
    assert world.rasa.said(visitor.id) == ["下单"]


def test_repeats_at_the_same_time_get_one_answer(world):
    world.rasa.server.start()
    world.rasa.pause = 0.2
    url = world.desk()
    visitor = Visitor(url)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.say("下单", "m1"), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert world.rasa.said(visitor.id) == ["下单"]
    assert len(visitor.transcript()) == 2


def test_one_conversation_is_served_strictly_in_order_by_two_desks(world):
    world.rasa.server.start()
    world.rasa.pause = 0.03
    first, second = world.desk(), world.desk()
    visitor = Visitor(first)
    other = httpx.Client(base_url=second, headers=visitor.http.headers, timeout=PATIENCE)

    def send(number: int) -> dict:
        client = (visitor.http, other)[number % 2]
        message = {"text": f"第{number}句", "client_message_id": f"m{number}"}
        return client.post("/chat/messages", json=message).json()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(12)))
    assert [a["messages"][0]["text"] for a in answers] == [f"您说：第{n}句" for n in range(12)]
    assert world.rasa.most_at_once == 1
    written = [text for who, text in visitor.said() if who == "customer"]
    assert sorted(written) == sorted(f"第{n}句" for n in range(12))
    assert world.rasa.said(visitor.id) == written


def test_many_conversations_are_served_side_by_side(world):
    world.rasa.server.start()
    world.rasa.pause = 0.1
    url = world.desk()
    visitors = [Visitor(url) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda visitor: visitor.say("你好", "m1"), visitors))
    assert all(world.rasa.said(visitor.id) == ["你好"] for visitor in visitors)


def test_a_desk_that_is_killed_loses_nothing_and_doubles_nothing(world):
    world.rasa.server.start()
    world.rasa.moods.append("lost_slowly")
    process, port = _desk_process(world)
    try:
        visitor = Visitor(f"http://127.0.0.1:{port}")
        with ThreadPoolExecutor(1) as pool:
            pending = pool.submit(visitor.post, "m1", text="来两桶机油")
            # Carried out, and killed before the answer came.
            until(lambda: world.rasa.said(visitor.id))
            os.kill(process.pid, signal.SIGKILL)
            with pytest.raises(httpx.HTTPError):
                pending.result()
    finally:
        process.kill()
        process.wait()
    visitor.http.base_url = world.desk(place=port)
    answer = visitor.say("来两桶机油", "m1")
    assert [m["text"] for m in answer["messages"]] == ["您说：来两桶机油"]
    assert world.rasa.said(visitor.id) == ["来两桶机油"]
    assert visitor.said() == [("customer", "来两桶机油"), ("bot", "您说：来两桶机油")]


def test_a_restarted_desk_answers_without_being_asked(world):
    first = world.desk(patience=0.2)
    visitor = Visitor(first)
    visitor.say("来两桶机油", "m1")
    world.stop_desks()
    world.rasa.server.start()
    visitor.http.base_url = world.desk()
    until(lambda: ("bot", "您说：来两桶机油") in visitor.said())


def test_a_customer_who_leaves_before_the_answer_still_gets_it(world):
    world.rasa.server.start()
    world.rasa.moods.append("late")
    visitor = Visitor(world.desk())

    async def leave() -> None:
        headers = visitor.http.headers
        async with httpx.AsyncClient(
            base_url=visitor.url, headers=headers, trust_env=False
        ) as page:
            message = {"text": "下单", "client_message_id": "m1"}
            asked = asyncio.create_task(page.post("/chat/messages", json=message, timeout=PATIENCE))
            while not world.rasa.requests:
                await asyncio.sleep(0.02)
            assert not asked.done()
            asked.cancel()

    asyncio.run(leave())
    world.rasa.release.set()
    until(lambda: ("bot", "您说：下单") in visitor.said())
    assert world.rasa.said(visitor.id) == ["下单"]


def _desk_process(world: World) -> tuple[subprocess.Popen, int]:
    """A desk that can be killed."""
    (port,) = ports.free(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "nightdesk.desk"],
        env={**os.environ, **world.environment(port)},
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "the desk ended at its start"
        try:
            return httpx.get(f"{url}/health", trust_env=False, timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False

    until(answers, 300)  # it reads in all of its libraries
    return process, port
