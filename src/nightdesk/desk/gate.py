"""Who may come in with what: tokens, rates, lengths. Refusals speak the customer's language."""

from __future__ import annotations

import math
import uuid

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.service import ServiceError
from nightdesk.desk import text, words
from nightdesk.desk.courier import Courier
from nightdesk.desk.limits import Window
from nightdesk.desk.options import Options
from nightdesk.desk.records import (
    Inbound,
    NoConversationError,
    Outcome,
    TooManyWaitingError,
    UnknownButtonError,
)
from nightdesk.desk.sessions import InvalidTokenError, Session, Tokens
from nightdesk.desk.store import Store

bearer = HTTPBearer(auto_error=False, description="The token of `POST /chat/sessions`.")


class Gate:
    """The checks that the chat contract and the REST webhook share."""

    def __init__(self, tokens: Tokens, store: Store, courier: Courier, options: Options) -> None:
        self.tokens = tokens
        self.store = store
        self._courier = courier
        self._options = options
        self._sessions = Window(options.session_rate)
        self._messages = Window(options.message_rate)

    def admit_session(self, request: Request) -> None:
        """Raises ServiceError 429: this address has opened too many sessions."""
        address = request.client.host if request.client else "unknown"
        self._refuse_haste(self._sessions, address, language_of(request))

    def visitor(
        self, request: Request, given: HTTPAuthorizationCredentials | None = Depends(bearer)
    ) -> Session:
        """A dependency: the session of the ``Authorization`` header. Raises ServiceError 401."""
        return self.session(given.credentials if given else "", request)

    def session(self, token: str, request: Request) -> Session:
        """The session of ``token``. Raises ServiceError 401."""
        try:
            return self.tokens.read(token)
        except InvalidTokenError as error:
            raise session_over(language_of(request)) from error

    async def language(self, session: Session, request: Request) -> str:
        """The conversation's language. Raises ServiceError 401: it is not kept here any more."""
        try:
            return await run_in_threadpool(self.store.language, session.id)
        except NoConversationError as error:
            raise session_over(language_of(request)) from error

    async def take(
        self,
        session: Session,
        request: Request,
        *,
        typed: str | None = None,
        button: str | None = None,
        client_message_id: str | None = None,
    ) -> Outcome:
        """Keep a message, see it answered, and say how it went.

        Raises:
            ServiceError: 401, 422 or 429; then nothing was kept.
        """
        language = await self.language(session, request)
        if typed is not None:
            language = words.language_of(typed) or language
        self._refuse_haste(self._messages, session.id, language)
        content = text.clean(typed or "")
        if len(content) > self._options.longest_text:
            limit = self._options.longest_text
            raise refused(422, "too_long", language, limit=limit)
        if button is None and not content:
            raise refused(422, "empty", language)
        inbound = Inbound(client_message_id or uuid.uuid4().hex, content, button, language)
        try:
            received = await run_in_threadpool(self.store.receive, session.id, inbound)
        except UnknownButtonError as error:
            raise refused(422, "unknown_button", language) from error
        except TooManyWaitingError as error:
            raise refused(429, "too_many_waiting", language, seconds=5) from error
        self._courier.kick(session.id)
        return await self._courier.outcome(session.id, received.message_id)

    def _refuse_haste(self, window: Window, key: str, language: str) -> None:
        if wait := window.refuse_for(key):
            raise refused(429, "too_fast", language, seconds=math.ceil(wait))


def language_of(request: Request) -> str:
    return words.language_of_header(request.headers.get("accept-language", ""))


def session_over(language: str) -> ServiceError:
    return ServiceError(401, "unauthorized", words.say("session_over", language))


def refused(status: int, sentence: str, language: str, **values: object) -> ServiceError:
    """A refusal in the desk's own words; one that ends by itself names its ``seconds``."""
    return ServiceError(status, sentence, words.say(sentence, language, **values), **values)
