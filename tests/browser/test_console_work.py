"""What the console shows of a customer, and what people do for one, over the real backends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.console_pages import (
    beside,
    console,
    field,
    look_at,
    runs_until,
    small_shop,
    take,
    waiting,
)
from tests.browser.console_world import Shop


@pytest.fixture(scope="module")
def shop(widget: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all: each test has customers of its own."""
    with small_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(autouse=True)
def quiet(shop: Shop) -> None:
    shop.rasa.facts = None


def test_what_the_bot_knows_stands_beside_the_conversation(open_page: OpenPage, shop: Shop) -> None:
    shop.rasa.facts = {
        "intent": "order",
        "confidence": 0.93,
        "understood": True,
        "entities": [{"entity": "product", "value": "QM-OIL-5W30"}],
        "ranking": [["order", 0.93], ["ask_price", 0.04]],
        "action": "action_order",
        "task": {"kind": "order"},
        "question": "order_contact",
        "cart": [
            {"sku": "QM-OIL-5W30", "name": "全合成机油5W-30", "quantity": 2, "price": "298.00"}
        ],
        "customer": {"name": "张伟", "phone": "13800138000"},
    }
    visitor = waiting(shop)
    page = console(open_page, shop)
    look_at(page, shop, visitor.id)
    expect(beside(page, "为什么找人")).to_contain_text("说到了关键词")
    expect(beside(page, "顾客")).to_contain_text("138****8000")
    task = beside(page, "办到哪一步")
    expect(task).to_contain_text("收货人、电话、地址")
    expect(task).to_contain_text("¥596.00")
    line = page.locator(".line.customer").filter(has_text="来两桶机油")
    line.get_by_role("button", name="机器人怎么理解的").click()
    expect(line.locator(".trace")).to_contain_text("ask_price")
    take(page, shop, visitor.id)
    expect(beside(page, "顾客")).to_contain_text("13800138000")


def test_who_takes_a_conversation_sees_its_numbers_until_it_is_given_back(
    open_page: OpenPage, shop: Shop
) -> None:
    visitor = waiting(shop, "转人工，我的电话13800138000")
    page = console(open_page, shop)
    look_at(page, shop, visitor.id)
    transcript = page.locator(".transcript")
    expect(transcript).to_contain_text("******00")
    expect(transcript).not_to_contain_text("13800138000")
    take(page, shop, visitor.id)
    expect(transcript).to_contain_text("13800138000")
    page.get_by_role("button", name="交还机器人").click()
    page.get_by_role("dialog").get_by_role("button", name="交还机器人").click()
    expect(page.get_by_role("button", name=re.compile("^接待"))).to_be_visible()
    expect(transcript).not_to_contain_text("13800138000")


def test_replies_kept_ready_and_answers_of_the_shop_go_through_the_field(
    open_page: OpenPage, shop: Shop
) -> None:
    with shop.browser() as admin:
        reply = {"title": "请稍等", "text_zh": "请稍等，我查一下。", "text_en": "One moment."}
        admin.post("/canned", json=reply).raise_for_status()
    visitor = waiting(shop, "转人工，能自提吗")
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    field(page).press_sequentially("/稍等")
    expect(page.get_by_role("option", name="请稍等")).to_be_visible()
    field(page).press("Enter")
    expect(field(page)).to_have_value("请稍等，我查一下。")
    page.get_by_role("button", name="知识库建议").click()
    page.get_by_role("searchbox", name="在知识库里找").fill("可以自提吗？")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="可以自提吗？").click()
    expect(field(page)).to_have_value("请稍等，我查一下。\n可以，当天到店取。")
    assert not [text for who, text in visitor.said() if who == "agent"]
    field(page).press("Enter")
    runs_until(page, lambda: ("agent", "请稍等，我查一下。\n可以，当天到店取。") in visitor.said())


def test_an_order_is_placed_changed_and_cancelled_for_the_customer(
    open_page: OpenPage, shop: Shop
) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    page.get_by_role("button", name="代下订单").click()
    page.get_by_role("searchbox").fill("5W-30")
    page.get_by_role("button", name=re.compile("QM-OIL-5W30")).click()
    page.get_by_role("button", name="全合成机油5W-30 +1").click()
    page.get_by_label("姓名").fill("张伟")
    page.get_by_label("电话").fill("13800138000")
    page.get_by_label("地址").fill("上海市浦东新区张江路88号")
    expect(page.locator(".rows .sum")).to_contain_text("¥596.00")
    page.get_by_role("button", name="下单", exact=True).click()
    orders = beside(page, "订单")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(orders).to_contain_text("× 2")
    orders.get_by_role("button", name="修改").click()
    page.get_by_label("数量: 全合成机油5W-30").fill("3")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(orders).to_contain_text("¥894.00")
    orders.get_by_role("button", name="取消", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("货会回到库存")
    page.get_by_role("dialog").get_by_role("button", name="取消订单").click()
    expect(orders).to_contain_text("已取消")


def test_an_appointment_is_made_for_the_customer(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    page.get_by_role("button", name="代约").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("项目").select_option(index=1)
    expect(dialog.get_by_label("门店")).to_be_enabled()
    dialog.get_by_label("门店").select_option(index=1)
    dialog.locator(".times label").first.click()
    dialog.get_by_label("姓名").fill("张伟")
    dialog.get_by_label("电话").fill("13800138000")
    dialog.get_by_role("button", name="预约", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    booked = beside(page, "预约")
    expect(booked).to_contain_text("已约")
    booked.get_by_role("button", name="取消", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="取消预约").click()
    expect(booked).to_contain_text("已取消")


def test_the_outcome_of_a_ticket_reaches_the_customer_once(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    page.get_by_role("button", name="开工单").click()
    page.get_by_label("标题").fill("脚垫颜色不对")
    page.get_by_label("说明").fill("订的黑色，收到米色")
    page.get_by_role("dialog").get_by_role("button", name="开工单").click()
    mine = beside(page, "工单").locator("li").filter(has_text="脚垫颜色不对")
    mine.get_by_role("link").click()
    page.get_by_role("button", name="我来负责").click()
    expect(page.get_by_label("负责人").last).to_have_value("admin")
    page.get_by_label("写给同事").fill("仓库明天补发")
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".comments")).to_contain_text("仓库明天补发")
    page.get_by_role("button", name="解决").click()
    page.get_by_label("告诉顾客的结果").fill("黑色脚垫明天发出")
    page.get_by_role("dialog").get_by_role("button", name="解决").click()
    expect(page.get_by_text("结果已发给顾客")).to_be_visible()
    told = [text for _who, text in visitor.said() if "黑色脚垫明天发出" in text]
    assert len(told) == 1
    assert not [text for _who, text in visitor.said() if "仓库" in text]


def test_notes_are_for_colleagues_only(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    look_at(page, shop, visitor.id)
    page.locator("body").press("n")
    page.keyboard.type("老顾客，请优先")
    page.keyboard.press("Enter")
    expect(page.locator(".notes")).to_contain_text("老顾客，请优先")
    colleague = console(open_page, shop, "wang")
    look_at(colleague, shop, visitor.id)
    expect(colleague.locator(".notes")).to_contain_text("老顾客，请优先")
    assert "老顾客" not in str(visitor.said())
