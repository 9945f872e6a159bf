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
    """How far a work order is; `desk.order_state` says what may follow."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    RETURNED = "returned"
    HANDLING = "handling"
    AWAITING_INFO = "awaiting_info"
    REPLIED = "replied"
    CALLBACK = "callback"
    REWORK = "rework"
    CLOSED = "closed"
    REOPENED = "reopened"
    ARCHIVED = "archived"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class OrderPriority(StrEnum):
    """特急 (safety, mass incident, outage at the filing deadline), 紧急 (a deadline within a day), 一般."""

    URGENT = "urgent"
    PRESSING = "pressing"
    NORMAL = "normal"


class Origin(StrEnum):
    """Which hotline an order came to first: it sets whose time limits bind."""

    TAX = "12366"
    GOVERNMENT = "12345"


class Role(StrEnum):
    """What a staff member may do."""

    AGENT = "agent"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    UNIT = "unit"
    CONTENT = "content"
    ADMINISTRATOR = "administrator"


class Feedback(StrEnum):
    """What a contact thinks of one of the bot's answers."""

    USEFUL = "useful"
    USELESS = "useless"
