"""The page of the people on duty without a mouse, and with a thousand who wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from nightdesk import clock
from nightdesk.desk.handoff.model import Ownership
from nightdesk.desk.model import Conversation, Message
from tests.browser.conftest import OpenPage
from tests.browser.console_pages import (
    beside,
    console,
    field,
    look_at,
    runs_until,
    said,
    small_shop,
    waiting,
)
from tests.browser.console_world import Shop

CROWD = 1000


@pytest.fixture(scope="module")
def shop(widget: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all: each test has customers of its own."""
    with small_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


def test_who_waits_is_seen_at_once_and_served_without_a_mouse(
    open_page: OpenPage, shop: Shop
) -> None:
    page = console(open_page, shop)
    visitor = waiting(shop)
    item = page.locator(f".group.waiting a[href*='{visitor.id}']")
    expect(item).to_contain_text("说到了关键词")
    expect(item).to_contain_text("承诺还剩")
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    look_at(page, shop, visitor.id)
    page.locator("body").press("c")
    expect(field(page)).to_be_focused()
    page.keyboard.type("在的，您说")
    page.keyboard.press("Enter")
    expect(said(page, "在的，您说")).to_be_visible()
    runs_until(page, lambda: ("agent", "在的，您说") in visitor.said())
    expect(page.locator(".group.mine")).to_contain_text("在的，您说")


def test_the_keys_are_told_and_walk_through_the_queue(open_page: OpenPage, shop: Shop) -> None:
    visitors = [waiting(shop) for _ in range(2)]
    page = console(open_page, shop)
    for visitor in visitors:
        expect(page.locator(f"a[href*='{visitor.id}']")).to_be_visible()
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    chosen = page.locator(".item[aria-current]")
    expect(chosen).to_have_count(1)
    first = str(chosen.get_attribute("href"))
    page.keyboard.press("j")
    expect(chosen).not_to_have_attribute("href", first)
    expect(page).not_to_have_url(re.compile(re.escape(first) + "$"))
    page.keyboard.press("k")
    expect(chosen).to_have_attribute("href", first)
    expect(page).to_have_url(re.compile(re.escape(first) + "$"))


def test_a_whole_service_needs_no_mouse(open_page: OpenPage, shop: Shop) -> None:
    with shop.browser() as admin:
        reply = {"title": "请稍等", "text_zh": "请稍等，我查一下。", "text_en": "One moment."}
        admin.post("/canned", json=reply).raise_for_status()
    visitor = waiting(shop, "转人工，能自提吗")
    page = console(open_page, shop)
    look_at(page, shop, visitor.id)
    key, write = page.keyboard.press, page.keyboard.type
    page.locator("body").press("c")
    expect(field(page)).to_be_focused()

    write("/稍等")
    expect(page.get_by_role("option", name="请稍等")).to_be_visible()
    key("Enter")
    expect(field(page)).to_have_value("请稍等，我查一下。")
    key("Enter")
    expect(said(page, "请稍等，我查一下。")).to_be_visible()

    key("Escape")
    expect(field(page)).not_to_be_focused()
    key("s")
    search = page.get_by_role("searchbox", name="在知识库里找")
    expect(search).to_be_focused()
    write("可以自提吗？")
    with page.expect_response(re.compile("suggestions.*q=.")):
        key("Enter")
    found = page.get_by_role("button", name="可以自提吗？")
    expect(found).to_be_visible()
    for _ in range(20):
        key("Tab")
        if found.evaluate("button => button === document.activeElement"):
            break
    expect(found).to_be_focused()
    key("Enter")
    expect(field(page)).to_have_value("可以，当天到店取。")
    expect(field(page)).to_be_focused()
    assert not [text for who, text in visitor.said() if "当天到店取" in text]
    key("Enter")
    runs_until(page, lambda: ("agent", "可以，当天到店取。") in visitor.said())

    key("Escape")
    expect(field(page)).not_to_be_focused()
    key("n")
    note = beside(page, "内部备注").get_by_role("textbox")
    expect(note).to_be_focused()
    write("老顾客")
    expect(note).to_have_value("老顾客")
    key("Enter")
    expect(beside(page, "内部备注")).to_contain_text("老顾客")
    key("Escape")
    expect(note).not_to_be_focused()
    key("i")
    expect(
        page.locator(".talk-head").get_by_role("button", name="机器人怎么理解的")
    ).to_have_attribute("aria-pressed", "true")

    key("t")
    expect(page.get_by_role("dialog").get_by_role("radio", name="王芳")).to_be_focused()
    key("Space")
    key("Enter")
    expect(page.get_by_text("王芳 正在接待。")).to_be_visible()

    theirs = console(open_page, shop, "wang")
    look_at(theirs, shop, visitor.id)
    theirs.locator("body").press("b")
    expect(theirs.get_by_label("告诉顾客谈好了什么")).to_be_focused()
    theirs.keyboard.type("明天到店自提")
    theirs.keyboard.press("Control+Enter")
    runs_until(theirs, lambda: any("明天到店自提" in text for _who, text in visitor.said()))
    expect(theirs.get_by_role("dialog")).to_have_count(0)
    expect(theirs.get_by_role("button", name=re.compile("^接待"))).to_be_visible()
    theirs.keyboard.press("2")
    expect(theirs).to_have_url(re.compile("#/tickets"))
    theirs.keyboard.press("a")
    expect(theirs.get_by_role("button", name="王芳: 离开")).to_be_visible()


def test_a_thousand_who_wait_are_counted_and_the_gravest_is_served_first(
    open_page: OpenPage, widget: object, tmp_path: Path
) -> None:
    with small_shop(tmp_path) as shop:
        crowd(shop)
        visitor = waiting(shop, "车头着火了")
        page = console(open_page, shop)
        group = page.locator(".group.waiting")
        expect(group.locator("h2")).to_contain_text(str(CROWD + 1))
        expect(page).to_have_title(re.compile(rf"^\({CROWD + 1}\) "))
        expect(group.locator(".item").first).to_have_attribute("href", re.compile(visitor.id))
        page.locator("body").press("w")
        expect(page).to_have_url(re.compile(visitor.id))
        expect(page.locator(".talk-head")).to_be_visible()
        page.locator("body").press("c")
        expect(field(page)).to_be_focused()
        page.keyboard.type("人先离远一点，我马上打给您")
        page.keyboard.press("Enter")
        runs_until(page, lambda: ("agent", "人先离远一点，我马上打给您") in visitor.said())
        expect(group.locator("h2")).to_contain_text(str(CROWD))


def crowd(shop: Shop) -> None:
    """So many customers, each of whom has written and waits."""
    now = clock.now()
    ids = [f"crowd{number:04}" for number in range(CROWD)]
    with shop.database.write() as session:
        session.add_all(
            Conversation(id=one, channel="web", language="zh", created_at=now, collected_id=0)
            for one in ids
        )
        session.flush()
        session.add_all(
            Message(conversation_id=one, sender="customer", text="在吗", at=now) for one in ids
        )
        session.add_all(
            Ownership(
                conversation_id=one,
                state="waiting",
                version=1,
                priority="normal",
                reason="asked",
                since=now,
                due_at=now,
                callback=False,
            )
            for one in ids
        )
