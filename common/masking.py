"""Numbers that identify a person are hidden before anything is stored, logged or indexed.

Resident ID numbers (GB 11643, with or without a right check digit: a mistyped one identifies too), 15-digit old
ones, bank cards (Luhn), mobile and landline numbers, e-mail addresses. What must survive: invoice numbers
(20 digits, or 8 after a 10- or 12-digit code), document numbers, amounts, tax periods, hotline and order numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from stdnum import luhn

_NARROW: Final = str.maketrans("０１２３４５６７８９Ｘｘ－", "0123456789Xx-")
_SEPARATORS: Final = r"[\s\-·.]?"


def _spaced(pattern: str, count: int) -> str:
    return rf"(?:{pattern}{_SEPARATORS}){{{count - 1}}}"


_RESIDENT_ID: Final = re.compile(rf"(?<![\dA-Za-z]){_spaced(r'[0-9]', 18)}[\dXx](?![\dA-Za-z])")
_OLD_RESIDENT_ID: Final = re.compile(
    r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"
)
_BANK_CARD: Final = re.compile(rf"(?<!\d)[3-6](?:{_SEPARATORS}\d){{14,18}}(?!\d)")
_MOBILE: Final = re.compile(r"(?<![\d.])(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d){8}(?!\d)")
_LANDLINE: Final = re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


@dataclass(frozen=True)
class Masked:
    """The text with its personal numbers hidden, and which kinds were found."""

    text: str
    kinds: frozenset[str]


def mask(text: str) -> Masked:
    """Hide every personal number in `text`; full-width digits count as digits."""
    kinds: set[str] = set()
    masked = _narrow_digits(text)
    for kind, pattern, hide in _RULES:
        masked = pattern.sub(partial(_replace, kind=kind, hide=hide, kinds=kinds), masked)
    return Masked(masked if kinds else text, frozenset(kinds))


def mask_phone(phone: str) -> str:
    """A telephone number as staff see it: first three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "*" * len(phone)


def _replace(found: re.Match[str], *, kind: str, hide: Callable[[str], str | None], kinds: set[str]) -> str:
    hidden = hide(found.group())
    if hidden is None:
        return found.group()
    kinds.add(kind)
    return hidden


def _narrow_digits(text: str) -> str:
    return text.translate(_NARROW)


def _hide_resident_id(found: str) -> str | None:
    digits = re.sub(r"[\s\-·.]", "", found)
    if not _is_day(digits[6:14]):
        return None
    return f"{digits[:3]}{'*' * 13}{digits[-2:]}"


def _is_day(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1850 <= born.year < 2100


def _hide_old_resident_id(found: str) -> str | None:
    return f"{found[:3]}{'*' * 10}{found[-2:]}"


def _hide_bank_card(found: str) -> str | None:
    digits = re.sub(r"\D", "", found)
    return f"{'*' * (len(digits) - 4)}{digits[-4:]}" if luhn.is_valid(digits) else None


def _hide_mobile(found: str) -> str | None:
    digits = re.sub(r"\D", "", found)[-11:]
    return f"{digits[0:3]}****{digits[-4:]}"


def _hide_landline(found: str) -> str | None:
    area, _, number = found.partition("-")
    return f"{area}-{'*' * len(number)}"


def _hide_email(found: str) -> str | None:
    name, _, host = found.partition("@")
    return f"{name[:1]}***@{host}"


_RULES: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...]] = (
    ("resident_id", _RESIDENT_ID, _hide_resident_id),
    ("bank_card", _BANK_CARD, _hide_bank_card),
    ("resident_id", _OLD_RESIDENT_ID, _hide_old_resident_id),
    ("phone", _MOBILE, _hide_mobile),
    ("phone", _LANDLINE, _hide_landline),
    ("email", _EMAIL, _hide_email),
)
