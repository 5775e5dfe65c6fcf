"""A person takes over and gives back, while processes die, sessions end and everybody writes.

Over the real processes, with the order that the bot was taking in the middle: no line is lost or
said twice, the owner stays who it was, and the order goes on from where it was.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from nightdesk.clock import CLOCK
from tests.harness.merchants import always_open
from tests.harness.person import PASSWORD, Person
from tests.harness.shop import Shop
from tests.harness.talk import DETAILS, PATIENCE_S, Talk, claimed, grow_old, heard, patiently

NOON = "2026-11-25T12:00:00+08:00"
PROCESSES = ("desk", "rasa", "actions")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop of this module's own, for its processes are killed; somebody is always on duty."""
    folder = tmp_path_factory.mktemp("shop")
    merchant = always_open(folder / "merchant", wait_minutes=240)
    shop = Shop(folder / "data", {CLOCK: NOON, "NIGHTDESK_MERCHANT": str(merchant)})
    try:
        shop.open(knowing=False)
        admin = shop.admin()
        for login, name in (("li", "小李"), ("wang", "王芳")):
            admin.hire(login, name)
        admin.close()
        yield shop
    finally:
        shop.close()


@pytest.fixture
def li(shop: Shop) -> Iterator[Person]:
    person = Person(shop.url, "li", PASSWORD)
    yield person
    person.close()


@pytest.fixture
def wang(shop: Shop) -> Iterator[Person]:
    person = Person(shop.url, "wang", PASSWORD)
    yield person
    person.close()


@pytest.mark.parametrize("state", ["bot", "waiting", "human"])
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_killed_in_any_state_loses_and_doubles_nothing(
    shop: Shop, li: Person, name: str, state: str
) -> None:
    talk = Talk(shop)
    if state != "bot":
        talk.wait_for_a_person()
    if state == "human":
        talk.claim(li)
        talk.write(li, "您好，我是小李")
    before = li.item(talk.id)
    killed = shop.kill(name)
    if state == "human":
        talk.say("能便宜点吗")
        talk.write(li, "可以打九折")
    else:
        talk.say(DETAILS)
    shop.wait_restarted(name, killed)
    talk.settled()
    after = patiently(lambda: li.item(talk.id))
    for field in ("state", "version", "agent", "ticket_no"):
        assert after[field] == before[field], field
    if state != "human":
        talk.claim(li)
    else:
        assert "能便宜点吗" not in heard(shop, talk.customer)
    talk.write(li, "还有什么可以帮您")
    talk.hand_back(li, "两桶机油打九折")
    talk.order()
    talk.check_order()
    talk.check(li)


def test_a_session_that_ends_while_a_person_has_it_keeps_the_order(shop: Shop, li: Person) -> None:
    talk = Talk(shop)
    talk.wait_for_a_person()
    talk.claim(li)
    talk.settled()
    killed = shop.kill("rasa")  # it remembers trackers that it has just used
    shop.wait_restarted("rasa", killed)
    grow_old(shop, talk.customer, days=3)
    talk.say("还在吗")
    talk.write(li, "在的，给您查好了")
    assert "还在吗" not in heard(shop, talk.customer)
    talk.hand_back(li, "两桶机油今天发货")
    events = [one["event"] for one in patiently(lambda: shop.tracker(talk.customer))]
    assert events.count("session_started") == 2, "the session did not end"
    asked = talk.customer.transcript()[-1]["text"]
    assert "地址" in asked or "寄" in asked or "送" in asked, talk.text()
    talk.order()
    talk.check_order()
    talk.check(li)


@pytest.mark.parametrize("killed", [None, "desk", "rasa"])
def test_who_writes_through_the_whole_hand_over_is_heard_by_one_side_each_time(
    shop: Shop, li: Person, killed: str | None
) -> None:
    talk = Talk(shop)
    talk.wait_for_a_person()
    reached, taken_over = threading.Semaphore(0), threading.Event()
    lines: list[str] = []

    def speak() -> None:
        """Until somebody has come, and some lines more."""
        more = 5
        while more:
            more -= taken_over.is_set()
            lines.append(f"{len(lines) + 1}号补充：尽快发货")
            talk.say(lines[-1])
            reached.release()

    speaking = threading.Thread(target=speak)
    speaking.start()
    reached.acquire()
    reached.acquire()
    if killed:
        pid = shop.kill(killed)
    patiently(lambda: claimed(li, talk.id))
    taken_over.set()
    talk.changes.append("claimed")
    reached.acquire()
    talk.write(li, "收到，都记下了")
    if killed:
        shop.wait_restarted(killed, pid)
    speaking.join(PATIENCE_S)
    assert not speaking.is_alive()
    talk.hand_back(li, "今天发货")
    talk.settled()
    told = heard(shop, talk.customer)
    taken = [line for line in lines if line not in told]
    assert taken, "the person was told nothing"
    assert taken == lines[-len(taken) :], told
    assert max(Counter(told).values()) == 1, told
    talk.order()
    talk.check_order()
    talk.check(li)


def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_who(
    shop: Shop, li: Person, wang: Person
) -> None:
    def claim(person: Person, conversation: str) -> str:
        try:
            return str(person.claim(conversation, 0)["agent"]["name"])
        except httpx.HTTPStatusError as refused:
            error = refused.response.json()["error"]
            return f"{error['code']}: {error['details']['owner']['agent']['name']}"

    with ThreadPoolExecutor(2) as pool:
        for customer in [shop.customer() for _ in range(20)]:
            tries = [pool.submit(claim, one, customer.conversation_id) for one in (li, wang)]
            results = sorted(one.result() for one in tries)
            owner = li.item(customer.conversation_id)["agent"]["name"]
            assert results == sorted([owner, f"stale: {owner}"])
