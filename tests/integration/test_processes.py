"""Processes are killed in the middle of an order: nothing is lost and nothing happens twice."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import httpx
import pytest

from nightdesk.running import ports, runfile
from tests.harness.customer import Customer, Reply, wait_for
from tests.harness.shop import Shop

WHOLE_ORDER = "来两桶全合成5W-30和一套E7脚垫，寄上海浦东张江路88号，张伟13800138000"


@pytest.fixture(scope="module")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop of this module's own: its processes are killed."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    try:
        yield shop
    finally:
        shop.close()


@pytest.fixture
def shop(open_shop: Shop) -> Shop:
    if not open_shop.is_open:
        open_shop.open()
    open_shop.reset()
    return open_shop


def read_back(shop: Shop) -> Customer:
    """A customer to whom the whole order was just read back, who has not yet said yes."""
    customer = shop.customer()
    reply = customer.say(WHOLE_ORDER)
    assert "张江路88号" in reply, reply
    assert shop.orders_of(customer) == []
    return customer


def order_numbers(shop: Shop, customer: Customer) -> list[str]:
    return [str(order["order_no"]) for order in shop.orders_of(customer)]


def assert_ordered_once(shop: Shop, customer: Customer) -> None:
    """One order, and the customer has been told its number."""
    (number,) = wait_for(lambda: order_numbers(shop, customer), lambda found: len(found) == 1, 90)
    customer.wait_until(lambda lines: any(number in (line.get("text") or "") for line in lines), 90)
    assert order_numbers(shop, customer) == [number]


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_an_order_goes_on_after_a_process_behind_the_desk_was_killed(shop: Shop, name: str) -> None:
    customer = read_back(shop)
    killed = shop.kill(name)
    shop.wait_restarted(name, killed)
    customer.say("对的，下单")
    assert_ordered_once(shop, customer)


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_a_yes_said_while_a_process_is_down_orders_once_in_the_end(shop: Shop, name: str) -> None:
    customer = read_back(shop)
    killed = shop.kill(name)
    reply = customer.say("对的，下单")
    assert reply.text, "silence"
    shop.wait_restarted(name, killed)
    if not order_numbers(shop, customer) and "下单" in reply.text + "".join(reply.buttons):
        finish(shop, customer, reply)
    assert_ordered_once(shop, customer)


def finish(shop: Shop, customer: Customer, reply: Reply) -> None:
    """What a customer does who is told that the order did not go through: say yes again."""
    settled = wait_for(
        lambda: order_numbers(shop, customer) or shop.tickets_of(customer), lambda _: True
    )
    if not settled:
        customer.say("对的，下单")


def test_the_desk_killed_while_it_answers_repeats_nothing(shop: Shop) -> None:
    customer = read_back(shop)
    said = {"text": "对的，下单"}
    sent = threading.Event()
    broken: list[Exception] = []

    def confirm() -> None:
        sent.set()
        try:
            customer.send(said, client_message_id="the-yes")
        except (httpx.HTTPError, AssertionError) as error:
            broken.append(error)

    speaking = threading.Thread(target=confirm)
    speaking.start()
    sent.wait()
    killed = shop.kill("desk")
    speaking.join()
    shop.wait_restarted("desk", killed)
    # The widget sends what was not answered again, as the same message.
    customer.send(said, client_message_id="the-yes")
    assert_ordered_once(shop, customer)
    texts = [line.get("text") for line in customer.transcript()]
    assert texts.count("对的，下单") == 1


def test_the_transcript_outlives_every_process(shop: Shop) -> None:
    customer = read_back(shop)
    before = customer.transcript()
    for name in ("rasa", "actions", "desk"):
        shop.wait_restarted(name, shop.kill(name))
    assert customer.transcript() == before


def test_a_killed_process_is_counted_in_the_status(shop: Shop) -> None:
    before = shop.run().children["actions"].restarts
    shop.wait_restarted("actions", shop.kill("actions"))
    assert shop.run().children["actions"].restarts == before + 1


def test_a_second_up_on_the_same_folder_is_refused(shop: Shop) -> None:
    second = Shop(shop.data)
    with pytest.raises(AssertionError, match="already running"):
        second.open()
    assert shop.run().ready


def test_stopping_leaves_no_process_and_no_port(shop: Shop) -> None:
    pids = [child.pid for child in shop.run().children.values()]
    assert shop.close() == 0
    assert runfile.current(shop.data) is None
    ports.check(shop.settings)
    assert all(pid is not None for pid in pids)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid or 0, 0)
