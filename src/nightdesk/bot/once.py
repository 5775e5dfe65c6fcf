"""What Rasa works out again for every message, worked out once.

A third of a message's processor time was spent on checking that the schema of an action server's
answer is a schema, before the answer itself was checked.
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain

_SCHEMA = RemoteAction.action_response_format_spec()
_ANSWER = validator_for(_SCHEMA)(_SCHEMA)
_validate_as_rasa = RemoteAction._validate_action_result
_is_empty_as_rasa = Domain.is_empty
_EMPTY = "_nightdesk_is_empty"


def _validate(action: RemoteAction, result: dict[str, Any]) -> bool:
    # What is wrong is worded by Rasa.
    return bool(_ANSWER.is_valid(result) or _validate_as_rasa(action, result))


def _is_empty(domain: Domain) -> bool:
    # Rasa builds an empty domain and compares all of it; a domain does not change.
    if _EMPTY not in domain.__dict__:
        domain.__dict__[_EMPTY] = _is_empty_as_rasa(domain)
    return bool(domain.__dict__[_EMPTY])


def work_out_once() -> None:
    """From here on, in this process."""
    RemoteAction._validate_action_result = _validate
    Domain.is_empty = _is_empty
