"""Steps 1 and 8, 12345: orders that the government hotline hands over, and what it is told of them. Signed HTTP.

Both sides sign alike: HMAC-SHA256 with the shared secret over timestamp, nonce, method, path and the body's
SHA-256, joined by newlines. A request older or newer than five minutes, or with a nonce seen before, is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from channels.protocol import DeliveryFailed
from common.errors import TongdaError
from common.ids import IdFactory

NAME: Final = "hotline_12345"
WINDOW: Final = timedelta(minutes=5)
TIMEOUT_SECONDS: Final = 10.0
RETRY_AFTER: Final = timedelta(seconds=30)
TIMESTAMP: Final = "X-Bridge-Timestamp"
NONCE: Final = "X-Bridge-Nonce"
SIGNATURE: Final = "X-Bridge-Signature"

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class BadSignature(TongdaError):
    """The request was not signed with the shared secret, or not just now."""

    code = "bad_signature"
    status = 401
    message = "签名或时间戳无效。"


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class HandedOver(_Body):
    """An order of 12345's for the tax hotline; `number` is theirs, `due_at` the deadline that they set."""

    number: Short
    type: Literal["consult", "help", "suggestion", "complaint"] = "help"
    category: Short = "其他"
    subcategory: Short = "其他"
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    phone: Annotated[str | None, Field(max_length=30)] = None
    region: Annotated[str | None, Field(max_length=64)] = None
    urgent: bool = False
    due_at: AwareDatetime | None = None


class StatusReport(_Body):
    """What became of one of their orders; `id` stays the same however often the report is sent."""

    id: str
    number: str
    our_number: str
    status: Literal["answered", "done", "returned", "extended"]
    text: str
    due_at: datetime | None


def signature(secret: str, *, timestamp: str, nonce: str, method: str, path: str, body: bytes) -> str:
    """The signature of a request, in hexadecimal."""
    signed = "\n".join((timestamp, nonce, method.upper(), path, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def verify(
    secret: str, headers: Mapping[str, str], *, method: str, path: str, body: bytes, now: datetime
) -> str:
    """The nonce of a rightly signed request, for the replay guard. Raises BadSignature."""
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    expected = signature(secret, timestamp=timestamp, nonce=nonce, method=method, path=path, body=body)
    if not hmac.compare_digest(expected.encode(), headers.get(SIGNATURE, "").encode()):
        raise BadSignature
    # Signed by whoever has the secret, so what is not a number is a mistake and not an attack.
    sent = datetime.fromtimestamp(int(timestamp), UTC) if timestamp.isdigit() else None
    if sent is None or abs(now - sent) > WINDOW or not 8 <= len(nonce) <= 64:
        raise BadSignature
    return nonce


class Hotline12345:
    """The other hotline's server."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS)

    async def report(self, report: StatusReport, *, now: datetime, ids: IdFactory) -> None:
        """Tell a status. Raises DeliveryFailed when it was not taken."""
        body = report.model_dump_json().encode()
        timestamp, nonce = str(int(now.timestamp())), ids()
        path = urlsplit(self._url).path
        signed = signature(
            self._secret, timestamp=timestamp, nonce=nonce, method="POST", path=path, body=body
        )
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            NONCE: nonce,
            SIGNATURE: signed,
        }
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise DeliveryFailed(type(error).__name__, retry_after=RETRY_AFTER) from error
        if not answer.is_success:
            raise DeliveryFailed(f"HTTP {answer.status_code}", retry_after=RETRY_AFTER)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
