"""Counting the messages that a task takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from bench.turns import LANGUAGES, TASKS, Outcome, play, table
from tests.harness.customer import Reply


@dataclass
class Scripted:
    """A customer to whom the shop says ``replies``, one after the other."""

    replies: list[str]
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> Reply:
        self.said.append(text)
        return Reply("bot", ({"text": self.replies[len(self.said) - 1]},))


SCRIPT = {
    "say": "两个支架",
    "answers": [{"when": "手机号", "say": "138"}, {"when": "核对", "say": "对"}],
    "done": "订单号",
}


def test_what_is_asked_is_answered_until_the_task_is_done():
    customer = Scripted(["手机号？", "核对一下", "订单号 QM1"])
    assert play(customer, SCRIPT) == 3
    assert customer.said == ["两个支架", "138", "对"]


def test_a_question_that_the_customer_has_answered_already_ends_it():
    assert play(Scripted(["手机号？", "手机号？", "手机号？"]), SCRIPT) is None


def test_a_reply_that_asks_nothing_and_does_nothing_ends_it():
    assert play(Scripted(["没太明白"]), SCRIPT) is None


def test_the_table_says_what_was_not_done_and_sums_only_what_was():
    outcomes = [
        Outcome("order", 3, "zh", 4),
        Outcome("order", 3, "en", None),
        Outcome("book", 2, "zh", 2),
        Outcome("book", 2, "en", 2),
    ]
    text = table(outcomes)
    assert "| order | 3 | 4 | not done |" in text
    assert "| 2 of 2 | 1 of 2 |" in text
    assert "| 6 / 5 | 2 / 2 |" in text


def test_every_task_is_there_in_both_languages():
    tasks = yaml.safe_load(TASKS.read_text(encoding="utf-8"))
    for task in tasks.values():
        assert all({"say", "done"} <= set(task[language]) for language in LANGUAGES)
        assert task.get("first", "order") in tasks
