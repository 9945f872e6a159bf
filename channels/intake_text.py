"""Step 1, what every channel does to a text before it is stored: clean, check, mask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from common.errors import Invalid
from common.masking import mask

MAX_LENGTH: Final = 2000
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
_MANY_BREAKS: Final = re.compile(r"\n{3,}")


class TextTooLong(Invalid):
    """More than the limit of characters."""

    code = "text_too_long"
    message = f"一条消息最多 {MAX_LENGTH} 个字，请分开发送。"


class TextEmpty(Invalid):
    """Nothing that could be read."""

    code = "text_empty"
    message = "消息是空的，请写下您的问题。"


@dataclass(frozen=True)
class Prepared:
    """A text that may be stored, and the kinds of personal numbers that were hidden in it."""

    text: str
    masked_kinds: frozenset[str]


def prepare(text: str) -> Prepared:
    """Clean and mask an utterance. Raises TextTooLong, TextEmpty."""
    if len(text) > MAX_LENGTH:
        raise TextTooLong
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _SURROGATES.sub("", _CONTROLS.sub("", plain))
    plain = _MANY_BREAKS.sub("\n\n", plain).strip()
    if not plain:
        raise TextEmpty
    masked = mask(plain)
    return Prepared(masked.text, masked.kinds)
