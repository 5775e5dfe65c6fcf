"""Takes the pictures of the knowledge page for the documentation, from the demo's shop.

``python -m tests.browser.knowledge_pictures``
"""

from __future__ import annotations

import re
import sys

from playwright.sync_api import Page, expect, sync_playwright

from nightdesk.checking.chromium import HOW_TO_GET, find
from nightdesk.settings import ROOT
from tests.browser.conftest import SIZES
from tests.browser.knowledge_world import demo

PATIENCE_MS = 120_000
ANSWER = "现货 16:00 前付款当天发出。到店自提也行，{hours:SH-PD}，电话 {phone:SH-PD}。"


def main() -> None:
    program = find()
    if program is None:
        sys.exit(HOW_TO_GET)
    with demo() as here, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for size, picture in (("desktop", gaps), ("phone", replay)):
            context = browser.new_context(
                **SIZES[size], locale="zh-CN", timezone_id="Asia/Shanghai", color_scheme="light"
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            expect.set_options(timeout=PATIENCE_MS)
            page.goto(here.page)
            page.get_by_label("密码").fill(here.password)
            page.keyboard.press("Enter")
            expect(page.get_by_role("link", name="新问答")).to_be_visible()
            picture(page, here.page)
            path = ROOT / "docs" / "images" / f"knowledge-{size}.png"
            page.screenshot(path=path)
            print(path)
            context.close()
        browser.close()


def gaps(page: Page, address: str) -> None:
    """What nobody answered."""
    page.goto(f"{address}#/gaps")
    expect(page.locator(".gap").first).to_be_visible()


def replay(page: Page, address: str) -> None:
    """An answer with live figures, and what publishing it would change."""
    page.goto(f"{address}#/entry/dispatch_cutoff")
    page.get_by_label("怎么回答", exact=True).fill(ANSWER)
    expect(page.locator(".live")).to_contain_text("021-55500201")
    page.get_by_role("button", name="检查并发布").click()
    expect(page.get_by_text(re.compile("^试了 .* 个问题")).first).to_be_visible()
    page.locator(".replay").scroll_into_view_if_needed()


if __name__ == "__main__":
    main()
