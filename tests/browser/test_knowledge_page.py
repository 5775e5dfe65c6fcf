"""The shop's knowledge page, as its keeper meets it, over the real service and sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from nightdesk.backends.knowledge import bank
from tests.browser.conftest import OpenPage
from tests.browser.knowledge_world import World, world
from tests.harness.customer import wait_for

TOPICS = {
    "shipping_fee",
    "shipping_time",
    "store_pickup",
    "store_amenities",
    "pets_allowed",
    "payment_methods",
    "small_talk",
    "general_knowledge",
}


@pytest.fixture
def shop(widget: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    topics = tuple(topic for topic in bank.shipped() if topic.id in TOPICS)
    monkeypatch.setattr(bank, "shipped", lambda folder=bank.BANK: topics)
    with world(tmp_path) as here:
        yield here


def sign_in(page: Page, shop: World) -> None:
    page.goto(shop.page)
    page.get_by_label("密码").fill(shop.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="新问答")).to_be_visible()


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def ask(page: Page, question: str) -> None:
    page.get_by_label("像顾客一样问一句").fill(question)
    page.keyboard.press("Enter")


def publish(page: Page) -> None:
    """Check, see the replay come to its end, publish."""
    button(page, "检查并发布")
    expect(page.get_by_text(re.compile("^试了 .* 个问题|^这 .* 个问题")).first).to_be_visible()
    button(page, "发布")
    expect(page.get_by_text("已发布，马上生效。")).to_be_visible()


def test_a_wrong_password_stays_outside(page: Page, shop: World) -> None:
    page.goto(shop.page)
    page.get_by_label("密码").fill("not this")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("密码不对。")
    expect(page.get_by_text("运费怎么算？")).to_have_count(0)


def test_an_edit_is_replayed_published_live_and_undone(page: Page, shop: World) -> None:
    shop.ask("包邮吗", "c-1")
    sign_in(page, shop)
    page.get_by_role("link", name=re.compile("运费怎么算")).click()
    page.get_by_label("怎么回答", exact=True).fill("满 199 元包邮。")
    button(page, "检查并发布")
    panel = page.locator(".replay")
    expect(panel.get_by_text("包邮吗", exact=True)).to_be_visible()
    expect(panel.get_by_text("满 199 元包邮。")).to_be_visible()
    assert shop.ask("包邮吗", "c-2")["hits"][0]["answer"].startswith("满 80 元")
    button(page, "发布")
    expect(page.get_by_text("已发布，马上生效。")).to_be_visible()
    assert shop.ask("包邮吗", "c-3")["hits"][0]["answer"] == "满 199 元包邮。"
    button(page, "撤销")
    expect(page.get_by_label("怎么回答", exact=True)).to_have_value("满 80 元包邮，不满收 10 元。")
    assert shop.ask("包邮吗", "c-4")["hits"][0]["answer"].startswith("满 80 元")


def test_the_page_answers_as_a_customer_would_be_answered(page: Page, shop: World) -> None:
    sign_in(page, shop)
    ask(page, "包邮吗")
    expect(page.get_by_text("会直接这样回答")).to_be_visible()
    expect(page.locator(".hit")).to_contain_text("满 80 元包邮")
    expect(page.locator(".hit")).to_contain_text(re.compile(r"把握 \d+%"))
    ask(page, "门口有停车位吗")
    expect(page.get_by_text("会说不知道")).to_be_visible()


def test_a_gap_becomes_an_answer(page: Page, shop: World) -> None:
    for number, question in enumerate(("门口有停车位吗", "有停车位吗", "停车位有没有")):
        shop.ask(question, f"c-{number}")
    sign_in(page, shop)
    page.get_by_role("link", name="没答上的").click()
    expect(page.locator(".gap")).to_have_count(1)
    expect(page.locator(".gap")).to_contain_text("3 次")
    button(page, "写回答")
    expect(page.get_by_label("顾客会怎么问", exact=True)).to_have_value(re.compile("停车位"))
    page.get_by_label("怎么回答", exact=True).fill("门口有 12 个车位。")
    publish(page)
    assert shop.ask("有停车位吗", "c-9")["hits"][0]["answer"] == "门口有 12 个车位。"
    page.get_by_role("link", name="没答上的").click()
    expect(page.get_by_text("这段时间顾客问的都答上了。")).to_be_visible()


def test_a_gap_joins_an_answer_that_is_there(page: Page, shop: World) -> None:
    shop.ask("有停车位吗", "c-1")
    sign_in(page, shop)
    page.get_by_role("link", name="没答上的").click()
    gap = page.locator(".gap")
    gap.get_by_role("combobox").select_option(label="可以自提吗？")
    button(page, "并入")
    expect(page.get_by_text("已并入，马上生效。")).to_be_visible()
    expect(gap).to_have_count(0)
    wait_for(
        lambda: shop.ask("有停车位吗", "c-2")["hits"][0]["id"],
        lambda first: first == "shop_pickup",
        20,
    )


def test_a_table_is_checked_before_it_is_taken(page: Page, shop: World) -> None:
    sign_in(page, shop)
    page.get_by_role("link", name="导入导出").click()
    paste = page.get_by_label("或者把表格粘贴到这里")
    paste.fill("问题,答案\n能停车吗,<script>alert(1)</script>")
    button(page, "检查")
    expect(page.get_by_role("alert")).to_contain_text("1 处错误")
    expect(page.get_by_role("cell", name="不能用网页代码")).to_be_visible()
    paste.fill("问题,答案\n能停车吗,门口能停。\n运费怎么算？,都包邮。")
    button(page, "检查")
    expect(page.get_by_text("新增 1 条，修改 1 条，不变 0 条")).to_be_visible()
    assert shop.ask("包邮吗", "c-1")["hits"][0]["answer"].startswith("满 80 元")
    button(page, "确认导入")
    expect(page.get_by_text("导入好了，马上生效。")).to_be_visible()
    assert shop.ask("包邮吗", "c-2")["hits"][0]["answer"] == "都包邮。"
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "都包邮。" in Path(download.value.path()).read_text("utf-8")


def test_a_live_price_is_chosen_shown_filled_and_published(page: Page, shop: World) -> None:
    sign_in(page, shop)
    page.get_by_role("link", name=re.compile("运费怎么算")).click()
    answer = page.get_by_label("怎么回答", exact=True)
    answer.fill("龙井一罐 ")
    page.get_by_text("插入会变的数字").click()
    page.get_by_label("搜商品、服务或门店").fill("龙井")
    button(page, "插入 {price:TEA-1}")
    expect(answer).to_have_value("龙井一罐 {price:TEA-1}")
    expect(page.locator(".live")).to_contain_text("龙井一罐 ¥68")
    answer.fill("龙井一罐 {price:TEA-11}")
    expect(page.locator(".live")).to_contain_text("{price:TEA-1}")
    button(page, "检查并发布")
    button(page, "发布")
    expect(page.get_by_text("{price:TEA-11} 不对。")).to_be_visible()
    button(page, "继续修改")
    answer.fill("龙井一罐 {price:TEA-1}")
    publish(page)
    page.get_by_role("link", name="返回").click()
    ask(page, "包邮吗")
    expect(page.locator(".hit")).to_contain_text("龙井一罐 ¥68")


def test_a_contradiction_is_shown_before_it_is_published(page: Page, shop: World) -> None:
    sign_in(page, shop)
    page.get_by_role("link", name="新问答").click()
    page.get_by_label("顾客会怎么问", exact=True).fill("运费怎么算")
    page.get_by_label("怎么回答", exact=True).fill("一律 20 元。")
    button(page, "检查并发布")
    warning = page.locator(".replay .wrong")
    expect(warning).to_contain_text("“运费怎么算”另一条问答也在答，而且答案不一样")
    expect(warning.get_by_role("link")).to_have_attribute("href", "#/entry/shipping_fee")


def test_what_customers_said_of_an_answer_is_shown(page: Page, shop: World) -> None:
    shop.ask("包邮吗", "c-1")
    shop.says_unhelpful("shipping_fee", "c-1")
    sign_in(page, shop)
    page.get_by_role("link", name="没答上的").click()
    expect(page.locator(".gap")).to_contain_text("顾客说没解决 1 次")


def test_an_order_that_ended_at_a_gap_is_shown(page: Page, shop: World) -> None:
    shop.ask("门口有停车位吗", "c-1", task="order")
    sign_in(page, shop)
    page.get_by_role("link", name="没答上的").click()
    expect(page.locator(".gap")).to_contain_text("当时 1 人正在下单，1 人没下成")


def test_what_is_not_published_is_not_lost_by_a_slip(open_page: OpenPage, shop: World) -> None:
    page = open_page("desktop")
    sign_in(page, shop)
    page.get_by_role("link", name=re.compile("运费怎么算")).click()
    page.get_by_label("怎么回答", exact=True).fill("半截")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("link", name="没答上的").click()
    expect(page.get_by_label("怎么回答", exact=True)).to_have_value("半截")
    assert len(asked) == 1


def test_the_page_speaks_english_and_needs_no_mouse(open_page: OpenPage, shop: World) -> None:
    page = open_page("desktop", locale="en-GB")
    page.goto(shop.page)
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(shop.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="New answer")).to_be_visible()
    page.get_by_role("link", name=re.compile("运费怎么算")).focus()
    page.keyboard.press("Enter")
    answer = page.get_by_label("The answer", exact=True)
    expect(answer).to_be_visible()
    answer.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("包邮")
    check = page.get_by_role("button", name="Check and publish")
    for _ in range(12):
        page.keyboard.press("Tab")
        if check.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Published: it is live.")).to_be_visible()


def test_nothing_is_wider_than_a_phone(open_page: OpenPage, shop: World) -> None:
    shop.ask("门口有停车位吗", "c-1")
    page = open_page("phone", viewport={"width": 320, "height": 640})
    sign_in(page, shop)
    for place in ("entries", "gaps", "files", "account", "entry/shipping_fee"):
        page.goto(f"{shop.page}#/{place}")
        expect(page.locator("main .card").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, place
