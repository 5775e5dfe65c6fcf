"""The page on which the shop keeps its knowledge base: its sign-in, and its way to the service.

The browser never sees the service token: what it asks under ``/knowledge/api`` is asked on from
here, once it is signed in.
"""

from __future__ import annotations

import re

import httpx
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from nightdesk import logs
from nightdesk.backends.service import ServiceError
from nightdesk.desk.admin import COOKIE, Admin, same_site
from nightdesk.desk.passwords import LEAST_LENGTH, MOST_LENGTH

TIMEOUT_S = 120.0  # a replay fits the whole knowledge base anew
LARGEST_BODY = 9 * 1024 * 1024
_PATH = re.compile(
    r"(search|entries|gaps|coverage|replay|topics|import|export|preview|placeholders)"
    r"(/[^/\x00-\x1f]+)*"
)
_GIVEN_BACK = ("content-type", "content-disposition", "x-content-type-options")

log = logs.get(__name__)


class SignIn(BaseModel):
    password: str = Field(max_length=MOST_LENGTH)


class NewPassword(SignIn):
    new: str = Field(min_length=LEAST_LENGTH, max_length=MOST_LENGTH)


def router(client: httpx.AsyncClient, knowledge_url: str, token: str, admin: Admin) -> APIRouter:
    """``/knowledge/session`` and ``/knowledge/api/…``."""
    api = APIRouter(prefix="/knowledge", include_in_schema=False)

    @api.get("")
    def page() -> RedirectResponse:
        return RedirectResponse("/knowledge/")

    @api.get("/session")
    def session(request: Request) -> dict[str, bool]:
        """Whether the browser is signed in."""
        return {"signed_in": admin.signed_in(request)}

    @api.post("/session", status_code=204, dependencies=[Depends(same_site)])
    async def sign_in(body: SignIn, request: Request) -> Response:
        await admin.check(request, body.password)
        response = Response(status_code=204)
        admin.sign_in(request, response)
        return response

    @api.delete("/session", status_code=204, dependencies=[Depends(same_site)])
    def sign_out() -> Response:
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, samesite="strict", httponly=True)
        return response

    @api.post("/session/password", status_code=204, dependencies=[Depends(admin.admit)])
    async def change_password(body: NewPassword, request: Request) -> Response:
        await admin.check(request, body.password)
        await admin.change(body.new)
        response = Response(status_code=204)
        admin.sign_in(request, response)
        return response

    @api.api_route(
        "/api/{path:path}",
        methods=["GET", "POST", "PATCH", "DELETE"],
        dependencies=[Depends(admin.admit)],
    )
    async def ask(path: str, request: Request) -> Response:
        """What the knowledge service answers."""
        if not _PATH.fullmatch(path) or ".." in path:
            raise ServiceError(404, "not_found", "There is no such page.")
        raw = request.scope.get("raw_path", b"").decode("ascii").partition("/knowledge/api/")[2]
        body = await _body(request)
        try:
            answer = await client.request(
                request.method,
                f"{knowledge_url}/knowledge/{raw.partition('?')[0]}",
                params=list(request.query_params.multi_items()),
                content=body,
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": request.headers.get("content-type", "application/json"),
                },
                timeout=TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            log.warning("knowledge_unreachable", error=repr(error))
            raise ServiceError(503, "unavailable", "The knowledge base does not answer.") from error
        if answer.status_code == 401:
            raise ServiceError(503, "unavailable", "The knowledge base refuses this desk.")
        headers = {name: value for name, value in answer.headers.items() if name in _GIVEN_BACK}
        headers["Cache-Control"] = "no-store"
        return Response(answer.content, answer.status_code, headers)

    return api


async def _body(request: Request) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > LARGEST_BODY:
            raise ServiceError(413, "too_large", "The file is too large.")
    return bytes(parts)
