"""What the four backend services share: the error format, the service token, an application.

``application("orders", router, token)`` is a FastAPI application that answers every error as
``{"error": {"code", "message", "details"}}`` and asks each request for the service token.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from nightdesk import logs

log = logs.get(__name__)
_bearer = HTTPBearer(auto_error=False)
_BODILESS = ("GET", "HEAD", "OPTIONS")
_TOKEN_NEEDED = "A service token is needed."


class ServiceError(Exception):
    """An error of the contract: HTTP ``status``, machine-readable ``code``, a sentence, details."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


def error_response(status: int, code: str, message: str, details: Any = None) -> JSONResponse:
    """The error format of every contract."""
    body = {"error": {"code": code, "message": message, "details": details or {}}}
    return JSONResponse(body, status_code=status)


def answer_errors(app: FastAPI) -> None:
    """Make ``app`` answer all errors, the framework's own included, in the contract's format."""

    @app.exception_handler(ServiceError)
    async def service_error(_request: Request, error: ServiceError) -> JSONResponse:
        return error_response(error.status, error.code, error.message, error.details)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
            for item in error.errors()
        ]
        return error_response(422, "invalid", "The request is not valid.", {"fields": fields})

    @app.exception_handler(StarletteHTTPException)
    async def http_error(_request: Request, error: StarletteHTTPException) -> JSONResponse:
        code = {401: "unauthorized", 404: "not_found", 405: "method_not_allowed"}
        return error_response(
            error.status_code, code.get(error.status_code, "http_error"), str(error.detail)
        )

    @app.exception_handler(OperationalError)
    async def database_down(_request: Request, error: OperationalError) -> JSONResponse:
        log.error("database_unavailable", error=str(error.orig))
        return error_response(503, "unavailable", "The database does not answer.")


def service_token(token: str) -> Callable[..., None]:
    """A dependency: the service token. Raises 401 without it."""

    def authorized(given: HTTPAuthorizationCredentials | None = Depends(_bearer)) -> None:
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(401, _TOKEN_NEEDED)

    return authorized


class TokenFirst:
    """Answers 401 to a write under ``prefix`` without ``token``, before its body is read.

    FastAPI reads a body, however large, before it asks the dependencies who sends it.
    """

    def __init__(self, app: ASGIApp, token: str, prefix: str = "") -> None:
        self._app = app
        self._token = token.encode()
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"].startswith(self._prefix)
        if asked and scope["method"] not in _BODILESS:
            scheme, _, given = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")
            if scheme.lower() != b"bearer" or not hmac.compare_digest(given.strip(), self._token):
                refusal = error_response(401, "unauthorized", _TOKEN_NEEDED)
                return await refusal(scope, receive, send)
        await self._app(scope, receive, send)


def adopt(whole: APIRouter, part: APIRouter) -> None:
    """Serve the routes of ``part`` in ``whole`` as they are.

    ``include_router`` builds each of them once more, which is most of what a start costs; it is for
    a part that needs something of the whole: a prefix, a dependency.
    """
    whole.routes.extend(part.routes)


def application(name: str, router: APIRouter, token: str) -> FastAPI:
    """One backend as an application of its own, all of it behind the service token.

    Open are only ``/health`` (200 when it serves), ``/openapi.json`` and ``/docs``, whose assets it
    serves itself.
    """

    app: FastAPI = FastAPIOffline(
        title=f"NightDesk {name}", version="1", docs_url="/docs", redoc_url=None
    )
    app.include_router(router, dependencies=[Depends(service_token(token))])

    @app.get("/health", tags=["health"])
    def health() -> dict[str, str]:
        """Whether this backend serves."""
        return {"status": "ok"}

    app.add_middleware(TokenFirst, token=token)
    answer_errors(app)
    return app
