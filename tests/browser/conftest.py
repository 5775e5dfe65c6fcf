"""A real Chromium, the built widget, and a desk to talk to.

``open_page(size)`` gives a page of its own visitor; ``page`` is one of each size. Whatever a page
asks of any host but the machine itself fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from nightdesk.checking.chromium import HOW_TO_GET, find
from nightdesk.running import frontend
from tests.browser.fake_desk import FakeDesk, serving

SIZES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 860}},
}

OpenPage = Callable[..., Page]

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def widget(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built front end's folder; built now if its sources have changed."""
    frontend.build_all(tmp_path_factory.mktemp("build") / "frontend.log", print)
    return frontend.WEB / "widget" / "dist"


@pytest.fixture(scope="session")
def browser(widget: Path) -> Iterator[Browser]:
    program = find()
    if program is None:
        pytest.skip(HOW_TO_GET)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """``open_page(size="phone", **options of a Playwright context)`` → a new visitor's page."""
    contexts = []
    foreign: list[str] = []
    broken: list[str] = []

    def open_one(size: str = "phone", **options: Any) -> Page:
        defaults = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **SIZES[size]}
        context = browser.new_context(**{**defaults, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: note(request.url))
        page.on("pageerror", lambda error: broken.append(str(error)))
        return page

    def note(url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
            foreign.append(url)

    yield open_one
    for context in contexts:
        context.close()
    assert foreign == [], "the page asked another host"
    assert broken == [], "a script failed in the page"


@pytest.fixture(params=sorted(SIZES))
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """A new Chinese visitor, on a phone and on a desktop."""
    return open_page(request.param)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def origin(desk: FakeDesk, widget: Path) -> Iterator[str]:
    """Where ``desk`` serves the chat page."""
    with serving(desk.app()) as address:
        yield address
        desk.expire_all()  # ends the event streams, which a server waits for
