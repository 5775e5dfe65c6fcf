"""The launcher on a shop's own site: another origin, with styles of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_desk import FakeDesk, serving

SITE = """<!doctype html><html lang="zh"><title>Shop</title>
<style>
  * {{ color: rgb(255, 0, 0) !important; font-size: 40px !important }}
  button {{ display: none }}
</style>
<h1>Our shop</h1>
<script src="{origin}/widget.js" defer data-color="#0a6b4f" data-position="left" {more}></script>"""


@pytest.fixture
def site(origin: str) -> Iterator[str]:
    """A shop's page that embeds the widget, with ``?en`` in English."""
    app = FastAPI()

    @app.get("/", response_class=HTMLResponse)
    def page(en: str | None = None) -> str:
        return SITE.format(origin=origin, more='data-lang="en"' if en is not None else "")

    with serving(app) as address:
        yield address


def test_one_line_puts_a_working_chat_on_any_site(
    page: Page, site: str, origin: str, desk: FakeDesk
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    launcher = page.get_by_role("button", name="打开聊天")
    expect(launcher).to_be_visible()
    assert not any("panel.js" in url or "/chat/" in url for url in asked)
    launcher.click()
    expect(page.get_by_text("您好，这里是启明车品")).to_be_visible()
    phone = page.evaluate("matchMedia('(pointer: coarse)').matches")
    expect(page.get_by_role("log" if phone else "textbox")).to_be_focused()
    page.get_by_role("textbox").click()
    page.keyboard.insert_text("来一桶")
    page.get_by_role("button", name="发送", exact=True).click()
    answer = page.locator(".nd-text").get_by_text("收到：来一桶")
    expect(answer).to_be_visible()
    assert desk.said() == ["来一桶"]
    assert answer.evaluate("one => getComputedStyle(one).fontSize") == "16px"
    assert answer.evaluate("one => getComputedStyle(one).color") != "rgb(255, 0, 0)"
    assert page.locator("h1").first.evaluate("one => getComputedStyle(one).fontSize") == "40px"
    mine = page.locator(".nd-customer .nd-text")
    assert mine.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(10, 107, 79)"
    assert all(url.startswith((origin, site)) for url in asked)


def test_an_answer_to_a_closed_chat_is_marked_unread(page: Page, site: str, desk: FakeDesk) -> None:
    page.goto(site)
    page.get_by_role("button", name="打开聊天").click()
    page.get_by_role("textbox").click()
    page.keyboard.insert_text("在吗")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator(".nd-text").get_by_text("收到：在吗")).to_be_visible()
    page.keyboard.press("Escape")
    launcher = page.get_by_role("button", name="打开聊天")
    expect(launcher).to_be_focused()
    desk.push(text="您的货发了")
    expect(launcher).to_have_accessible_name("打开聊天, 1 条新消息")
    page.reload()
    expect(launcher).to_have_accessible_name("打开聊天, 1 条新消息")
    desk.push(text="到了")
    expect(launcher).to_have_accessible_name("打开聊天, 2 条新消息")
    launcher.click()
    expect(page.locator(".nd-text").get_by_text("到了")).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher).to_have_accessible_name("打开聊天")


def test_the_script_decides_the_language_and_the_side(open_page: OpenPage, site: str) -> None:
    page = open_page("desktop")
    page.goto(f"{site}/?en")
    launcher = page.get_by_role("button", name="Open chat")
    box = launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    launcher.click()
    expect(page.get_by_role("heading", name="Qiming Auto")).to_be_visible()


def test_a_chat_that_cannot_be_fetched_closes_and_opens_at_the_next_press(
    open_page: OpenPage, site: str
) -> None:
    page = open_page("desktop")
    page.route("**/panel.js", lambda route: route.abort(), times=1)
    page.goto(site)
    launcher = page.get_by_role("button", name="打开聊天")
    launcher.click()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.click()
    expect(page.get_by_text("您好，这里是启明车品")).to_be_visible()
