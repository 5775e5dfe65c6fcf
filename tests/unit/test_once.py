"""What is worked out once is what Rasa works out each time."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain

from nightdesk.bot import once


@pytest.fixture(autouse=True)
def worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((RemoteAction, "_validate_action_result"), (Domain, "is_empty")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # given back after the test
    once.work_out_once()


@pytest.mark.parametrize(
    "answer", [{"events": "none"}, {"events": [{"event": 1}]}, {"responses": ["text"]}, []]
)
def test_a_wrong_answer_is_refused_in_rasas_words(answer: Any) -> None:
    action = RemoteAction("action_x", None)
    with pytest.raises(ValidationError) as rasas:
        once._validate_as_rasa(action, answer)
    with pytest.raises(ValidationError) as ours:
        action._validate_action_result(answer)
    assert ours.value.message == rasas.value.message


def test_a_right_answer_is_taken() -> None:
    answer = {"events": [{"event": "slot", "name": "state", "value": {}}], "responses": [{}]}
    assert RemoteAction("action_x", None)._validate_action_result(answer)


def test_a_domain_is_empty_or_not_however_often_it_is_asked() -> None:
    empty, full = Domain.empty(), Domain.from_dict({"intents": ["greet"]})
    assert [empty.is_empty(), empty.is_empty()] == [True, True]
    assert [full.is_empty(), full.is_empty()] == [False, False]
