"""The whole way over the real processes: a person takes over an order and gives it back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from nightdesk.clock import CLOCK
from tests.browser import conftest
from tests.browser.conftest import OpenPage
from tests.browser.console_pages import console, look_at, said, take, write
from tests.browser.test_chat_page import bubbles, say
from tests.harness import fixtures
from tests.harness.merchants import always_open
from tests.harness.shop import Shop
from tests.harness.talk import BEGIN, DETAILS, ITEMS

__all__ = ["night", "running_shops"]

PATIENCE_MS = 180_000
NOON = "2026-11-25T12:00:00+08:00"
running_shops, night = fixtures.running_shops, fixtures.shop


@pytest.fixture(scope="module", autouse=True)
def patient() -> Iterator[None]:
    """Real processes on a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=conftest.PATIENCE_MS)


@pytest.fixture(scope="module")
def day(widget: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The demo's shop at noon, in which 小李 and 王芳 serve."""
    folder = tmp_path_factory.mktemp("day")
    merchant = always_open(folder / "merchant", wait_minutes=240)
    shop = Shop(folder / "data", {CLOCK: NOON, "NIGHTDESK_MERCHANT": str(merchant)})
    try:
        shop.open(knowing=False)
        for login, name in (("li", "小李"), ("wang", "王芳")):
            shop.admin().hire(login, name)
        yield shop
    finally:
        shop.close()


def customer(open_page: OpenPage, shop: Shop) -> Page:
    """A customer's phone, in the middle of an order."""
    page = open_page("phone")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(shop.url)
    say(page, BEGIN)
    expect(page.locator(".nd-bot .nd-text").last).to_contain_text("全合成")
    return page


def test_an_order_goes_to_two_people_and_back_and_is_placed_by_the_bot(
    open_page: OpenPage, day: Shop
) -> None:
    page = customer(open_page, day)
    say(page, "转人工")
    expect(page.get_by_role("button", name="回到助手")).to_be_visible()
    (item,) = day.admin().queue()["waiting"]
    conversation = str(item["id"])

    li = console(open_page, day, "li")
    take(li, day, conversation)
    expect(li.locator(".side")).to_contain_text("全合成")
    expect(page.locator(".people")).to_contain_text("小李（人工）正在为您服务")
    write(li, "您好，我是小李")
    expect(bubbles(page, "您好，我是小李")).to_have_count(1)
    say(page, "能便宜点吗")
    expect(said(li, "能便宜点吗")).to_have_count(1)

    wang = console(open_page, day, "wang")
    li.get_by_role("button", name="转给同事").click()
    li.get_by_text("王芳").click()
    li.get_by_role("dialog").get_by_role("button", name="转给同事").click()
    expect(page.locator(".people")).to_contain_text("王芳（人工）正在为您服务")
    look_at(wang, day, conversation)
    expect(said(wang, "能便宜点吗")).to_have_count(1)
    write(wang, "给您打九折")
    expect(bubbles(page, "给您打九折")).to_have_count(1)

    wang.get_by_role("button", name="交还机器人").click()
    wang.get_by_label("告诉顾客谈好了什么").fill("两桶机油打九折")
    wang.get_by_role("dialog").get_by_role("button", name="交还机器人").click()
    expect(page.get_by_text(re.compile("刚才说好的：两桶机油打九折"))).to_have_count(1)
    last = page.locator(".nd-bot .nd-text").last
    expect(last).to_contain_text(re.compile("地址|寄|送|收货"))
    say(page, DETAILS)
    page.get_by_role("button", name="确认下单").click()
    expect(last).to_contain_text("订单号")
    with day.backends as backends:
        found = backends.get("/orders", params={"conversation_id": conversation}).json()["orders"]
    (order,) = found
    assert {item["sku"]: item["quantity"] for item in order["items"]} == ITEMS


def test_at_night_the_same_wish_is_a_promise_and_a_ticket(open_page: OpenPage, night: Shop) -> None:
    page = customer(open_page, night)
    say(page, "转人工")
    last = page.locator(".nd-bot .nd-text").last
    expect(page.locator(".nd-messages, .nd-bot").filter(has_text="09:00").last).to_be_visible()
    say(page, "13800138000，早上十点")
    expect(last).to_contain_text("刚才的订单还接着弄吗")
    say(page, "接着弄")
    expect(last).to_contain_text("全合成")
    admin = night.admin()
    (item,) = admin.queue()["callbacks"]
    assert item["state"] == "bot"
    assert item["due_at"].startswith("2026-11-25T01:00:00")
    (ticket,) = admin.look(str(item["id"]))["tickets"]
    assert ticket["kind"] == "callback"
    people = console(open_page, night)
    look_at(people, night, str(item["id"]))
    expect(people.locator(".side")).to_contain_text(str(ticket["ticket_no"]))
