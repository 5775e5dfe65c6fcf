"""The chat page, as a customer meets it, against a desk that does what the test says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_desk import FakeDesk

ORDER = "来两桶全合成5W-30"


def say(page: Page, words: str) -> None:
    field = page.get_by_role("textbox")
    field.click()
    page.keyboard.insert_text(words)
    if words not in field.inner_text():  # a field that is drawn anew loses the focus
        field.click()
        page.keyboard.insert_text(words)
    page.get_by_role("button", name=re.compile("^(发送|Send)$")).click()


def bubbles(page: Page, text: str) -> Locator:
    """The messages that say exactly ``text``."""
    return page.locator(".nd-text").get_by_text(text, exact=True)


def draft(page: Page) -> Locator:
    return page.get_by_role("textbox")


def test_the_shop_greets_and_answers(page: Page, origin: str, desk: FakeDesk) -> None:
    page.goto(origin)
    expect(page.get_by_role("heading")).to_contain_text("启明车品")
    expect(page.get_by_text("夜班", exact=True)).to_be_visible()
    expect(page.get_by_text("您好，这里是启明车品")).to_be_visible()
    say(page, ORDER)
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    expect(bubbles(page, ORDER)).to_have_count(1)
    expect(draft(page)).to_have_text("")
    assert desk.said() == [ORDER]


def test_visitors_who_say_nothing_open_no_session(page: Page, origin: str, desk: FakeDesk) -> None:
    page.goto(origin)
    expect(page.get_by_role("button", name="我要下单")).to_be_visible()
    assert desk.transcripts == {}


def test_a_reload_loses_neither_what_was_said_nor_what_was_being_typed(
    page: Page, origin: str
) -> None:
    page.goto(origin)
    say(page, ORDER)
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    draft(page).click()
    page.keyboard.insert_text("寄到张江路")
    page.wait_for_function("() => JSON.stringify(localStorage).includes('寄到张江路')")
    page.reload()
    expect(bubbles(page, ORDER)).to_have_count(1)
    expect(bubbles(page, f"收到：{ORDER}")).to_have_count(1)
    expect(draft(page)).to_have_text("寄到张江路")


def test_a_button_sends_its_payload_shows_its_title_and_works_once(
    page: Page, origin: str, desk: FakeDesk
) -> None:
    heard: list[str] = []

    def answer(words: str) -> list[dict[str, object]]:
        heard.append(words)
        if words == "b_yes":
            return [{"text": "订单号 QM-1"}]
        buttons = [{"title": "确认", "payload": "b_yes"}, {"title": "取消", "payload": "b_no"}]
        return [{"text": "对吗？", "buttons": buttons}]

    desk.answer = answer
    page.goto(origin)
    say(page, ORDER)
    page.get_by_role("button", name="确认").click()
    expect(bubbles(page, "订单号 QM-1")).to_be_visible()
    expect(bubbles(page, "确认")).to_have_count(1)
    expect(page.get_by_role("button", name="确认")).to_be_disabled()
    expect(page.get_by_role("button", name="取消")).to_be_disabled()
    expect(page.get_by_role("button", name="我要下单")).to_be_disabled()
    assert heard == [ORDER, "b_yes"]
    page.reload()
    expect(bubbles(page, "确认")).to_have_count(1)
    expect(page.get_by_role("button", name="取消")).to_be_disabled()


def test_a_button_that_the_desk_forgot_is_sent_as_its_words(
    page: Page, origin: str, desk: FakeDesk
) -> None:
    desk.answer = lambda words: [{"text": words, "buttons": [{"title": "好的", "payload": "b_1"}]}]
    page.goto(origin)
    say(page, "甲")
    expect(page.get_by_role("button", name="好的")).to_be_enabled()
    desk.failures = [(422, {})]
    page.get_by_role("button", name="好的").click()
    expect(bubbles(page, "好的")).to_have_count(2)
    assert desk.said() == ["甲", "好的"]


def test_an_answer_lost_on_its_way_makes_no_second_message(
    page: Page, origin: str, desk: FakeDesk
) -> None:
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            return route.fallback()
        lost.append(route.fetch().status)
        return route.abort("connectionreset")

    page.route("**/chat/messages", lose_the_first_answer)
    page.goto(origin)
    say(page, ORDER)
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    expect(page.get_by_text("发送中")).to_have_count(0)
    expect(bubbles(page, ORDER)).to_have_count(1)
    expect(bubbles(page, f"收到：{ORDER}")).to_have_count(1)
    assert lost == [200]
    assert desk.said() == [ORDER]


def test_what_is_written_without_a_network_goes_when_it_is_back(
    page: Page, origin: str, desk: FakeDesk
) -> None:
    page.goto(origin)
    say(page, "甲")
    expect(bubbles(page, "收到：甲")).to_be_visible()
    page.context.set_offline(True)
    say(page, ORDER)
    expect(page.get_by_text("没发出去：网络断了。")).to_be_visible()
    expect(page.get_by_text("网络断了，正在重新连接")).to_be_visible()
    page.context.set_offline(False)
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    expect(page.get_by_text("网络断了")).to_have_count(0)
    expect(bubbles(page, ORDER)).to_have_count(1)
    assert desk.said() == ["甲", ORDER]


def test_what_failed_is_sent_again_by_its_button_and_after_a_reload(
    page: Page, origin: str, desk: FakeDesk
) -> None:
    page.goto(origin)
    expect(page.get_by_role("button", name="我要下单")).to_be_visible()
    desk.failures = [(503, {})] * 3
    say(page, ORDER)
    expect(page.get_by_text("没发出去：店里的系统正忙。")).to_be_visible()
    desk.failures = [(503, {})] * 3
    page.get_by_role("button", name="重新发送").click()
    expect(page.get_by_text("发送中")).to_be_visible()
    expect(page.get_by_role("button", name="重新发送")).to_be_visible()
    assert desk.said() == []
    page.reload()
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    assert desk.said() == [ORDER]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(413, "这条太长了，请分成几条发。"), (422, "这条没能收下，请换个说法。")],
)
def test_what_the_desk_will_not_take_comes_back_for_editing(
    open_page: OpenPage, origin: str, desk: FakeDesk, status: int, sentence: str
) -> None:
    page = open_page("phone")
    page.goto(origin)
    desk.failures = [(status, {})]
    say(page, ORDER)
    expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("button", name="改一改").click()
    expect(draft(page)).to_have_text(ORDER)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    assert desk.said() == [ORDER]


def test_too_fast_is_said_and_nothing_is_lost(
    open_page: OpenPage, origin: str, desk: FakeDesk
) -> None:
    page = open_page("phone")
    page.goto(origin)
    desk.failures = [(429, {"Retry-After": "30"})]
    say(page, ORDER)
    expect(page.get_by_text("发得有点快")).to_be_visible()
    page.get_by_role("button", name="重新发送").click()
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()


def test_messages_written_while_one_is_on_its_way_arrive_in_order(
    open_page: OpenPage, origin: str, desk: FakeDesk
) -> None:
    page = open_page("desktop")
    desk.delay = 0.2
    page.goto(origin)
    for words in ("甲", "乙", "丙"):
        say(page, words)
    expect(bubbles(page, "收到：丙")).to_be_visible()
    assert desk.said() == ["甲", "乙", "丙"]


def test_an_expired_session_is_said_and_the_message_still_arrives(
    page: Page, origin: str, desk: FakeDesk
) -> None:
    page.goto(origin)
    say(page, "甲")
    expect(bubbles(page, "收到：甲")).to_be_visible()
    desk.expire_all()
    say(page, ORDER)
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    expect(page.get_by_text("上次的对话已结束，这里是新的对话。")).to_have_count(1)
    assert desk.said() == [ORDER]


def test_what_is_said_later_appears_once(page: Page, origin: str, desk: FakeDesk) -> None:
    page.goto(origin)
    say(page, ORDER)
    expect(bubbles(page, f"收到：{ORDER}")).to_be_visible()
    desk.push(text="同事来了", sender="agent")
    expect(bubbles(page, "同事来了")).to_be_visible()
    expect(page.get_by_text("值班同事", exact=True)).to_be_visible()
    page.context.set_offline(True)
    desk.push(text="在吗", sender="agent")
    page.context.set_offline(False)
    expect(bubbles(page, "在吗")).to_be_visible()
    page.reload()
    for words in ("同事来了", "在吗", ORDER):
        expect(bubbles(page, words)).to_have_count(1)


def test_the_page_speaks_english_and_changes_on_request(open_page: OpenPage, origin: str) -> None:
    page = open_page("desktop", locale="en-GB")
    page.goto(origin)
    expect(page.get_by_role("heading")).to_contain_text("Qiming Auto")
    expect(draft(page)).to_have_attribute("aria-label", "Tell us what you need…")
    say(page, "Hello")
    expect(bubbles(page, "收到：Hello")).to_be_visible()
    page.get_by_role("button", name="切换到中文").click()
    expect(page.get_by_role("heading")).to_contain_text("启明车品")
    expect(bubbles(page, "Hello")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("heading")).to_contain_text("启明车品")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_everything_is_reached_by_keyboard_alone(open_page: OpenPage, origin: str) -> None:
    page = open_page("desktop")
    page.goto(origin)
    expect(page.get_by_role("button", name="转人工")).to_be_visible()
    option = page.get_by_role("button", name="我要下单")
    for _ in range(10):
        page.keyboard.press("Tab")
        if option.evaluate("button => button.getRootNode().activeElement === button"):
            break
    expect(option).to_be_focused()
    assert option.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(bubbles(page, "收到：我要下单")).to_be_visible()
    expect(draft(page)).to_be_focused()
    page.keyboard.type("two")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("lines")
    page.keyboard.press("Enter")
    expect(page.locator(".nd-text").get_by_text("收到：two lines")).to_be_visible()


def test_new_messages_are_announced_and_old_ones_are_not(page: Page, origin: str) -> None:
    page.goto(origin)
    log = page.get_by_role("log", name="聊天记录")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("button", name="发送", exact=True)).to_have_attribute("tabindex", "0")


def test_words_are_shown_as_they_were_written(page: Page, origin: str, desk: FakeDesk) -> None:
    words = '**粗** <b onclick="x()">b</b> ![图](https://foreign.example/a.png) 1*2*3'
    page.goto(origin)
    say(page, words)
    expect(bubbles(page, words)).to_have_count(1)
    expect(bubbles(page, f"收到：{words}")).to_have_count(1)


def test_nothing_is_cut_off_and_motion_can_be_refused(
    open_page: OpenPage, origin: str, desk: FakeDesk
) -> None:
    page = open_page("phone", reduced_motion="reduce")
    desk.delay = 1.0
    page.goto(origin)
    say(page, "很长的一句话" * 30 + "https://example.com/" + "x" * 80)
    dots = page.locator(".nd-typing i").first
    expect(dots).to_be_visible()
    assert dots.evaluate("dot => getComputedStyle(dot).animationName") == "none"
    log = page.get_by_role("log")
    assert log.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = draft(page).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
