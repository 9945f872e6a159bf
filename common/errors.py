"""The tree of errors. `code` is stable and part of the API; the message is for people, in Chinese.

* TongdaError
  x NotFound            missing, or not yours to see: the two look the same
  x Forbidden
  x Invalid             the request cannot be meant like this
  x Conflict            somebody else was first, or the state does not allow it
  x TooManyRequests
  x Unavailable         something we need is down; nothing was stored
"""

from __future__ import annotations


class TongdaError(Exception):
    """Base of every error that reaches a person. Subclasses set `code`, `status` and a default `message`."""

    code = "internal"
    status = 500
    message = "系统出现问题，请稍后再试。"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(self.message)


class NotFound(TongdaError):
    """Missing, or not visible to whoever asked."""

    code = "not_found"
    status = 404
    message = "没有找到。"


class Forbidden(TongdaError):
    """The actor may see it but not do this to it."""

    code = "forbidden"
    status = 403
    message = "您没有这项操作的权限。"


class Invalid(TongdaError):
    """The request is well-formed but not acceptable."""

    code = "invalid"
    status = 422
    message = "请求内容有误。"


class Conflict(TongdaError):
    """Somebody else was first, or the state does not allow it."""

    code = "conflict"
    status = 409
    message = "状态已变化，请刷新后再试。"


class TooManyRequests(TongdaError):
    """The rate limit of an address or a conversation is used up; `retry_after` is in seconds."""

    code = "too_many_requests"
    status = 429
    message = "发送太快了，请稍等片刻再试。"

    def __init__(self, *, retry_after: int = 1) -> None:
        super().__init__()
        self.retry_after = retry_after


class Unavailable(TongdaError):
    """Something that is needed is down; nothing was stored."""

    code = "unavailable"
    status = 503
    message = "系统暂时不可用，消息没有保存，请稍后重试。"
