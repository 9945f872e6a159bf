"""Wiring, storage: how the desk's closed sets of words are kept in columns."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Enum

Words = TypeVar("Words", bound=StrEnum)


def words(kind: type[Words]) -> Enum:
    """A column type for `kind`: short text holding the member's value, the same on every database."""
    return Enum(kind, native_enum=False, length=16, values_callable=_values)


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]
