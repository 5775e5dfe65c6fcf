"""Finding a branch, over fake backends."""

from __future__ import annotations

import pytest

from actions.backends.knowledge import Entry
from tests.unit.clerk import Customer


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


def test_the_nearest_branches_are_told_with_distance_address_phone_and_hours(customer):
    reply = customer.says("find_branch", "离[张江](location)最近的店在哪")
    assert "上海浦东店（约 6 公里）" in reply
    assert "上海闵行店（约 22 公里）" in reply
    assert "上海市某路1号" in reply
    assert "09:00–20:30" in reply
    assert "021-1" in reply


def test_a_named_branch_is_answered_alone(customer):
    reply = customer.says("find_branch", "[闵行店](branch)几点关门")
    assert "上海闵行店\n" in reply
    assert "浦东" not in reply


def test_it_asks_where_the_customer_is_and_takes_bare_words(customer):
    reply = customer.says("find_branch", "你们店在哪")
    assert "上海和西安" in reply
    assert "上海浦东店" in customer.says("nlu_fallback", "张江这边")
    assert customer.slot["task"] is None


def test_a_far_place_is_said_to_be_far(customer):
    reply = customer.says("find_branch", "[哈尔滨](location)有店吗")
    assert "没有我们的店" in reply
    assert "西安雁塔店（约 1500 公里）" in reply


def test_an_unknown_place_is_said_and_asked_again(customer):
    reply = customer.says("find_branch", "[霍格沃茨](location)附近有店吗")
    assert "霍格沃茨" in reply
    assert "哪个城市" in reply


def test_a_place_of_two_meanings_is_asked_about(customer):
    assert "北京市朝阳区还是辽宁省朝阳市" in customer.says("find_branch", "[朝阳](location)哪有店")


def test_a_town_is_answered_with_all_its_branches(customer):
    reply = customer.says("find_branch", "[上海](location)有几家店")
    assert "上海浦东店" in reply
    assert "上海闵行店" in reply
    assert "西安" not in reply


def test_a_branch_is_booked_by_tap(customer):
    customer.says("find_branch", "[闵行店](branch)地址")
    reply = customer.taps("约上海闵行店")
    assert "上海闵行店" in reply
    assert "要做的项目" in reply


def test_a_branch_asked_for_in_the_middle_of_a_booking_leads_back_to_it(customer):
    customer.says("book_appointment", "约[小保养](service)")
    assert "手机号" in customer.says("find_branch", "你们都有哪些店")
    assert "上海浦东店" in customer.says("find_branch", "[张江](location)附近那家")


def test_english_is_answered_in_english(customer):
    reply = customer.says("find_branch", "where is [SH-PD](branch)?", "en")
    assert "open 09:00–20:30" in reply


def test_something_else_asked_of_a_branch_is_answered_too(customer):
    customer.knowledge.about = {"停车": Entry("parking", "能停车吗？", "有免费停车位。", 0.9)}
    reply = customer.says("find_branch", "[闵行店](branch)停车方便不")
    assert "有免费停车位。" in reply
    assert "上海闵行店" in reply


def test_the_hours_of_a_branch_are_its_own(customer):
    customer.knowledge.about = {"几点": Entry("hours", "几点开门？", "九点。", 0.9)}
    assert "九点。" not in customer.says("find_branch", "[闵行店](branch)几点开门")
