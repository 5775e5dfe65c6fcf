"""``/session``, ``/presence`` and ``/agents``: signing in, being there, and the accounts."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, validator
from starlette.concurrency import run_in_threadpool

from nightdesk import clock
from nightdesk.backends.service import ServiceError
from nightdesk.desk import shop
from nightdesk.desk.admin import address_of, same_site
from nightdesk.desk.console.accounts import LOGIN, Person
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.sessions import COOKIE, LIFE, SignedIn
from nightdesk.desk.misses import Door
from nightdesk.desk.passwords import LEAST_LENGTH, MOST_LENGTH, NOBODY

PATH = "/console"
_MOST_OF_ADDRESS, _MOST_OF_LOGIN = 20, 50

Role = Literal["agent", "supervisor", "admin"]
_LOGIN = Field(..., regex=LOGIN)
_NAME = Field(..., min_length=1, max_length=64, regex=r"^[^\x00-\x1f\ud800-\udfff]*$")
_GIVEN = Field(..., max_length=MOST_LENGTH)
_NEW = Field(..., min_length=LEAST_LENGTH, max_length=MOST_LENGTH)


class SignIn(BaseModel):
    login: str = Field(..., min_length=1, max_length=64)
    password: str = _GIVEN


class NewPassword(BaseModel):
    old: str = _GIVEN
    new: str = _NEW


class Presence(BaseModel):
    away: bool


class NewAgent(BaseModel):
    login: str = _LOGIN
    name: str = _NAME
    role: Role
    password: str = _NEW

    @validator("login", pre=True)
    def small(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value


class AgentChange(BaseModel):
    """What is absent or null stays."""

    name: str | None = Field(None, min_length=1, max_length=64)
    role: Role | None = None
    active: bool | None = None
    password: str | None = Field(None, min_length=LEAST_LENGTH, max_length=MOST_LENGTH)


def add(routes: APIRouter, context: Context) -> None:
    _add_session(routes, context)
    _add_agents(routes, context)


def _add_session(routes: APIRouter, context: Context) -> None:
    @routes.post("/session", dependencies=[Depends(same_site)])
    async def sign_in(body: SignIn, request: Request, response: Response) -> dict[str, Any]:
        login = body.login.strip().lower()
        doors = _doors(login, request)
        await run_in_threadpool(context.misses.knock, doors)
        found = await run_in_threadpool(context.accounts.password_hash, login)
        agent_id, kept = found or ("", NOBODY)
        if not await context.passwords.matches(kept, body.password) or not agent_id:
            raise ServiceError(401, "wrong_password", "The login or the password is wrong.")
        await run_in_threadpool(context.misses.clear, doors)
        await _give_session(context, agent_id, request, response)
        context.feed.wake()
        return {"agent": _me(await run_in_threadpool(context.accounts.find, login))}

    @routes.get("/session")
    def session(signed: SignedIn = Depends(context.agent)) -> dict[str, Any]:
        profile, now = context.profile(), clock.now()
        opening = profile.next_opening(now)
        return {
            "agent": _me(signed.person),
            "shop": {
                "name": shop.describe(profile)["name"],
                "timezone": profile.timezone,
                "hours_open": profile.on_duty(now),
                "next_opening": opening.isoformat() if opening else None,
            },
            "version": version("nightdesk"),
            "now": now.isoformat(timespec="milliseconds"),
        }

    @routes.delete("/session", status_code=204)
    def sign_out(signed: SignedIn = Depends(context.agent)) -> Response:
        context.sessions.end(signed)
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, path=PATH, samesite="strict", httponly=True)
        return response

    @routes.post("/session/password", status_code=204)
    async def change_password(
        body: NewPassword, request: Request, signed: SignedIn = Depends(context.agent)
    ) -> Response:
        """Ends the person's other sessions."""
        me = signed.person
        doors = _doors(me.login, request)
        await run_in_threadpool(context.misses.knock, doors)
        found = await run_in_threadpool(context.accounts.password_hash, me.login)
        if found is None or not await context.passwords.matches(found[1], body.old):
            raise ServiceError(403, "wrong_password", "This is not the password.")
        await run_in_threadpool(context.misses.clear, doors)
        changes = {"password_hash": await context.passwords.hashed(body.new)}
        await run_in_threadpool(context.accounts.change, me.id, changes, me.id)
        response = Response(status_code=204)
        await _give_session(context, me.id, request, response)
        return response


def _add_agents(routes: APIRouter, context: Context) -> None:
    @routes.put("/presence", status_code=204)
    async def presence(body: Presence, signed: SignedIn = Depends(context.agent)) -> Response:
        await run_in_threadpool(context.accounts.set_away, signed.person.id, body.away)
        context.feed.wake()
        return Response(status_code=204)

    @routes.get("/agents", dependencies=[Depends(context.agent)])
    def agents() -> list[dict[str, Any]]:
        return [colleague.view() for colleague in context.accounts.everyone()]

    @routes.post("/agents", status_code=201)
    async def create(body: NewAgent, signed: SignedIn = Depends(context.admin)) -> dict[str, Any]:
        kept = await context.passwords.hashed(body.password)
        made = await run_in_threadpool(
            context.accounts.add, body.login, body.name.strip(), body.role, kept, signed.person.id
        )
        return await run_in_threadpool(context.accounts.one, made.id)

    @routes.patch("/agents/{agent_id}")
    async def change(
        agent_id: str, body: AgentChange, signed: SignedIn = Depends(context.admin)
    ) -> dict[str, Any]:
        """Another password and deactivation end the account's sessions."""
        given = body.dict(exclude_none=True)
        if "password" in given:
            given["password_hash"] = await context.passwords.hashed(given.pop("password"))
        by = signed.person.id
        await run_in_threadpool(context.accounts.change, agent_id, given, by)
        context.feed.wake()
        return await run_in_threadpool(context.accounts.one, agent_id)


def _doors(login: str, request: Request) -> list[Door]:
    """A login at one address is locked first; a whole address, and a login everywhere, later: else
    one stranger could lock the others of an office, or anybody's account, out."""
    address = address_of(request)
    return [
        Door(f"console:{login}@{address}"),
        Door(f"console@{address}", _MOST_OF_ADDRESS),
        Door(f"console:{login}", _MOST_OF_LOGIN),
    ]


async def _give_session(
    context: Context, agent_id: str, request: Request, response: Response
) -> None:
    response.set_cookie(
        COOKIE,
        await run_in_threadpool(context.sessions.open, agent_id),
        max_age=int(LIFE.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _me(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "away": person.away,
    }
