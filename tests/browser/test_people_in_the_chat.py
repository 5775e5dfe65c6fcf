"""What a customer sees of the shop's people: the queue, who is there, and the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_desk import FakeDesk
from tests.browser.test_chat_page import bubbles, draft, say

WAITING = {"status": "waiting", "position": 3, "wait_minutes": 4}
WITH_LI = {"status": "human", "agent": "小李"}


@pytest.fixture
def talking(page: Page, origin: str, desk: FakeDesk) -> Page:
    """A page on which something was said, with the stream open."""
    page.goto(origin)
    say(page, "转人工")
    expect(bubbles(page, "收到：转人工")).to_be_visible()
    return page


def served_by_li(page: Page, desk: FakeDesk) -> None:
    """小李 has come, written and gone."""
    desk.owner = WITH_LI
    desk.push(sender="agent", agent="小李", text="您好，我来看看")
    expect(bubbles(page, "您好，我来看看")).to_be_visible()
    desk.owner = {"status": "bot"}
    expect(page.get_by_text("小李（人工）的服务怎么样？")).to_be_visible()


def test_who_waits_sees_their_place_and_can_go_back_to_the_assistant(
    talking: Page, desk: FakeDesk
) -> None:
    desk.owner = WAITING
    expect(talking.get_by_text("前面还有 2 位 · 大约 4 分钟")).to_be_visible()
    desk.owner = {"status": "waiting", "position": 1}
    expect(talking.get_by_text("您是下一位", exact=True)).to_be_visible()
    talking.get_by_role("button", name="回到助手").click()
    expect(talking.get_by_text("您是下一位", exact=True)).to_have_count(0)
    assert ("withdraw", {}) in desk.told


def test_a_person_is_named_and_their_words_stand_out_after_a_reload_too(
    talking: Page, desk: FakeDesk
) -> None:
    desk.owner = WITH_LI
    desk.push(sender="agent", agent="小李", text="您好，我来看看")
    for _ in range(2):
        expect(talking.locator(".people")).to_contain_text("小李（人工）正在为您服务")
        expect(talking.locator(".nd-agent .nd-author")).to_have_text("小李（人工）")
        talking.reload()
    desk.owner = {"status": "bot"}
    expect(talking.get_by_text("正在为您服务", exact=True)).to_have_count(0)


def test_a_person_typing_is_seen_until_they_have_written(talking: Page, desk: FakeDesk) -> None:
    desk.owner = WITH_LI
    expect(talking.locator(".people")).to_contain_text("小李")
    desk.aside.append(("typing", {"from": "agent"}))
    expect(talking.locator(".nd-typing")).to_have_text("小李正在输入")
    desk.push(sender="agent", agent="小李", text="在的")
    expect(bubbles(talking, "在的")).to_be_visible()
    expect(talking.locator(".nd-typing")).to_have_count(0)


def test_the_person_is_told_of_typing_and_of_what_was_read(talking: Page, desk: FakeDesk) -> None:
    desk.owner = WITH_LI
    desk.push(sender="agent", agent="小李", text="您贵姓？")
    expect(bubbles(talking, "您贵姓？")).to_be_visible()
    newest = desk.lines[-1]["id"]
    draft(talking).click()
    talking.keyboard.insert_text("免贵姓张")
    while_waiting(talking, lambda: ("typing", {}) in desk.told)
    while_waiting(talking, lambda: ("read", {"message_id": newest}) in desk.told)


def while_waiting(page: Page, condition: Callable[[], bool]) -> None:
    """Lets the page run until ``condition`` holds."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("never so")


def test_the_customer_sees_what_the_person_has_read(talking: Page, desk: FakeDesk) -> None:
    desk.owner = WITH_LI
    expect(talking.locator(".people")).to_contain_text("小李")
    say(talking, "机油到了吗")
    expect(talking.locator(".nd-customer")).to_have_count(2)
    while_waiting(talking, lambda: "机油到了吗" in desk.said())
    expect(talking.locator(".nd-customer.nd-done")).to_have_count(2)
    desk.aside.append(("read", {"message_id": desk.lines[-1]["id"]}))
    expect(talking.locator(".nd-customer", has_text="机油到了吗")).to_contain_text("已读")
    expect(talking.get_by_text("已读")).to_have_count(1)


def test_the_human_part_is_rated_once_and_not_asked_again(talking: Page, desk: FakeDesk) -> None:
    served_by_li(talking, desk)
    talking.reload()
    talking.get_by_role("radio", name="4 颗星").check()
    talking.get_by_role("textbox", name="想说点什么").fill("很耐心")
    talking.get_by_role("button", name="提交").click()
    expect(talking.locator(".rating")).to_have_count(0)
    assert [body for path, body in desk.told if path == "rating"] == [
        {"score": 8, "reason": "很耐心"}
    ]
    talking.reload()
    expect(bubbles(talking, "您好，我来看看")).to_be_visible()
    expect(talking.locator(".rating")).to_have_count(0)


def test_a_rating_that_did_not_arrive_can_be_sent_again(talking: Page, desk: FakeDesk) -> None:
    served_by_li(talking, desk)
    desk.failures = [(503, {})]
    talking.get_by_role("radio", name="5 颗星").check()
    talking.get_by_role("button", name="提交").click()
    expect(talking.get_by_text("没提交上，请再试一次。")).to_be_visible()
    talking.get_by_role("button", name="提交").click()
    expect(talking.locator(".rating")).to_have_count(0)


def test_who_would_rather_not_rate_is_left_alone(talking: Page, desk: FakeDesk) -> None:
    served_by_li(talking, desk)
    talking.get_by_role("button", name="先不评").click()
    expect(talking.locator(".rating")).to_have_count(0)
    assert not [path for path, _ in desk.told if path == "rating"]


def test_a_name_is_text_and_no_markup(talking: Page, desk: FakeDesk) -> None:
    name = "<img src=x onerror=document.title='pwned'>"
    desk.owner = {"status": "human", "agent": name}
    desk.push(sender="agent", agent=name, text="您好")
    expect(talking.locator(".nd-agent .nd-author")).to_have_text(f"{name}（人工）")
    expect(talking.locator(".people")).to_contain_text(name)
    assert talking.locator(".people img").count() == 0


def test_an_english_customer_reads_it_in_english(
    open_page: OpenPage, origin: str, desk: FakeDesk
) -> None:
    page = open_page(locale="en-GB")
    page.goto(origin)
    say(page, "a person please")
    expect(page.locator(".nd-customer.nd-done")).to_have_count(1)
    desk.owner = WAITING
    expect(page.get_by_text("2 ahead of you · about 4 min")).to_be_visible()
    desk.owner = {"status": "human", "agent": "Li"}
    expect(page.locator(".people")).to_contain_text("Li (our colleague)")
