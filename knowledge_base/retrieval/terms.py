"""Step 4, the words of the field: which concepts a text speaks of, and which words a typo or dictation hides. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from knowledge_base.retrieval.normalise import search_form
from knowledge_base.retrieval.pinyin import Spoken, spoken


@dataclass(frozen=True)
class Terms:
    """Wordings with the concepts they stand for, by how they are written and by how they sound."""

    concepts: dict[str, tuple[str, ...]]
    by_sound: dict[tuple[str, ...], str]
    longest: int
    fingerprint: str

    def concepts_in(self, text: str) -> list[str]:
        """The concepts of the wordings in a text that went through `search_form`, with repetitions."""
        return [concept for wording in self._wordings(text) for concept in self.concepts[wording]]

    def corrected(self, text: str, *, known: Callable[[str], bool]) -> str:
        """The text with misheard wordings put right: 专嫖 becomes 专票.

        Only letters that nobody wrote in this order before (`known` tells of pairs of characters) are taken for a
        mistake, and only when they sound like a wording of the field.
        """
        heard = spoken(text)
        pieces: list[str] = []
        start = 0
        while start < len(heard):
            end, wording = self._misheard(heard, start, known)
            pieces.append(wording or heard[start].written)
            start = end
        return "".join(pieces) if "".join(pieces) != text.replace(" ", "") else text

    def _misheard(
        self, heard: list[Spoken], start: int, known: Callable[[str], bool]
    ) -> tuple[int, str | None]:
        for end in range(min(len(heard), start + self.longest), start + 1, -1):
            wording = self.by_sound.get(tuple(part.sound for part in heard[start:end]))
            written = "".join(part.written for part in heard[start:end])
            if wording is None or wording == written:
                continue
            pairs = (written[place : place + 2] for place in range(len(written) - 1))
            if written not in self.concepts and (written.isascii() or not all(map(known, pairs))):
                return end, wording
        return start + 1, None

    def _wordings(self, text: str) -> Iterator[str]:
        start = 0
        while start < len(text):
            ends = range(min(len(text), start + self.longest), start, -1)
            end = next((end for end in ends if text[start:end] in self.concepts), None)
            if end is not None:
                yield text[start:end]
            start = end or start + 1


@lru_cache(maxsize=4)
def load_terms(own: Path | None = None) -> Terms:
    """The table that comes with the program and, after it, an operator's own file of the same form.

    Raises OSError when that file cannot be read, ValueError when it is no UTF-8.
    """
    text = files(__package__).joinpath("terms.txt").read_text(encoding="utf-8")
    return parse_terms(f"{text}\n{own.read_text(encoding='utf-8')}" if own else text)


def parse_terms(text: str) -> Terms:
    """Read lines of "concept: wording wording"."""
    concepts: dict[str, tuple[str, ...]] = {}
    by_sound: dict[tuple[str, ...], str] = {}
    for line in text.splitlines():
        concept, _, wordings = line.partition(":")
        for wording in wordings.split() if not line.startswith("#") else ():
            form = search_form(wording)
            concepts[form] = tuple(dict.fromkeys((*concepts.get(form, ()), concept)))
            if len(form) > 1 and not form.isascii():
                by_sound.setdefault(tuple(part.sound for part in spoken(form)), form)
    return Terms(
        concepts=concepts,
        by_sound=by_sound,
        longest=max(map(len, concepts), default=1),
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )
