"""The page of the people on duty, over the whole desk and its backends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.console_pages import (
    beside,
    console,
    field,
    look_at,
    runs_until,
    said,
    sign_in,
    small_shop,
    spoken,
    take,
    waiting,
    write,
)
from tests.browser.console_world import PASSWORD, Shop


@pytest.fixture(scope="module")
def shop(widget: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all: each test has customers of its own."""
    with small_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(autouse=True)
def quiet(shop: Shop) -> None:
    shop.rasa.facts = None


def test_who_has_no_password_stays_outside(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("desktop")
    page.goto(shop.console)
    sign_in(page, "admin", "nicht das Wort")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对。")
    sign_in(page, "admin", shop.first_password)
    expect(page.locator(".rail")).to_be_visible()
    page.reload()
    expect(page.locator(".rail")).to_be_visible()
    page.goto(f"{shop.console}#/account")
    page.get_by_role("button", name="退出").click()
    expect(page.locator(".gate")).to_be_visible()
    page.reload()
    expect(page.locator(".gate")).to_be_visible()


def test_of_two_who_take_a_conversation_the_second_is_told(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    slow = console(open_page, shop, "wang")
    look_at(slow, shop, visitor.id)
    slow.route("**/console/api/conversations/*?after=*", lambda route: route.abort())
    slow.route("**/console/api/events", lambda route: route.abort())
    slow.reload()
    slow.unroute("**/console/api/conversations/*?after=*")
    look_at(slow, shop, visitor.id)
    take(console(open_page, shop), shop, visitor.id)
    slow.get_by_role("button", name=re.compile("^接待")).click()
    expect(slow.get_by_text("慢了一步：店长 已经接了。")).to_be_visible()
    expect(slow.get_by_text("店长 正在接待。")).to_be_visible()


def test_an_answer_lost_on_its_way_is_no_second_message(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.post_data or "")
        route.fetch()
        route.abort()

    page.route("**/messages", lose_the_first)
    write(page, "查到了")
    write(page, "今天发货")
    expect(said(page, "今天发货")).to_be_visible()
    runs_until(page, lambda: ("agent", "今天发货") in visitor.said())
    expect(page.locator(".pending")).to_have_count(0)
    assert [text for who, text in visitor.said() if who == "agent"] == ["查到了", "今天发货"]
    assert [text for text in spoken(page) if text in ("查到了", "今天发货")] == [
        "查到了",
        "今天发货",
    ]


def test_what_the_desk_refuses_is_said_and_holds_nothing_up(
    open_page: OpenPage, shop: Shop
) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    refusal = '{"error": {"code": "forbidden", "message": "", "details": {}}}'
    page.route("**/messages", lambda route: route.fulfill(status=403, body=refusal))
    write(page, "第一句")
    expect(page.locator(".pending.refused")).to_contain_text("您没有这个权限。")
    page.unroute("**/messages")
    write(page, "第二句")
    runs_until(page, lambda: ("agent", "第二句") in visitor.said())
    page.get_by_role("button", name="重发").click()
    runs_until(page, lambda: ("agent", "第一句") in visitor.said())
    expect(page.locator(".pending")).to_have_count(0)


def test_a_new_message_sounds_and_notifies_who_looks_elsewhere(
    open_page: OpenPage, shop: Shop
) -> None:
    page = open_page("desktop")
    page.add_init_script(
        """
        window.told = []; window.tones = 0;
        document.hasFocus = () => false;
        window.Notification = class { constructor(title, o) { told.push(title + ': ' + o.body); } };
        Notification.permission = 'granted';
        window.AudioContext = class { state = 'running'; currentTime = 0; };
        window.OscillatorNode = class {
          constructor() { tones++; } connect(next) { return next; } start() {} stop() {} };
        window.GainNode = class {
          gain = { setValueAtTime() {}, linearRampToValueAtTime() {},
                   exponentialRampToValueAtTime() {} };
          connect(next) { return next; } };
        """
    )
    page.goto(shop.console)
    sign_in(page, "admin", shop.first_password)
    expect(page.locator(".rail")).to_be_visible()
    visitor = waiting(shop)
    runs_until(page, lambda: page.evaluate("told.some(one => one.startsWith('有顾客在等人'))"))
    take(page, shop, visitor.id)
    visitor.say("在吗在吗", "m3")
    runs_until(page, lambda: page.evaluate("told.includes('新消息: 在吗在吗')"))
    assert page.evaluate("tones") > 0
    assert page.evaluate("told.filter(one => one.includes('在吗在吗')).length") == 1


def test_a_supervisor_takes_over_what_a_colleague_has_left(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    agent = console(open_page, shop, "wang")
    take(agent, shop, visitor.id)
    write(agent, "您好，我是王芳")
    runs_until(agent, lambda: ("agent", "您好，我是王芳") in visitor.said())
    page = console(open_page, shop)
    look_at(page, shop, visitor.id)
    expect(field(page)).to_have_count(0)
    page.get_by_role("button", name="转给同事").click()
    page.get_by_role("radio", name="店长").check()
    page.get_by_role("dialog").get_by_role("button", name="转给同事").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    write(page, "我是店长，接着办")
    runs_until(page, lambda: ("agent", "我是店长，接着办") in visitor.said())
    expect(field(agent)).to_have_count(0)
    expect(agent.get_by_role("button", name="转给同事")).to_have_count(0)


def test_the_admin_makes_an_account_and_ends_it(open_page: OpenPage, shop: Shop) -> None:
    page = console(open_page, shop)
    page.goto(f"{shop.console}#/people")
    page.get_by_role("button", name="添加人员").click()
    page.get_by_label("称呼").fill("小赵")
    page.get_by_role("dialog").get_by_label("账号").fill("zhao")
    page.get_by_role("dialog").get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="保存").click()
    row = page.locator(".person").filter(has_text="小赵")
    expect(row).to_contain_text("客服")
    theirs = console(open_page, shop, "zhao")
    expect(theirs.get_by_role("link", name="人员")).to_have_count(0)
    page.on("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("停用")
    expect(theirs.locator(".gate")).to_be_visible()


def test_figures_and_the_record_are_for_supervisors(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop)
    take(page, shop, visitor.id)
    write(page, "办好了")
    runs_until(page, lambda: ("agent", "办好了") in visitor.said())
    page.goto(f"{shop.console}#/metrics")
    expect(page.get_by_role("row", name="说到了关键词")).to_be_visible()
    page.goto(f"{shop.console}#/audit")
    expect(page.get_by_role("row", name=re.compile("写给顾客")).first).to_contain_text("店长")
    agent = console(open_page, shop, "wang")
    expect(agent.get_by_role("link", name="操作记录")).to_have_count(0)


def test_the_page_speaks_english(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page = console(open_page, shop, locale="en-GB")
    take(page, shop, visitor.id)
    expect(page.get_by_role("button", name="Hand back")).to_be_visible()
    shown = page.locator(".rail, .queue h2, .acts, .composer, .side h3").all_inner_texts()
    assert not re.search("[\u4e00-\u9fff]", " ".join(shown))


@pytest.mark.parametrize("width", [320, 768, 1100])
def test_nothing_is_wider_than_the_screen(open_page: OpenPage, shop: Shop, width: int) -> None:
    visitor = waiting(shop, "转人工" + "很长的一句话没有空格" * 30)
    page = console(open_page, shop, viewport={"width": width, "height": 700})
    places = ("desk", f"desk/{visitor.id}", "tickets", "people", "metrics", "replies", "audit")
    for place in (*places, "account"):
        page.goto(f"{shop.console}#/{place}")
        expect(page.locator("main").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


def test_on_a_phone_the_way_leads_in_and_back(open_page: OpenPage, shop: Shop) -> None:
    visitor = waiting(shop)
    page: Page = console(open_page, shop, size="phone")
    page.locator(f"a[href*='{visitor.id}']").click()
    page.get_by_role("button", name=re.compile("^接待")).click()
    write(page, "您好")
    runs_until(page, lambda: ("agent", "您好") in visitor.said())
    page.get_by_role("button", name="详情").click()
    expect(beside(page, "为什么找人")).to_be_in_viewport()
    page.locator(".close-side").click()
    page.get_by_role("link", name="返回").click()
    expect(page.locator(".queue")).to_be_visible()
