"""Steps 2 to 8: the closed sets of words that the desk's tables and interfaces use."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a message is: from the contact, to the contact, for staff only, or a line by the system."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"
    ACTIVITY = "activity"


class Sender(StrEnum):
    """Who wrote a message."""

    CONTACT = "contact"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Tier(StrEnum):
    """Which seats may take a conversation."""

    GENERAL = "general"
    EXPERT = "expert"
    HOTLINE_12345 = "12345"


class Availability(StrEnum):
    """Whether a seat takes conversations; only an online one is ever given any."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class TurnState(StrEnum):
    """A turn is pending until its reply is recorded (done) or not wanted any more (dropped)."""

    PENDING = "pending"
    DONE = "done"
    DROPPED = "dropped"


class OutboxState(StrEnum):
    """How far a message is on its way to its channel."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class OrderState(StrEnum):
    """Whether a work order still waits for its reply."""

    OPEN = "open"
    CLOSED = "closed"


class Role(StrEnum):
    """What a staff member may do."""

    AGENT = "agent"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    CONTENT = "content"
    ADMINISTRATOR = "administrator"


class Feedback(StrEnum):
    """What a contact thinks of one of the bot's answers."""

    USEFUL = "useful"
    USELESS = "useless"
