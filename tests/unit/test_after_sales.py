"""What is asked about a placed order, over fake backends."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from actions.after_sales.invoices import valid_tax_no
from actions.backends.client import Refused
from actions.backends.knowledge import Entry
from actions.backends.orders import Line, Order
from actions.backends.tickets import Ticket
from tests.unit.clerk import Customer

ORDER = Order(
    "QM001",
    "placed",
    Decimal(90),
    "CNY",
    (Line("MOUNT", "手机支架", 2),),
    "张伟",
    "13800138000",
    "上海浦东张江路88号",
)


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


@pytest.fixture
def owner(customer):
    """A customer whose session made the order."""
    customer.orders.own = [ORDER]
    return customer


@pytest.fixture
def stranger(customer):
    """A customer whose order was made elsewhere."""
    customer.orders.others = [ORDER]
    return customer


def test_the_session_that_made_the_order_is_answered_at_once(owner):
    assert "还没发货" in owner.says("track_order", "我的快递到哪了")


def test_an_order_is_told_in_the_language_of_the_customer(owner):
    line = Line("MOUNT", "手机支架", 2, "Phone mount")
    owner.orders.own = [replace(ORDER, lines=(line,))]
    assert "Phone mount" in owner.says("track_order", "where is my order", "en")
    assert "Phone mount×2" in owner.says("cancel_order", "cancel it", "en")


def test_who_ordered_here_and_wants_it_no_more_is_served_and_not_told_the_rules(owner):
    owner.knowledge.about = {"退": Entry("returns", "能退吗？", "七天内可退。", 0.9)}
    owner.slot = {"language": "zh", "customer": {}, "orders": ["QM001"]}
    reply = owner.says("return_exchange", "刚买的能退吗 不想要了")
    assert "要取消订单 QM001" in reply


def test_who_only_asks_whether_it_can_be_returned_is_told_the_rules(owner):
    owner.knowledge.about = {"退": Entry("returns", "能退吗？", "七天内可退。", 0.9)}
    owner.slot = {"language": "zh", "customer": {}, "orders": ["QM001"]}
    assert owner.says("return_exchange", "装不上能退吗") == "七天内可退。"


@pytest.mark.parametrize("intent", ["nlu_fallback", "ask_faq"])
def test_who_wants_the_order_back_is_served_whatever_it_was_taken_for(owner, intent):
    owner.slot = {"language": "zh", "customer": {}, "orders": ["QM001"]}
    assert "要取消订单 QM001" in owner.says(intent, "不用打电话 我就想把这单退了")


def test_the_code_of_a_taxpayer_is_for_an_invoice(owner):
    owner.says("inform", "给开个票 杭州云岫科技有限公司 91330106MA2GW73KXJ 发[a@b.cn](email)")
    assert owner.orders.invoices[0]["tax_no"] == "91330106MA2GW73KXJ"


def test_the_same_order_again_goes_to_another_address(owner):
    owner.says("modify_order", "照刚才那单再下一份，寄[泰州市海陵区东进东路9号](address)")
    items = owner.slot["task"]["items"]
    assert [(item["product"]["sku"], item["quantity"]) for item in items] == [("MOUNT", 2)]
    assert owner.slot["customer"]["address"] == "泰州市海陵区东进东路9号"


def test_who_gives_up_the_proof_is_not_asked_for_it_again(stranger):
    stranger.says("track_order", "我的快递到哪了")
    reply = stranger.says("ask_price", "那算了 你们[支架](product)啥价")
    assert "¥45" in reply
    assert "后四位" not in reply


def test_a_yes_to_the_cancelling_may_be_another_cancel(owner):
    owner.says("cancel_order", "不要了，取消")
    assert "取消好了" in owner.says("cancel_order", "对 取消")


def test_a_shipped_order_is_told_with_carrier_and_number(owner):
    owner.orders.own = [replace(ORDER, status="shipped", carrier="顺丰", tracking_no="SF1")]
    assert "顺丰 SF1" in owner.says("track_order", "到哪了")


def test_another_order_needs_its_number_and_the_phone(stranger):
    assert "后四位" in stranger.says("track_order", "我的快递到哪了")
    assert "还没发货" in stranger.says("inform", "[QM001](order_no) 8000")


def test_number_and_phone_may_come_one_after_the_other(stranger):
    stranger.says("track_order", "[QM001](order_no)到哪了")
    assert "还没发货" in stranger.says("inform", "8000")


def test_a_wrong_phone_shows_nothing(stranger):
    stranger.says("track_order", "[QM001](order_no)到哪了")
    reply = stranger.says("inform", "9999")
    assert "对不上" in reply
    assert "手机支架" not in reply


def test_five_misses_lock_the_session_even_for_the_right_phone(stranger):
    stranger.says("track_order", "到哪了")
    for _ in range(5):
        reply = stranger.says("inform", "[QM001](order_no) 1111")
    assert "太多" in reply
    assert "太多" in stranger.says("track_order", "[QM001](order_no)，尾号8000")
    assert "太多" in stranger.says("track_order", "[QM001](order_no) [13800138000](phone)")


def test_an_order_is_cancelled_after_a_yes(owner):
    assert "QM001" in owner.says("cancel_order", "刚下的单不要了")
    assert owner.orders.cancelled == []
    assert "取消好了" in owner.says("affirm", "对")
    assert owner.orders.cancelled == ["QM001"]


def test_an_order_stays_after_a_no(owner):
    owner.says("cancel_order", "刚下的单不要了")
    assert "保持不变" in owner.says("deny", "算了先留着")
    assert owner.orders.cancelled == []


def test_a_shipped_order_cannot_be_cancelled_and_says_so(owner):
    owner.orders.failing = [Refused(409, "already_shipped", "", {})]
    owner.says("cancel_order", "取消")
    assert "已经发出" in owner.says("affirm", "对")


def test_the_address_of_a_placed_order_is_changed_after_a_read_back(owner):
    reply = owner.says("modify_order", "地址改成[北京市朝阳区建国路93号](address)")
    assert "建国路93号" in reply
    assert owner.orders.changes == []
    assert "改好了" in owner.says("affirm", "对")
    assert owner.orders.changes == [{"address": "北京市朝阳区建国路93号"}]


def test_the_quantity_of_a_placed_order_is_changed(owner):
    assert "手机支架 × 3" in owner.says("modify_order", "[支架](product)改成[三个](quantity)")
    owner.says("affirm", "对")
    assert owner.orders.changes == [{"items": [{"sku": "MOUNT", "quantity": 3}]}]


def test_what_to_change_is_asked_when_it_was_not_said(owner):
    assert "要改什么" in owner.says("modify_order", "订单要改一下")
    assert "13900139000" in owner.says("inform", "[13900139000](phone)")


def test_a_return_asks_for_the_reason_and_is_requested(owner):
    assert "原因" in owner.says("return_exchange", "我想换货")
    assert "换货申请" in owner.says("inform", "买错型号了")
    assert owner.orders.returns == [("exchange", "买错型号了")]


def test_a_personal_invoice_takes_an_email_only(owner):
    owner.says("request_invoice", "开张发票，个人的")
    reply = owner.says("inform", "[a@b.com](email)")
    assert "a@b.com" in reply
    assert owner.orders.invoices == [{"title": "个人", "tax_no": None, "email": "a@b.com"}]


def test_a_company_invoice_checks_its_tax_number(owner):
    owner.says("request_invoice", "抬头开上海启明科技有限公司，[a@b.com](email)")
    assert "校验" in owner.says("inform", "税号91310000MA1K00000X")
    reply = owner.says("inform", "91350100M000100Y43")
    assert "上海启明科技有限公司" in reply
    assert owner.orders.invoices[0]["tax_no"] == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100I000100Y43", False),
        ("123456789012345", True),
        ("1234", False),
    ],
)
def test_a_tax_number_is_checked_by_its_check_character(number, valid):
    assert valid_tax_no(number) is valid


def test_calling_off_an_order_that_is_being_taken_drops_it(owner):
    owner.says("place_order", "我要[支架](product)")
    assert "这单不下了" in owner.says("cancel_order", "取消吧")
    assert owner.orders.cancelled == []


def test_a_look_at_an_order_leads_back_to_the_one_being_taken(owner):
    owner.says("place_order", "我要[支架](product)")
    reply = owner.says("track_order", "对了我上次那单到哪了")
    assert "还没发货" in reply
    assert "订单还接着弄吗" in reply
    assert "收货" in owner.says("affirm", "接着弄")


def test_a_ticket_of_this_conversation_is_told_with_its_comment(customer):
    customer.tickets.own = [Ticket("T1", "in_progress", "conversation", "", "配件已寄出")]
    reply = customer.says("query_ticket", "我的投诉到哪步了")
    assert "正在处理" in reply
    assert "配件已寄出" in reply


def test_a_ticket_of_somebody_else_is_not_told(customer):
    customer.tickets.others = [Ticket("T9", "resolved", "other", "13800138000")]
    assert "没查到" in customer.says("query_ticket", "[T9](ticket_no)怎么样了")
    assert "处理好" in customer.says("query_ticket", "[T9](ticket_no) 尾号8000")


def test_wrong_tails_alone_count_against_the_number_given_before(stranger):
    stranger.says("track_order", "[QM001](order_no)到哪了")
    for tail in ("1111", "2222", "3333", "4444", "5555"):
        reply = stranger.says("inform", tail)
    assert "太多" in reply


def test_a_recipient_without_a_mark_is_read_from_the_words(owner):
    assert "莫秀英" in owner.says("modify_order", "收件人换成我妈 莫秀英 就刚下的这个")


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback"])
def test_details_of_an_invoice_ask_for_one(owner, intent):
    words = "发票开上海启明科技有限公司 税号91350100M000100Y43 发到[a@b.com](email)"
    assert "上海启明科技有限公司" in owner.says(intent, words)
    assert owner.orders.invoices[0]["tax_no"] == "91350100M000100Y43"


def test_four_digits_that_look_like_a_number_are_the_tail(stranger):
    stranger.says("track_order", "[QM001](order_no)到哪了")
    assert "还没发货" in stranger.says("inform", "[8000](order_no)试下")
