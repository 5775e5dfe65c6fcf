"""The whole way: a customer orders in the browser at 2 a.m., and the order is in the backend."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_chat_page import say
from tests.harness.fixtures import running_shops, shop
from tests.harness.shop import Shop

__all__ = ["running_shops", "shop"]

ORDER = "来两桶全合成5W-30和一套E7脚垫，寄上海浦东张江路88号，张伟13800138000"


def test_an_order_in_the_browser_is_in_the_order_backend(page: Page, shop: Shop) -> None:
    page.set_default_timeout(30_000)
    page.goto(shop.url)
    say(page, ORDER)
    expect(page.locator(".nd-bot .nd-text").last).to_contain_text("¥964")
    page.reload()
    page.get_by_role("button", name="确认下单").click()
    said = page.locator(".nd-bot .nd-text").last
    expect(said).to_contain_text("订单号")
    with shop.backends as client:
        number = next(word for word in said.inner_text().replace("，", " ").split() if "QM" in word)
        order = client.get(f"/orders/{number}", params={"phone_tail": "8000"}).json()
    assert {item["sku"]: item["quantity"] for item in order["items"]} == {
        "QM-OIL-5W30": 2,
        "QM-MAT-FULL": 1,
    }
    assert order["customer"]["name"] == "张伟"
