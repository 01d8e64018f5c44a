"""Errors as RFC 9457 problem details: every error of the API is application/problem+json."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from lifts.errors import LiftError
from service.domain.errors import (
    BarwatchError,
    BusyError,
    ChangedElsewhereError,
    ConfigurationError,
    ConflictError,
    EngineUnavailableError,
    EnrolmentError,
    GoneError,
    ImageError,
    NotFoundError,
    OpenIdError,
    StoreError,
    WeakPasswordError,
)

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[Exception], int] = {
    NotFoundError: 404,
    GoneError: 410,
    ChangedElsewhereError: 412,
    ConflictError: 409,
    ImageError: 422,
    EnrolmentError: 422,
    LiftError: 422,
    ConfigurationError: 422,
    EngineUnavailableError: 503,
    StoreError: 503,
    BusyError: 503,
    OpenIdError: 503,
    WeakPasswordError: 422,
}
"""How our own errors answer; any other BarwatchError is a fault of the service: 500."""


class RequestRefusedError(HTTPException):
    """A request that a route cannot take; code and parameters are for programs."""

    def __init__(self, status_code: int, detail: str, code: str, **parameters: float | str) -> None:
        super().__init__(status_code, detail)
        self.code, self.parameters = code, parameters
        self.headers: Mapping[str, str] | None = None


class InvalidPart(BaseModel):
    """One wrong value of a request."""

    where: str = Field(examples=["body.camera.width"])
    problem: str = Field(examples=["Input should be greater than or equal to 64"])
    code: str = Field(default="", description="What is wrong with it.", examples=["greater_than_equal"])
    parameters: dict[str, int | float | str] = Field(
        default_factory=dict, description="The numbers and names in `problem`.", examples=[{"ge": 64}]
    )


class ProblemDetails(BaseModel):
    """An error after RFC 9457; `detail` says what was expected and what came."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "open mask is empty: 0 white pixels, expected at least 40",
                    "instance": "/lifts/demo-quad/masks",
                    "code": "unprocessable_content",
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[InvalidPart] | None = None
    code: str = Field(
        description="Which error it is, for programs; the status says it where there is no other."
    )
    parameters: dict[str, int | float | str] | None = Field(
        default=None, description="The numbers and names in `detail`, for programs."
    )


def problem_body(
    status: int, detail: str, path: str, errors: list[InvalidPart] | None = None
) -> ProblemDetails:
    """Return the problem for an HTTP status."""
    title = _title(status)
    code = title.lower().replace(" ", "_")
    return ProblemDetails(title=title, status=status, detail=detail, instance=path, errors=errors, code=code)


def problem_response(
    status: int,
    detail: str,
    path: str,
    *,
    errors: list[InvalidPart] | None = None,
    parameters: Mapping[str, float | str] | None = None,
    code: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer for an HTTP status; `headers` are added to it."""
    problem = problem_body(status, detail, path, errors)
    problem.parameters = dict(parameters) if parameters else None
    problem.code = code or problem.code
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's description of these errors, for a route's `responses`.

    Who must be known may also be known for other lifts alone: 403 comes with 401.
    """
    statuses = tuple(sorted({*statuses, *((403,) if 401 in statuses else ())}))
    return {
        status: {"description": _title(status), "content": {MEDIA_TYPE: {"schema": _SCHEMA_REFERENCE}}}
        for status in statuses
    }


_SCHEMA_REFERENCE = {"$ref": "#/components/schemas/Problem"}


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(BarwatchError, _on_own_error)
    app.add_exception_handler(LiftError, _on_own_error)
    app.add_exception_handler(Exception, _on_fault)


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    parameters, code = (
        (error.parameters, error.code) if isinstance(error, RequestRefusedError) else (None, "")
    )
    return problem_response(
        error.status_code,
        error.detail,
        request.url.path,
        parameters=parameters,
        code=code,
        headers=error.headers,
    )


def _parameters(context: Mapping[str, Any]) -> dict[str, int | float | str]:
    return {name: value for name, value in context.items() if isinstance(value, int | float | str)}


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    # The input itself is left out: it may be a token or a password.
    parts = [
        InvalidPart(
            where=".".join(str(part) for part in item["loc"]),
            problem=item["msg"],
            code=item["type"],
            parameters=_parameters(item.get("ctx", {})),
        )
        for item in error.errors()
    ]
    detail = "; ".join(f"{part.where}: {part.problem}" for part in parts[:3]) or "invalid request"
    return problem_response(422, detail, request.url.path, errors=parts, code="invalid_request")


async def _on_own_error(request: Request, error: Exception) -> JSONResponse:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {"Retry-After": "2"} if status == 503 else None
    if status == 500:
        return await _on_fault(request, error)
    parameters, code = (
        (error.parameters, error.code) if isinstance(error, (BarwatchError, LiftError)) else (None, "")
    )
    return problem_response(
        status, str(error), request.url.path, parameters=parameters, code=code, headers=headers
    )


async def _on_fault(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    return problem_response(500, "the service failed; its log says why", request.url.path)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
