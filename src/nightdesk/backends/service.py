"""What the four backend services share: the error format, the service token, an application.

``application("orders", router, token)`` is a FastAPI application that answers every error as
``{"error": {"code", "message", "details"}}`` and asks each request for the service token.
"""

from __future__ import annotations

import hmac
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException as StarletteHTTPException

from nightdesk import logs

log = logs.get(__name__)
_bearer = HTTPBearer(auto_error=False)


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


def application(name: str, router: APIRouter, token: str) -> FastAPI:
    """One backend as an application of its own, all of it behind the service token.

    Open are only ``/health`` (200 when it serves), ``/openapi.json`` and ``/docs``, whose assets it
    serves itself.
    """

    def authorized(given: HTTPAuthorizationCredentials | None = Depends(_bearer)) -> None:
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(401, "A service token is needed.")

    app: FastAPI = FastAPIOffline(
        title=f"NightDesk {name}", version="1", docs_url="/docs", redoc_url=None
    )
    app.include_router(router, dependencies=[Depends(authorized)])

    @app.get("/health", tags=["health"])
    def health() -> dict[str, str]:
        """Whether this backend serves."""
        return {"status": "ok"}

    answer_errors(app)
    return app
