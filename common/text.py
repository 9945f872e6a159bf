"""One written form for the many ways a text can be typed: width, script, case, spacing and punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

INVISIBLE: Final = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
SPACES: Final = re.compile(r"\s+")
NOT_A_WORD: Final = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """The text in half width, simplified characters and lower case, on one line, without invisible characters."""
    folded = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    return SPACES.sub(" ", _simplified(folded)).strip()


def match_key(text: str) -> str:
    """What two spellings of the same question have in common: letters and digits alone."""
    return NOT_A_WORD.sub("", normalise(text))


def _simplified(text: str) -> str:
    return text if text.isascii() else str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> Any:
    # Reads its dictionaries when made, so it is made at the first use.
    from opencc import OpenCC

    return OpenCC("t2s")
