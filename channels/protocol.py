"""Steps 1 and 8: the one protocol every channel speaks.

A channel turns its platform's update into an `InboundMessage` and hands it to the `Receive` callable it was
given; that callable stores the message before it returns, so a channel may acknowledge afterwards. What is to
be sent arrives as an `OutboundMessage` from the outbox; a channel delivers it once and reports by exception.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from desk.reply import Citation, Option, Validity


@dataclass(frozen=True)
class InboundMessage:
    """One update from a platform, verified and normalised.

    Attributes:
        channel: the channel's name, e.g. "telegram".
        contact_key: who wrote, as the platform names it (a chat id); stored only as a keyed hash.
        reply_address: where an answer is to be sent, as the platform names it.
        external_id: the platform's id of the update; a second one with the same id is dropped.
        text: what was written; empty when an option was chosen by button.
        option_id: the option chosen by button, or None.
        feedback: "useful" or "useless" for the bot message `feedback_seq`, or None.
        contact_name: what the platform calls the person, for the seat; never stored in the index or logs.
    """

    channel: str
    contact_key: str
    reply_address: str
    external_id: str
    received_at: datetime
    text: str = ""
    option_id: str | None = None
    feedback: str | None = None
    feedback_seq: int | None = None
    rating: int | None = None
    contact_name: str | None = None


@dataclass(frozen=True)
class OutboundMessage:
    """One message of ours on its way to a platform.

    `sender` is "bot", "agent" or "system"; `sequence` its number in the conversation. `ask_feedback` puts
    有用/没用 under a bot's answer, `ask_rating` the five grades under the closing notice.
    """

    conversation_id: str
    sequence: int
    reply_address: str
    sender: str
    text: str
    sender_name: str | None = None
    details: str | None = None
    citations: tuple[Citation, ...] = ()
    validity: Validity | None = None
    options: tuple[Option, ...] = ()
    ask_feedback: bool = False
    ask_rating: bool = False


class DeliveryFailed(Exception):
    """The platform did not take the message.

    `retry_after` is how long to wait before another try; None means that trying again is useless.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


Receive = Callable[[InboundMessage], Awaitable[None]]


class Channel(Protocol):
    """A way in and out. `start` may register webhooks or begin polling; `stop` ends it cleanly."""

    name: str

    async def start(self, receive: Receive) -> None:
        """Begin to receive; each update is passed to `receive`, and acknowledged only after it returned."""

    async def stop(self) -> None:
        """Stop receiving; an update in hand is finished first."""

    async def send(self, message: OutboundMessage) -> str:
        """Deliver one message and return the platform's id of it. Raises DeliveryFailed."""
