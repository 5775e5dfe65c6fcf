"""What the tests of the console do on its page, again and again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

from nightdesk.backends.knowledge import bank
from tests.browser.conftest import OpenPage
from tests.browser.console_world import PASSWORD, Shop, opened
from tests.integration.desk_world import Visitor


class House(Protocol):
    """A shop with a console, whatever stands behind it."""

    @property
    def console(self) -> str: ...

    @property
    def first_password(self) -> str: ...


@contextmanager
def small_shop(folder: Path) -> Iterator[Shop]:
    """A shop that fits its knowledge to its own few answers, and not to the whole bank; 王芳 works
    there beside its first account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "shipped", lambda folder=bank.BANK: ())
        with opened(folder) as shop:
            shop.colleague("wang", "王芳")
            yield shop


def console(
    open_page: OpenPage, shop: House, login: str = "admin", size: str = "desktop", **options: object
) -> Page:
    """A page on which ``login`` is signed in."""
    page = open_page(size, **options)
    page.goto(shop.console)
    password = shop.first_password if login == "admin" else PASSWORD
    sign_in(page, login, password)
    expect(page.locator(".rail")).to_be_visible()
    return page


def sign_in(page: Page, login: str, password: str) -> None:
    page.locator("input[autocomplete=username]").fill(login)
    page.locator("input[autocomplete=current-password]").fill(password)
    page.keyboard.press("Enter")


def look_at(page: Page, shop: House, conversation: str) -> None:
    page.goto(f"{shop.console}#/desk/{conversation}")
    expect(page.locator(".talk-head")).to_be_visible()


def take(page: Page, shop: House, conversation: str) -> None:
    """Open it and take it over."""
    look_at(page, shop, conversation)
    page.get_by_role("button", name=re.compile("^(接待|Take over)")).click()
    expect(field(page)).to_be_visible()


def field(page: Page) -> Locator:
    return page.get_by_label(re.compile("^(写给顾客|Write to the customer)$"))


def write(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


def said(page: Page, text: str) -> Locator:
    """The bubbles that say exactly ``text``."""
    return page.locator(".transcript .text").get_by_text(text, exact=True)


def spoken(page: Page) -> list[str]:
    """Every bubble, from the first to the last."""
    return page.locator(".transcript .text").all_inner_texts()


def beside(page: Page, title: str) -> Locator:
    """The part of the side panel that is headed so."""
    return page.locator(".side .box").filter(
        has=page.locator("h3", has_text=re.compile(rf"^\s*{title}(\s|$)"))
    )


def runs_until(page: Page, condition: Callable[[], object], seconds: int = 60) -> None:
    """Lets the page run until ``condition`` holds."""
    for _ in range(seconds * 10):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("never so")


def waiting(shop: Shop, words: str = "转人工") -> Visitor:
    """A customer who wants a person."""
    visitor = shop.visitor()
    visitor.say("来两桶机油", "m1")
    visitor.say(words, "m2")
    return visitor
