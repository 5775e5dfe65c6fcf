"""Who has a conversation: taking it, handing it on or back, ending it, and writing in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.service import ServiceError
from nightdesk.desk.console import audit, items
from nightdesk.desk.console.accounts import Person
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.sessions import SignedIn
from nightdesk.desk.handoff.ownership import ImpossibleError, NotOwnerError, StaleError
from nightdesk.desk.handoff.states import State
from nightdesk.desk.records import NoConversationError

T = TypeVar("T")

_VERSION = Field(..., ge=0)


class Claim(BaseModel):
    version: int = _VERSION


class Transfer(Claim):
    to: str = Field(..., min_length=1, max_length=32)


class HandBack(Claim):
    """``done``: what was open is done, and the bot need not ask for it again."""

    recap: str = Field("", max_length=2000)
    done: bool = False


class Close(Claim):
    outcome: str = Field("", max_length=2000)


class NewLine(BaseModel):
    text: str = Field(..., min_length=1, max_length=4000)
    client_message_id: str = Field(..., regex=r"\A[\w.:-]{1,58}\Z")


class Seen(BaseModel):
    message_id: int = Field(..., ge=1, le=2**53)


def add(routes: APIRouter, context: Context) -> None:
    _add_changes(routes, context)
    _add_words(routes, context)


def _add_changes(routes: APIRouter, context: Context) -> None:
    path, owners = "/conversations/{conversation_id}", context.owners

    async def changed(
        signed: SignedIn, action: str, conversation_id: str, change: Callable[[], Any], **about: Any
    ) -> items.Item:
        """Carry the change out, record it, tell all who look on; the item as it is then."""
        me = signed.person

        def work() -> items.Item:
            _asked(context, conversation_id, change)
            with context.database.write() as session:
                audit.record(session, me.id, action, conversation_id, **about)
            with context.database.read() as session:
                return items.one(session, conversation_id)

        item = await run_in_threadpool(work)
        context.notifier.notify(conversation_id)
        return item

    @routes.post(f"{path}/claim")
    async def claim(
        conversation_id: str,
        body: Claim,
        signed: SignedIn = Depends(context.agent),
    ) -> items.Item:
        change = partial(owners.claim, conversation_id, signed.person.id, body.version)
        return await changed(signed, "claimed", conversation_id, change)

    @routes.post(f"{path}/transfer")
    async def transfer(
        conversation_id: str, body: Transfer, signed: SignedIn = Depends(context.agent)
    ) -> items.Item:
        """To an active account."""
        me = signed.person
        await run_in_threadpool(_colleague, context, body.to)
        change = partial(
            owners.transfer,
            conversation_id,
            me.id,
            body.to,
            body.version,
            override=me.may("supervisor"),
        )
        return await changed(signed, "transferred", conversation_id, change, to=body.to)

    @routes.post(f"{path}/hand-back")
    async def hand_back(
        conversation_id: str,
        body: HandBack,
        signed: SignedIn = Depends(context.agent),
    ) -> items.Item:
        me = signed.person
        change = partial(
            owners.hand_back,
            conversation_id,
            me.id,
            body.version,
            body.recap,
            done=body.done,
            override=me.may("supervisor"),
        )
        item = await changed(signed, "handed_back", conversation_id, change, recap=body.recap)
        context.kick(conversation_id)
        return item

    @routes.post(f"{path}/close")
    async def close(
        conversation_id: str,
        body: Close,
        signed: SignedIn = Depends(context.agent),
    ) -> items.Item:
        me = signed.person
        change = partial(
            owners.close,
            conversation_id,
            me.id,
            body.version,
            body.outcome,
            override=me.may("supervisor"),
        )
        return await changed(signed, "closed", conversation_id, change, outcome=body.outcome)


def _add_words(routes: APIRouter, context: Context) -> None:
    path, owners = "/conversations/{conversation_id}", context.owners

    @routes.post(f"{path}/messages", status_code=201)
    async def write(
        conversation_id: str, body: NewLine, signed: SignedIn = Depends(context.agent)
    ) -> dict[str, Any]:
        """To the customer; the same ``client_message_id`` again is the same line."""
        me = signed.person
        say = partial(owners.write, conversation_id, me.id, body.text, body.client_message_id)

        def work() -> dict[str, Any]:
            line = _asked(context, conversation_id, say)
            with context.database.write() as session:
                audit.record(session, me.id, "wrote", conversation_id, line=line["id"])
            return line

        line = await run_in_threadpool(work)
        context.notifier.notify(conversation_id)
        return line

    @routes.post(f"{path}/typing", status_code=204, response_class=Response)
    async def typing(conversation_id: str, signed: SignedIn = Depends(context.agent)) -> None:
        """The customer is shown it, if the conversation is this person's."""
        me = signed.person
        if await run_in_threadpool(_mine, context, conversation_id, me):
            await run_in_threadpool(context.typing.mark, conversation_id, "agent", me.name)
            context.notifier.notify(conversation_id)

    @routes.post(f"{path}/read", status_code=204, response_class=Response)
    async def read(
        conversation_id: str, body: Seen, signed: SignedIn = Depends(context.agent)
    ) -> None:
        """Up to ``message_id``. Who only looks on has read nothing for the customer."""
        if await run_in_threadpool(_mine, context, conversation_id, signed.person):
            mark = partial(owners.read, conversation_id, "agent", body.message_id)
            if await run_in_threadpool(mark):
                context.notifier.notify(conversation_id)


def _asked(context: Context, conversation_id: str, change: Callable[[], T]) -> T:
    """What ``change`` returns; its refusals as the API has them.

    Raises:
        ServiceError: 404; 409 ``stale`` or ``impossible`` and 403 ``not_owner``, each with the
            present ``owner``; 422 ``empty``.
    """

    def refused(status: int, code: str, message: str) -> ServiceError:
        with context.database.read() as session:
            owner = items.one(session, conversation_id)
        return ServiceError(status, code, message, owner=owner)

    try:
        return change()
    except NoConversationError as error:
        raise ServiceError(404, "not_found", "There is no such conversation.") from error
    except StaleError as error:
        raise refused(409, "stale", "The conversation has changed hands meanwhile.") from error
    except ImpossibleError as error:
        raise refused(409, "impossible", "That cannot be done with it now.") from error
    except NotOwnerError as error:
        raise refused(403, "not_owner", "The conversation is not yours.") from error
    except ValueError as error:
        raise ServiceError(422, "empty", "There is nothing to say.") from error


def _mine(context: Context, conversation_id: str, me: Person) -> bool:
    owned = context.owners.of(conversation_id)
    return owned.state is State.HUMAN and owned.agent_id == me.id


def _colleague(context: Context, agent_id: str) -> None:
    for one in context.accounts.everyone():
        if one.person.id == agent_id and one.person.active:
            return
    raise ServiceError(422, "no_colleague", "There is no such active account.")
