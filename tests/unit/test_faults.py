"""Faults: stop first, one question at most, never a guess; over fake backends."""

from __future__ import annotations

import pytest

from actions.backends.knowledge import Entry, Fault
from tests.unit.clerk import Customer

SOFT = Fault("soft", "刹车发软", "不要再开，叫拖车。", "stop", ("缺油", "有空气"), "brake", 0.9)
SQUEAL = Fault("squeal", "刹车有异响", "3 天内来检修。", "medium", ("磨损",), "brake", 0.6)
JUDDER = Fault("judder", "刹车抖", "一周内来检修。", "medium", (), "brake", 0.5)


@pytest.fixture
def customer(monkeypatch):
    customer = Customer(monkeypatch)
    customer.knowledge.table = {"踩空": [SOFT], "吱": [SQUEAL], "刹车": [SQUEAL, JUDDER, SOFT]}
    return customer


def test_a_fault_is_told_with_causes_advice_and_a_booking(customer):
    reply = customer.says("report_fault", "一踩就吱吱叫")
    assert "刹车有异响" in reply
    assert "磨损" in reply
    assert "3 天内来检修。" in reply
    assert customer.buttons[0]["payload"] == '/book_appointment{"service":"brake"}'


def test_who_must_not_drive_on_is_told_so_before_anything_else(customer):
    reply = customer.says("report_fault", "踏板一脚踩空")
    assert reply.splitlines()[0].startswith("⚠️ 先别开了")
    assert reply.index("先别开了") < reply.index("刹车发软")


def test_a_danger_that_is_likeliest_by_far_is_warned_of_at_once(customer):
    leak = Fault("brake_soft", "刹车发软", "叫拖车。", "stop", score=0.4)
    squeal = Fault("brake_squeal", "刹车有异响", "查刹车片。", "medium", score=0.2)
    customer.knowledge.table["脚掣"] = [leak, squeal]
    reply = customer.says("report_fault", "脚掣有啲唔妥")
    assert reply.startswith("⚠️ 先别开了")
    assert "叫拖车。" in reply
    assert "查刹车片。" in customer.taps("刹车有异响")


def test_an_unclear_fault_is_asked_about_once_with_its_likeliest_symptoms(customer):
    reply = customer.says("report_fault", "刹车不对劲")
    assert "更像" in reply
    assert [one["title"] for one in customer.buttons] == [
        "刹车有异响",
        "刹车抖",
        "刹车发软",
        "都不是",
    ]
    assert "3 天内来检修。" in customer.taps("刹车有异响")
    assert customer.slot["task"] is None


def test_a_dangerous_possibility_is_warned_of_before_the_question(customer):
    assert customer.says("report_fault", "刹车不对劲").startswith("⚠️ 还在路上的话")


@pytest.mark.parametrize("words", ["第二个", "2", "第二种"])
def test_a_symptom_is_chosen_by_its_place(customer, words):
    customer.says("report_fault", "刹车不对劲")
    assert "一周内来检修。" in customer.says("inform", words)


def test_more_words_decide_between_the_symptoms(customer):
    customer.says("report_fault", "刹车不对劲")
    assert "不要再开" in customer.says("inform", "就是踩空了那种")


def test_what_is_still_unclear_after_one_question_goes_to_a_person_or_a_check(customer):
    customer.says("report_fault", "刹车不对劲")
    reply = customer.taps("都不是")
    assert "不敢乱猜" in reply
    customer.taps("请同事联系我")
    assert customer.tickets.opened[0]["kind"] == "fault"
    assert "刹车不对劲" in customer.tickets.opened[0]["description"]


def test_a_fault_that_matches_nothing_is_not_guessed(customer):
    reply = customer.says("report_fault", "天窗自己唱歌")
    assert "不敢乱猜" in reply
    assert customer.buttons[0]["payload"] == '/book_appointment{"service":"diagnostics"}'
    assert customer.tickets.opened == []


def test_a_ticket_for_an_unknown_fault_can_be_asked_for_in_words(customer):
    customer.says("report_fault", "天窗自己唱歌")
    assert "T-1" in customer.says("inform", "那让师傅给我打个电话")


def test_an_unknown_fault_described_again_is_matched(customer):
    customer.says("report_fault", "车子怪怪的")
    assert "3 天内来检修。" in customer.says("inform", "踩下去吱一声")


def test_no_thanks_ends_the_matter(customer):
    customer.says("report_fault", "天窗自己唱歌")
    customer.says("deny", "不用了")
    assert customer.slot["task"] is None


def test_an_order_goes_on_after_a_fault_was_answered(customer):
    customer.says("place_order", "来个[支架](product)")
    reply = customer.says("report_fault", "一踩就吱吱叫")
    assert "3 天内来检修。" in reply
    assert "收货地址" in reply


def test_a_tap_without_words_is_asked_what_is_wrong(customer):
    assert "怎么了" in customer.says("report_fault", "/report_fault")
    assert "3 天内来检修。" in customer.says("inform", "踩下去吱一声")


