"""All that the assistant says stands in domain.yml, in both languages."""

from __future__ import annotations

import re

import pytest
from rasa_sdk.executor import ActionExecutor

from actions.clerk import wording
from nightdesk.settings import ROOT

NAMES = sorted(wording.responses())
IN_TRADE = re.compile(r"_automotive$")
"""A response as one trade says it; the other trades say the one without this ending."""
FOR_THE_SHOP = re.compile(r"^ticket_")
"""What only the shop's people read, in the shop's language."""


def fields(text):
    return set(re.findall(r"{(\w+)}", text))


def texts(name, language):
    return [
        one["text"] for one in wording.responses()[name] if wording._language_of(one) == language
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_response_is_there_in_both_languages(name):
    assert texts(name, "zh")
    assert FOR_THE_SHOP.match(name) or texts(name, "en")


@pytest.mark.parametrize("name", NAMES)
def test_no_variation_asks_for_a_value_that_the_others_do_not_have(name):
    most = max((fields(one["text"]) for one in wording.responses()[name]), key=len)
    assert all(fields(one["text"]) <= most for one in wording.responses()[name])


@pytest.mark.parametrize("name", NAMES)
def test_every_response_is_short_enough_for_a_phone(name):
    assert all(len(one["text"]) <= 220 for one in wording.responses()[name])


def spoken():
    """The response names in the actions' sources: whole ones, and the fixed parts of built ones."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "actions").rglob("*.py")]
    prefixes = "|".join({name.split("_")[0] for name in NAMES})
    whole, built = set(), set()
    for text in sources:
        source = re.sub(r'log\.\w+\(\s*"\w+"|kind = "\w+"', "", text)
        whole |= set(re.findall(rf'(?<!f)"((?:{prefixes})_[a-z_]+)"', source))
        built |= set(re.findall(rf'f"((?:{prefixes})_[a-z_]*)\{{', source))
    return whole, built


def test_every_response_that_an_action_names_exists():
    whole, built = spoken()
    assert whole - {"order_no", "ticket_no", "appointment_no"} <= set(NAMES)
    assert all(any(name.startswith(start) for name in NAMES) for start in built)


def test_no_response_is_left_that_no_action_says():
    whole, built = spoken()
    unsaid = {
        name
        for name in NAMES
        if name not in whole
        and IN_TRADE.sub("", name).removesuffix("_again") not in whole
        and not any(name.startswith(start) for start in built if start not in ("order_",))
    }
    assert unsaid <= {"order_name", "order_phone", "order_address"} | {
        name for name in NAMES if name.startswith(("order_less", "order_misfit"))
    }


def test_words_are_listed_as_each_language_lists_them():
    assert wording.listing(["甲", "乙", "丙"], "zh") == "甲、乙和丙"
    assert wording.listing(["a", "b", "c"], "en") == "a, b and c"
    assert wording.listing(["a"], "en") == "a"


def test_the_domain_names_exactly_the_actions_that_exist():
    import yaml

    executor = ActionExecutor()
    executor.register_package("actions")
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    existing = {name for name in executor.actions if not name.endswith("_for_test")}
    assert set(domain["actions"]) == existing
