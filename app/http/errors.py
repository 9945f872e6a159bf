"""Wiring, HTTP: every error leaves in one shape, {"error": {"code", "message"}}, and none tells of our inside."""

from __future__ import annotations

from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException

from common.errors import Conflict, TongdaError, TooManyRequests, Unavailable

log = structlog.get_logger()

_PLAIN: Final = {
    400: ("malformed", "请求格式有误。"),
    401: ("unauthorized", "请先登录。"),
    403: ("forbidden", "您没有这项操作的权限。"),
    404: ("not_found", "没有找到。"),
    405: ("method_not_allowed", "不支持这种请求方式。"),
    413: ("too_large", "内容太长。"),
    415: ("unsupported_media_type", "请使用 JSON。"),
    429: ("too_many_requests", "发送太快了，请稍等片刻再试。"),
}


class ErrorDetail(BaseModel):
    """What went wrong: a stable code, and words for people. `problems` lists them when there are several."""

    code: str
    message: str
    problems: list[str] | None = None


class ErrorShape(BaseModel):
    """The body of every answer from 400 on."""

    error: ErrorDetail


DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": ErrorShape, "description": "The request is refused; nothing was changed."},
    "5XX": {"model": ErrorShape, "description": "Something we need is down; nothing was stored."},
}
"""What the OpenAPI document says of errors, for every route."""


def error_body(code: str, message: str, **more: Any) -> dict[str, Any]:
    """The one error shape."""
    return {"error": {"code": code, "message": message, **more}}


def plain_error(status: int) -> JSONResponse:
    """The error of a bare HTTP status."""
    code, message = _PLAIN.get(status, ("http_error", "请求未能完成。"))
    return JSONResponse(error_body(code, message), status_code=status)


def install(app: FastAPI) -> None:
    """Register the handlers of the whole error tree, and document them."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        for path in document["paths"].values():
            for operation in path.values():
                # FastAPI's own description of a refused form is not what we answer.
                operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            document.get("components", {}).get("schemas", {}).pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_exception_handler(TongdaError, _tongda_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(IntegrityError, _integrity_error)
    app.add_exception_handler(Exception, _unexpected)


def _tongda_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TongdaError)  # noqa: S101 - starlette dispatches by type
    problems = getattr(error, "problems", None)
    more = {"problems": problems} if problems else {}
    if isinstance(error, Unavailable):
        log.error("unavailable", cause=str(error.__cause__))
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else None
    return JSONResponse(error_body(error.code, error.message, **more), error.status, headers)


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    return plain_error(error.status_code)


def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return plain_error(400)
    fields = sorted({".".join(str(part) for part in problem["loc"][1:]) for problem in problems} - {""})
    message = f"字段有误：{'、'.join(fields)}。" if fields else "请求内容有误。"
    return JSONResponse(error_body("invalid", message), status_code=422)


def _integrity_error(_request: Request, error: Exception) -> JSONResponse:
    log.warning("integrity", cause=type(error).__name__)
    return JSONResponse(error_body(Conflict.code, Conflict.message), status_code=409)


def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", exc_info=error)
    return JSONResponse(error_body(TongdaError.code, TongdaError.message), status_code=500)
