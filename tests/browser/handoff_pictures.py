"""Takes the pictures of ``docs/handoff.md``: a shop at noon and at 3 a.m., and who needs a person.

``python -m tests.browser.handoff_pictures [FOLDER]``; FOLDER is ``docs/images`` by default.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from nightdesk.checking.chromium import HOW_TO_GET, find
from nightdesk.clock import CLOCK
from nightdesk.settings import ROOT
from tests.browser.conftest import SIZES
from tests.browser.console_pages import look_at, sign_in, take, write
from tests.browser.test_chat_page import bubbles, say
from tests.harness.customer import Customer
from tests.harness.merchants import always_open
from tests.harness.person import PASSWORD
from tests.harness.shop import Shop
from tests.harness.talk import BEGIN, DETAILS

NOON, NIGHT = "2026-11-25T12:00:00+08:00", "2026-11-25T03:00:00+08:00"
PATIENCE_MS = 120_000
OTHERS = (
    ("zh", "你好，我的订单还没到", "叫你们经理来"),
    ("zh", "行车记录仪装上没画面", "我要投诉"),
    ("en", "do you have winter wipers", "human agent please"),
)


class Studio:
    """Opens pages and keeps their pictures."""

    def __init__(self, browser: Browser, shop: Shop, folder: Path) -> None:
        self.browser = browser
        self.shop = shop
        self.folder = folder

    def page(self, size: str, locale: str = "zh-CN") -> Page:
        options: dict[str, Any] = {**SIZES[size], "locale": locale}
        if size == "desktop":
            options["viewport"] = {"width": 1440, "height": 860}
        page = self.browser.new_context(**options, timezone_id="Asia/Shanghai").new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.clock.set_system_time(str(self.shop.admin().queue()["now"]))  # as the desk's
        return page

    def person(self, login: str, locale: str = "zh-CN") -> Page:
        """A page on which ``login`` is signed in."""
        page = self.page("desktop", locale)
        page.goto(self.shop.console)
        sign_in(page, login, self.shop.first_password if login == "admin" else PASSWORD)
        expect(page.locator(".rail")).to_be_visible()
        return page

    def keep(self, page: Page, name: str) -> None:
        page.wait_for_timeout(400)  # the end of a transition, which no condition names
        session = page.context.new_cdp_session(page)
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 82})
        path = self.folder / f"{name}.webp"
        path.write_bytes(base64.b64decode(taken["data"]))
        print(path, path.stat().st_size, flush=True)


def main(folder: Path) -> None:
    program = find()
    if program is None:
        sys.exit(HOW_TO_GET)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for moment, take_some in ((NOON, take_by_day), (NIGHT, take_at_night)):
            with opened(moment) as shop:
                take_some(Studio(browser, shop, folder))
        browser.close()


@contextmanager
def opened(moment: str) -> Iterator[Shop]:
    """The demo's shop at ``moment``, with three people; by day nobody is given back meanwhile."""
    with tempfile.TemporaryDirectory() as place:
        environment = {CLOCK: moment}
        if moment == NOON:
            merchant = always_open(Path(place) / "merchant", wait_minutes=60)
            environment["NIGHTDESK_MERCHANT"] = str(merchant)
        shop = Shop(Path(place) / "data", environment)
        try:
            shop.open(knowing=False)
            admin = shop.admin()
            for login, name in (("li", "小李"), ("wang", "王芳"), ("zhou", "周敏")):
                admin.hire(login, name)
            yield shop
        finally:
            shop.close()


def take_by_day(studio: Studio) -> None:
    """An order goes to two people and back."""
    shop = studio.shop
    for lang, *lines in OTHERS:
        Customer(shop.url, lang).talk(*lines)
    customer = studio.page("phone")
    customer.goto(shop.url)
    say(customer, BEGIN)
    expect(customer.locator(".nd-bot .nd-text").last).to_contain_text("全合成")
    say(customer, "能便宜点吗，转人工")
    expect(customer.get_by_role("button", name="回到助手")).to_be_visible()
    studio.keep(customer, "handoff-waiting")
    newest = max(shop.admin().queue()["waiting"], key=lambda item: str(item["since"]))
    conversation = str(newest["id"])

    li, wang = studio.person("li"), studio.person("wang")
    expect(li.locator(".queue li")).to_have_count(len(OTHERS) + 1)
    studio.keep(li, "handoff-queue")
    take(li, shop, conversation)
    write(li, "您好，我是小李。两桶一起买可以打九折。")
    expect(bubbles(customer, "您好，我是小李。两桶一起买可以打九折。")).to_be_visible()
    say(customer, "好的，那就要两桶")
    expect(li.locator(".transcript")).to_contain_text("好的，那就要两桶")
    write(li, "没问题，我给您备注上。")
    expect(customer.get_by_text("我给您备注上")).to_be_visible()
    studio.keep(li, "handoff-conversation")
    studio.keep(customer, "handoff-person")
    li.get_by_role("button", name="转给同事").click()
    expect(li.get_by_role("dialog")).to_contain_text("王芳")
    studio.keep(li, "handoff-transfer")
    li.get_by_text("王芳").click()
    li.get_by_role("dialog").get_by_role("button", name="转给同事").click()
    look_at(wang, shop, conversation)
    wang.get_by_role("button", name="交还机器人").click()
    wang.get_by_label("告诉顾客谈好了什么").fill("两桶机油打九折")
    wang.get_by_role("dialog").get_by_role("button", name="交还机器人").click()
    expect(customer.get_by_text("刚才说好的：两桶机油打九折")).to_be_visible()
    expect(customer.locator(".nd-bot .nd-text").last).to_contain_text("地址")
    say(customer, DETAILS)
    expect(customer.get_by_role("button", name="确认下单")).to_be_visible()
    studio.keep(customer, "handoff-back")
    wang.goto(f"{shop.console}#/tickets")
    wang.locator(".ticket").first.click()
    expect(wang.locator("body")).to_contain_text("TK")
    studio.keep(wang, "handoff-tickets")

    english = studio.person("zhou", locale="en-US")
    waiting = [one for one in shop.admin().queue()["waiting"] if one["language"] == "en"]
    take(english, shop, str(waiting[0]["id"]))
    write(english, "Hello, this is Zhou Min. Let me check for you.")
    expect(english.locator(".transcript")).to_contain_text("Let me check for you")
    studio.keep(english, "handoff-english")


def take_at_night(studio: Studio) -> None:
    """The same wish when nobody is there."""
    shop = studio.shop
    customer = studio.page("phone")
    customer.goto(shop.url)
    say(customer, BEGIN)
    last = customer.locator(".nd-bot .nd-text").last
    expect(last).to_contain_text("全合成")
    say(customer, "转人工")
    expect(customer.locator(".nd-bot").filter(has_text="09:00").first).to_be_visible()
    say(customer, "13800138000，早上十点")
    expect(last).to_contain_text("13800138000")
    studio.keep(customer, "handoff-night")
    people = studio.person("admin")
    (promised,) = shop.admin().queue()["callbacks"]
    look_at(people, shop, str(promised["id"]))
    expect(people.locator(".side")).to_contain_text("TK")
    studio.keep(people, "handoff-callback")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
