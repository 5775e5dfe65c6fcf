"""Which place a customer means, and how far it is."""

from __future__ import annotations

import pytest

from nightdesk.backends.scheduling.places import _landmarks, distance_km, gazetteer

BEIJING = (39.934, 116.517)
SHANGHAI = (31.172, 121.553)
HANGZHOU = (30.305, 120.100)
BRANCHES = (BEIJING, SHANGHAI, HANGZHOU)


def _names(text, branches=BRANCHES):
    return [place.name for place in gazetteer().locate(text, branches)]


def test_the_distance_of_beijing_and_shanghai_is_the_known_one():
    assert distance_km((39.9042, 116.4074), (31.2304, 121.4737)) == pytest.approx(1067, abs=2)


def test_a_place_is_no_distance_from_itself():
    assert distance_km(BEIJING, BEIJING) == 0


def test_the_distance_over_the_date_line_is_the_short_one():
    assert distance_km((0, 179.5), (0, -179.5)) == pytest.approx(111.2, abs=0.1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("南京", "江苏省南京市"),
        ("昌平", "北京市昌平区"),
        ("望京", "北京市望京"),
        ("我在陆家嘴上班", "上海市陆家嘴"),
        ("上海张江", "上海市张江"),
        ("浦東", "上海市浦东新区"),
        ("Xi'an", "陕西省西安市"),
        ("Shanghai Pudong", "上海市浦东新区"),
    ],
)
def test_a_place_is_found_by_what_people_call_it(text, name):
    assert _names(text) == [name]


def test_of_two_districts_of_one_name_the_one_with_a_branch_near_is_meant():
    assert _names("朝阳区") == ["北京市朝阳区"]
    assert _names("西湖区") == ["浙江省杭州市西湖区"]


def test_the_city_that_is_named_too_decides():
    assert _names("长春朝阳区") == ["吉林省长春市朝阳区"]


def test_without_a_hint_all_of_one_name_are_candidates():
    assert {"浙江省杭州市西湖区", "江西省南昌市西湖区"} <= set(_names("西湖区", ()))


def test_a_road_named_after_a_city_is_not_that_city():
    assert _names("上海南京东路") == ["上海市黄浦区南京东路街道"]
    assert "江苏省南京市" not in _names("南京路步行街")


def test_a_village_with_a_common_name_is_not_believed_far_from_every_branch():
    assert _names("华泰村") == []


@pytest.mark.parametrize("text", ["五道口", "我在五道口这边", "near Wudaokou"])
def test_a_landmark_is_found_where_it_lies(text):
    [place] = gazetteer().locate(text, BRANCHES)
    assert (place.name, place.level) == ("北京市五道口", "landmark")
    assert distance_km(place.point, (39.993, 116.338)) < 1


@pytest.mark.parametrize("text", ["中山公园", "火车东站", "欢乐谷", "奥体中心", "鼓楼", "太古里"])
def test_a_name_that_many_cities_have_is_no_landmark_of_one(text):
    assert not [place for place in gazetteer().locate(text, BRANCHES) if place.level == "landmark"]


def test_every_landmark_lies_near_its_city():
    for place, _ in _landmarks():
        [city] = [one for one in gazetteer().locate(place.above[-1]) if one.level != "landmark"]
        assert distance_km(place.point, city.point) < 90, place.name


def test_a_landmark_far_from_every_branch_needs_its_city():
    assert _names("太原街") == []
    assert _names("沈阳太原街") == ["沈阳市太原街"]


@pytest.mark.parametrize("text", ["", " ", "火星", "new york", "12345", "🚗"])
def test_what_is_no_place_is_found_nowhere(text):
    assert _names(text) == []
