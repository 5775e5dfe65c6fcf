"""Two pages talk to each other: the customer's and those of the people on duty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.console_pages import (
    console,
    field,
    runs_until,
    said,
    small_shop,
    spoken,
    take,
    write,
)
from tests.browser.console_world import Shop
from tests.browser.test_chat_page import bubbles, say


@pytest.fixture(scope="module")
def shop(widget: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with small_shop(tmp_path_factory.mktemp("shop")) as shop:
        shop.colleague("li", "小李")
        yield shop


@pytest.fixture
def customer(open_page: OpenPage, shop: Shop) -> Page:
    """A customer in the middle of an order who has asked for a person."""
    page = open_page("phone")
    page.goto(shop.url)
    expect(page.get_by_role("heading")).to_contain_text("启明车品")
    say(page, "来两桶机油")
    expect(bubbles(page, "您说：来两桶机油")).to_be_visible()
    say(page, "转人工")
    expect(page.get_by_role("button", name="回到助手")).to_be_visible()
    return page


def conversation_of(shop: Shop) -> str:
    """The newest one that waits."""
    with shop.browser() as admin:
        item = max(admin.get("/queue").json()["waiting"], key=lambda item: item["since"])
    return str(item["id"])


def test_a_conversation_is_held_handed_on_and_given_back_and_the_bot_goes_on(
    open_page: OpenPage, shop: Shop, customer: Page
) -> None:
    conversation = conversation_of(shop)
    heard = len(shop.rasa.said(conversation))
    li = console(open_page, shop, "li")
    take(li, shop, conversation)
    expect(customer.locator(".people")).to_contain_text("小李（人工）正在为您服务")

    write(li, "您好，我是小李")
    expect(bubbles(customer, "您好，我是小李")).to_be_visible()
    expect(li.locator(".line.agent").filter(has_text="您好，我是小李")).to_contain_text("已读")
    customer.get_by_role("textbox").click()
    customer.keyboard.type("能便宜")
    expect(li.locator(".typing")).to_contain_text("顾客正在输入")
    customer.keyboard.type("点吗")
    customer.get_by_role("button", name="发送", exact=True).click()
    expect(said(li, "能便宜点吗")).to_be_visible()
    expect(customer.locator(".nd-customer").filter(has_text="能便宜点吗")).to_contain_text("已读")
    field(li).press_sequentially("可以")
    expect(customer.locator(".nd-typing")).to_contain_text("小李正在输入")

    wang = console(open_page, shop, "wang")
    field(li).press("Escape")
    li.keyboard.press("t")
    li.get_by_text("王芳").click()
    li.get_by_role("dialog").get_by_role("button", name="转给同事").click()
    expect(customer.locator(".people")).to_contain_text("王芳（人工）正在为您服务")
    expect(wang.get_by_text("小李 转来了一个对话")).to_be_visible()
    expect(li.get_by_text("王芳 正在接待。")).to_be_visible()
    wang.goto(f"{shop.console}#/desk/{conversation}")
    expect(said(wang, "能便宜点吗")).to_be_visible()
    write(wang, "给您打九折")
    expect(bubbles(customer, "给您打九折")).to_be_visible()
    expect(said(li, "给您打九折")).to_be_visible()
    assert len(shop.rasa.said(conversation)) == heard, "the bot heard what was the person's"

    wang.get_by_role("button", name="交还机器人").click()
    wang.get_by_label("告诉顾客谈好了什么").fill("两桶机油打九折")
    wang.get_by_role("dialog").get_by_role("button", name="交还机器人").click()
    expect(customer.get_by_text(re.compile("两桶机油打九折"))).to_be_visible()
    expect(customer.get_by_text("王芳（人工）的服务怎么样？")).to_be_visible()
    runs_until(wang, lambda: len(shop.rasa.said(conversation)) == heard + 1)
    say(customer, "那就下单")
    expect(bubbles(customer, "您说：那就下单")).to_be_visible()
    expect(said(wang, "您说：那就下单")).to_be_visible()


def test_a_person_who_was_offline_loses_and_doubles_nothing(
    open_page: OpenPage, shop: Shop, customer: Page
) -> None:
    conversation = conversation_of(shop)
    li = console(open_page, shop, "li")
    take(li, shop, conversation)
    write(li, "一")
    expect(bubbles(customer, "一")).to_be_visible()

    li.context.set_offline(True)
    expect(li.get_by_text("连接断了")).to_be_visible()
    write(li, "二")
    write(li, "三")
    expect(li.locator(".pending.queued")).to_have_count(2)
    say(customer, "还在吗")
    say(customer, "我着急")
    expect(bubbles(customer, "我着急")).to_be_visible()

    li.context.set_offline(False)
    for words in ("二", "三"):
        expect(bubbles(customer, words)).to_be_visible()
    for words in ("还在吗", "我着急"):
        expect(said(li, words)).to_be_visible()
    expect(li.get_by_text("连接断了")).to_have_count(0)
    expect(li.locator(".pending")).to_have_count(0)
    everything = ("一", "二", "三", "还在吗", "我着急")
    assert Counter(text for text in spoken(li) if text in everything) == Counter(everything)
    shown = customer.locator(".nd-text").all_inner_texts()
    assert Counter(text for text in shown if text in everything) == Counter(everything)
    assert [text for text in spoken(li) if text in ("一", "二", "三")] == ["一", "二", "三"]


def test_five_minutes_without_a_connection_and_sixty_lines_lose_and_double_nothing(
    open_page: OpenPage, shop: Shop, customer: Page
) -> None:
    conversation = conversation_of(shop)
    li = console(open_page, shop, "li")
    take(li, shop, conversation)
    li.clock.install()
    li.reload()
    write(li, "在的")
    expect(bubbles(customer, "在的")).to_be_visible()
    li.context.set_offline(True)
    expect(li.get_by_text("连接断了")).to_be_visible()
    asked = [f"第{number}问" for number in range(30)]
    answered = [f"第{number}答" for number in range(30)]
    for question, answer in zip(asked, answered, strict=True):
        say(customer, question)
        write(li, answer)
    expect(bubbles(customer, asked[-1])).to_be_visible()
    expect(li.locator(".pending.queued")).to_have_count(len(answered))
    li.clock.fast_forward("05:00")
    li.context.set_offline(False)
    li.clock.fast_forward("00:30")
    expect(bubbles(customer, answered[-1])).to_be_visible()
    expect(said(li, asked[-1])).to_be_visible()
    expect(li.locator(".pending")).to_have_count(0)
    for page in (li, customer):
        shown = page.locator(".transcript .text, .nd-text").all_inner_texts()
        assert [one for one in shown if one in asked] == asked
        assert [one for one in shown if one in answered] == answered


def test_what_was_written_offline_outlives_the_page(
    open_page: OpenPage, shop: Shop, customer: Page
) -> None:
    conversation = conversation_of(shop)
    li = console(open_page, shop, "li")
    take(li, shop, conversation)
    li.route("**/messages", lambda route: route.abort())
    write(li, "马上发货")
    expect(li.locator(".pending.queued")).to_have_count(1)
    field(li).fill("半句话")
    li.unroute("**/messages")
    li.reload()
    expect(bubbles(customer, "马上发货")).to_have_count(1)
    expect(said(li, "马上发货")).to_have_count(1)
    expect(field(li)).to_have_value("半句话")
    li.get_by_role("button", name="结束").click()
    li.get_by_role("dialog").get_by_role("button", name="结束").click()
    expect(li.get_by_text("对话已结束")).to_be_visible()
    expect(customer.get_by_text("小李（人工）的服务怎么样？")).to_be_visible()
