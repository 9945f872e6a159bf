"""Identifiers and secrets as arguments: the one place that asks for randomness."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from uuid import uuid4

IdFactory = Callable[[], str]
"""Returns a new identifier, never the same twice."""


def new_id() -> str:
    """A random 128-bit identifier as 32 hexadecimal digits."""
    return uuid4().hex


def new_token() -> str:
    """An unguessable secret: 256 bits, safe in a URL or a header."""
    return secrets.token_urlsafe(32)


def new_code(digits: int = 6) -> str:
    """A short numeric code that a person can read out."""
    return "".join(str(secrets.randbelow(10)) for _ in range(digits))
