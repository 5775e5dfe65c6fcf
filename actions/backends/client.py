"""One JSON call to a backend: with a deadline, a token, and two kinds of failure.

Each call names its conversation in ``X-Conversation-Id``, so that backends can trace it, and the
knowledge service records what customers ask.
"""

from __future__ import annotations

import threading
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

import requests

from nightdesk import logs

CONNECT_S = 1.0
READ_S = 5.0
ATTEMPTS = 2

log = logs.get(__name__)


class BackendError(Exception):
    """A call that gave no usable answer."""


class Unavailable(BackendError):
    """Down, slow, 5xx, or an answer that makes no sense: whether a write happened is unknown."""


class Refused(BackendError):
    """The backend understood and said no: ``status``, the contract's ``code`` and ``details``."""

    def __init__(self, status: int, code: str, message: str, details: dict[str, Any]) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.details = details


class Client:
    """Calls one backend. Safe to use from several threads: each has a connection of its own."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url
        self._token = token
        self._local = threading.local()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at ``path``. Raises ``Refused`` or ``Unavailable``."""
        return self._call("GET", path, params=_given(query))

    def get_untraced(self, path: str, **query: Any) -> Any:
        """The same, for nobody's conversation: the backend keeps no note of it."""
        headers = {"X-Conversation-Id": ""}
        return self._call("GET", path, params=_given(query), headers=headers)

    def write(self, method: str, path: str, body: dict[str, Any], key: str) -> Any:
        """A write that happens once, however often it is sent: ``key`` is its Idempotency-Key."""
        return self._call(method, path, json=body, headers={"Idempotency-Key": key})

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {self._token}"
            self._local.session = session
        return session

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        """Sends again once after a failure: reads change nothing, writes carry their key."""
        problem = ""
        headers = {"X-Conversation-Id": quote(logs.conversation()), **arguments.pop("headers", {})}
        for _attempt in range(ATTEMPTS):
            try:
                response = self._session().request(
                    method,
                    self.base_url + path,
                    timeout=(CONNECT_S, READ_S),
                    headers=headers,
                    **arguments,
                )
            except requests.Timeout as error:
                problem = f"timeout: {error}"
                break
            except requests.RequestException as error:
                problem = f"no connection: {error}"
                continue
            if response.status_code < 500:
                return self._answer(response)
            problem = f"status {response.status_code}"
        log.warning("backend_unavailable", method=method, path=path, problem=problem)
        raise Unavailable(problem)

    @staticmethod
    def _answer(response: requests.Response) -> Any:
        try:
            body = response.json()
        except ValueError as error:
            raise Unavailable(f"not JSON, status {response.status_code}") from error
        if response.ok:
            return body
        problem = body.get("error") if isinstance(body, dict) else None
        if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
            raise Unavailable(f"no error of the contract, status {response.status_code}")
        details = problem.get("details")
        raise Refused(
            response.status_code,
            problem["code"],
            str(problem.get("message", "")),
            details if isinstance(details, dict) else {},
        )


def required(body: Any, name: str, kind: type | tuple[type, ...]) -> Any:
    """``body[name]``, which the contract promises. Raises ``Unavailable`` when it is not there."""
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool) or value == "":
        raise Unavailable(f"the answer has no {name}")
    return value


def money(body: Any, name: str) -> Decimal:
    """The decimal string ``body[name]``, never negative. Raises ``Unavailable``."""
    try:
        amount = Decimal(str(required(body, name, (str, int, float))))
    except InvalidOperation as error:
        raise Unavailable(f"{name} is no amount") from error
    if not amount.is_finite() or amount < 0:
        raise Unavailable(f"{name} is no amount")
    return amount


def _given(query: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}
