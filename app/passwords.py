"""Wiring, security: passwords as argon2 hashes, and readable generated ones for the first start."""

from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from common.errors import Invalid

MIN_LENGTH: Final = 10
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_hasher: Final = PasswordHasher()
# Checked when the name is unknown, so that a wrong name takes as long as a wrong password.
_NOBODY: Final = _hasher.hash("nobody")


def hash_password(password: str) -> str:
    """The hash to store. Raises Invalid for a password that is too short."""
    if len(password) < MIN_LENGTH:
        raise Invalid(f"密码至少 {MIN_LENGTH} 个字符。")
    return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is right; `stored` is None for an unknown name."""
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def generate_password() -> str:
    """Four groups of four characters that are hard to confuse: 80 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
