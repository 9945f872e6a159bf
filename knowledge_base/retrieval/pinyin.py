"""Step 4, how a text sounds: syllables without tone, with sounds that dialects and dictation mix up made one. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

PARTS: Final = re.compile(r"[a-z]+|[\d.%]+|[^\W\d_]")
LATIN: Final = re.compile(r"[a-z]+")
MERGED: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"))
NASALS: Final = re.compile(r"(?<=[aei])ng$")
LONGEST_SYLLABLE: Final = 6


@dataclass(frozen=True, slots=True)
class Spoken:
    """One syllable, or a word that is none, and how it was written."""

    sound: str
    written: str


def spoken(text: str) -> list[Spoken]:
    """One item a Chinese character or typed syllable (geshui is ge, sui); other words and numbers as they are."""
    found: list[Spoken] = []
    for part in PARTS.findall(text):
        if LATIN.fullmatch(part):
            found.extend(_typed(part))
        else:
            found.append(Spoken(_sound(part) if len(part) == 1 else part, part))
    return found


@lru_cache(maxsize=30_000)
def _sound(character: str) -> str:
    readings = _readings().get(ord(character))
    return _merged(_toneless(readings.split(",")[0])) if readings else character


def _typed(word: str) -> list[Spoken]:
    """geshui → ge, sui. A word that is no row of syllables stays whole."""
    parts: list[Spoken] = []
    start = 0
    while start < len(word):
        ends = range(min(len(word), start + LONGEST_SYLLABLE), start, -1)
        end = next((end for end in ends if word[start:end] in _all_syllables()), None)
        if end is None:
            return [Spoken(word, word)]
        parts.append(Spoken(_merged(word[start:end]), word[start:end]))
        start = end
    return parts


def _merged(syllable: str) -> str:
    for full, merged in MERGED:
        if syllable.startswith(full):
            syllable = merged + syllable[len(full) :]
    return NASALS.sub("n", syllable)


def _toneless(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in letters if letter.isascii())


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@lru_cache(maxsize=1)
def _all_syllables() -> frozenset[str]:
    common = range(0x4E00, 0x9FA6)
    readings = _readings()
    return frozenset(
        _toneless(reading)
        for code in common
        for reading in readings.get(code, "").split(",")
        if len(reading) > 1
    )
