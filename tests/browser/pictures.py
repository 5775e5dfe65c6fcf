"""Takes the pictures for the documentation from a running desk: an order, up to the read-back.

``python -m tests.browser.pictures http://127.0.0.1:8080``
"""

from __future__ import annotations

import sys

from playwright.sync_api import expect, sync_playwright

from nightdesk.checking.chromium import HOW_TO_GET, find
from nightdesk.settings import ROOT
from tests.browser.conftest import SIZES

ORDER = "来两桶全合成5W-30和一套E7脚垫，寄上海浦东张江路88号，张伟13800138000"


def main(origin: str) -> None:
    program = find()
    if program is None:
        sys.exit(HOW_TO_GET)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for size, options in SIZES.items():
            context = browser.new_context(
                **options, locale="zh-CN", timezone_id="Asia/Shanghai", color_scheme="light"
            )
            page = context.new_page()
            page.goto(origin)
            page.get_by_role("textbox").click()
            page.keyboard.insert_text(ORDER)
            page.get_by_role("button", name="发送", exact=True).click()
            expect(page.locator(".nd-bot .nd-text")).not_to_have_count(1, timeout=30_000)
            expect(page.locator(".nd-typing")).to_have_count(0, timeout=30_000)
            path = ROOT / "docs" / "images" / f"chat-{size}.png"
            page.screenshot(path=path)
            print(path)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