def test_danger_is_warned_of_although_something_else_was_asked(customer):
    customer.knowledge.about = {"保修": Entry("warranty", "保修？", "两年。", 0.9)}
    reply = customer.says("ask_faq", "一脚踩空了还保修吗")
    assert reply.startswith("⚠️")
    assert "不要再开，叫拖车。" in reply
    assert "两年。" in reply


def test_a_fault_that_is_not_dangerous_does_not_answer_another_question(customer):
    assert "3 天内" not in customer.says("ask_faq", "吱吱响保修吗")


LOUD = Fault("boil", "水温过高", "停车熄火，别开水箱盖，叫拖车。", "stop", (), "brake", 0.9)
FUEL = Fault("fuel", "油耗变高", "查胎压。", "low", (), "brake", 0.7)


def test_what_now_after_an_advice_is_about_the_same_fault(customer):
    customer.knowledge.table = {"开锅": [LOUD], "咋办": [FUEL]}
    customer.says("report_fault", "开锅了")
    reply = customer.says("nlu_fallback", "停应急车道了 现在咋办")
    assert "叫拖车" in reply
    assert "油耗" not in reply


def test_a_question_about_the_advice_gets_no_other_faults_advice(customer):
    customer.knowledge.table = {"开锅": [LOUD]}
    customer.says("report_fault", "开锅了")
    customer.knowledge.table["加水"] = [FUEL, LOUD]
    assert "别开水箱盖" in customer.says("report_fault", "然后呢 能开水箱盖加水不")


def test_another_fault_right_after_an_advice_gets_its_own(customer):
    customer.knowledge.table = {"开锅": [LOUD], "吱": [SQUEAL]}
    customer.says("report_fault", "开锅了")
    assert "刹车有异响" in customer.says("report_fault", "还有刹车有异响 吱吱的")


def test_a_time_and_a_phone_after_a_fault_book_and_describe_nothing(customer):
    customer.says("report_fault", "刹车不对劲")
    reply = customer.says("inform", "[明天十点](time) [13800138000](phone)")
    assert "对不上号" not in reply
    assert customer.slot["task"]["kind"] == "appointment"


def test_a_single_symptom_that_has_its_words_is_not_asked_about(customer):
    customer.knowledge.table = {"异响": [Fault("a", "刹车有异响", "查。", "low", score=0.4)]}
    assert "更像" not in customer.says("report_fault", "刹车有点异响")


def test_the_fault_table_is_searched_once_for_the_same_words_of_a_turn(customer, monkeypatch):
    asked = []
    search = customer.knowledge.faults
    monkeypatch.setattr(
        customer.knowledge,
        "faults",
        lambda words, *rest: asked.append(words) or search(words, *rest),
    )
    customer.says("nlu_fallback", "车顶有点不对劲")
    assert asked
    assert len(asked) == len(set(asked))


HOURS = Entry("hours", "一天戴多久？", "8 小时以内。", 0.97)


@pytest.mark.parametrize("words", ["再戴一会儿行不行", "慢慢开过去得不得行", "我明天还能用吗"])
def test_whether_one_may_go_on_after_a_danger_is_no_general_question(customer, words):
    customer.says("report_fault", "踏板一脚踩空")
    customer.knowledge.entries, customer.knowledge.answerable = [HOURS], True
    for intent in ("ask_faq", "ask_recommendation", "find_branch"):
        reply = customer.says(intent, words)
        assert "不要再开，叫拖车。" in reply
        assert "8 小时" not in reply


def test_another_question_after_a_danger_is_answered(customer):
    customer.says("report_fault", "踏板一脚踩空")
    customer.knowledge.about = {"发票": Entry("invoice", "开票？", "可以开。", 0.9)}
    assert customer.says("ask_faq", "修了给开发票吗") == "可以开。"


def test_a_question_that_the_knowledge_base_knows_better_is_no_fault(customer):
    customer.knowledge.about = {"雷": Entry("rain", "下雨能充电？", "雷暴时不要充。", 0.93)}
    charge = Fault("charge", "充不进电", "换个桩。", "low", (), "", 0.91)
    customer.knowledge.table = {"雷": [charge]}
    assert customer.says("report_fault", "打雷插着枪有冇事") == "雷暴时不要充。"


def test_a_danger_comes_before_what_the_knowledge_base_knows(customer):
    customer.knowledge.about = {"踩空": Entry("pads", "刹车片多久换？", "三万公里。", 0.95)}
    assert "不要再开" in customer.says("report_fault", "一脚踩空了怎么办")


def test_the_symptom_of_the_thing_that_is_named_is_the_one(customer):
    loose = Fault("loose", "支架松动", "拧紧卡扣。", "low", (), "", 0.4)
    customer.knowledge.table = {"晃": [loose, SOFT]}
    assert "拧紧卡扣。" in customer.says("report_fault", "[支架](product)老是晃")


def test_a_price_after_an_unclear_fault_is_of_the_service_that_mends_it(customer):
    customer.says("report_fault", "刹车不对劲")
    assert customer.slot["service"] == "brake"
