"""Keyed hashes and sealed values, all from one secret key of the installation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


class Keyring:
    """Derives one key for each use, so that no use weakens another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._sealer = Fernet(base64.urlsafe_b64encode(self._derive("seal")))

    def digest(self, use: str, value: str) -> str:
        """A keyed hash: equal for equal values, and of no use without the key."""
        return hmac.new(self._derive(use), value.encode(), hashlib.sha256).hexdigest()

    def seal(self, value: str) -> str:
        """Encrypt a value for storage."""
        return self._sealer.encrypt(value.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt a sealed value. Raises cryptography's InvalidToken when the key is another."""
        return self._sealer.decrypt(sealed.encode()).decode()

    def _derive(self, use: str) -> bytes:
        return hmac.new(self._secret, f"tongda/{use}".encode(), hashlib.sha256).digest()


def token_hash(token: str) -> str:
    """What is stored of an unguessable token."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_or_make_key(path: Path) -> str:
    """The installation's key from its file, made (readable by the owner alone) at the first start."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
