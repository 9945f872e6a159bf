"""Step 4, what the encoder is shown: pairs of texts that belong together, drawn from the material. For training only."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

from knowledge_base.encoder.material import Group
from knowledge_base.encoder.noise import Noise
from knowledge_base.retrieval.normalise import search_form
from knowledge_base.retrieval.terms import load_terms

ALIKE: Final = 4
VARIANTS: Final = 3
ARTICLE: Final = re.compile(r"[。；]")
KIND: Final = "问"
JOINTS: Final = ("", "", " ", "的", "要", "，")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that mean the same, or speak of the same. Pairs of one `key` are never held against each other."""

    left: str
    right: str
    key: str


@dataclass(frozen=True, slots=True)
class Forms:
    """A group as search sees it; `worse` holds what noise made of each of its texts."""

    topic: str
    texts: list[str]
    worse: list[list[str]]
    answer: str


def _forms(group: Group, noise: Noise) -> Forms:
    return Forms(
        topic=group.topic,
        texts=[search_form(text) for text in group.texts],
        worse=[[search_form(noise.worsened(text)) for _ in range(VARIANTS)] for text in group.texts],
        answer=search_form(group.answer),
    )


class GroupPairs:
    """Two wordings of a question, one of them worsened half of the time; or a wording and the answer."""

    def __init__(self, groups: Sequence[Group], seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible material, no secret
        noise = Noise(seed)
        self._groups = [_forms(group, noise) for group in groups]
        self._topics: dict[str, list[Forms]] = {}
        for forms in self._groups:
            self._topics.setdefault(forms.topic, []).append(forms)

    def draw(self, count: int) -> list[Pair]:
        """Every other time from few topics, so that neighbours are told apart."""
        pool = self._groups
        if self._random.random() < 0.5:
            topics = self._random.sample(sorted(self._topics), min(3, len(self._topics)))
            pool = [forms for topic in topics for forms in self._topics[topic]]
        return [self._pair(forms) for forms in self._random.choices(pool, k=count)]

    def _pair(self, forms: Forms) -> Pair:
        left, right = self._random.sample(range(len(forms.texts)), 2)
        said = self._random.choice(forms.worse[left]) if self._random.random() < 0.5 else forms.texts[left]
        meant = forms.answer if forms.answer and self._random.random() < 0.2 else forms.texts[right]
        return Pair(said, meant, forms.texts[0])


class TermPairs:
    """One to three concepts of the field and a kind of question, worded twice."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible material, no secret
        wordings: dict[str, list[str]] = {}
        for wording, concepts in load_terms().concepts.items():
            for concept in concepts:
                wordings.setdefault(concept, []).append(wording)
        self._kinds = {name: said for name, said in wordings.items() if name.startswith(KIND)}
        self._subjects = {name: said for name, said in wordings.items() if not name.startswith(KIND)}

    def draw(self, count: int) -> list[Pair]:
        """Made-up questions."""
        return [self._pair() for _ in range(count)]

    def _pair(self) -> Pair:
        subjects = self._random.sample(sorted(self._subjects), self._random.choice((1, 1, 2, 2, 3)))
        kinds = [self._random.choice(sorted(self._kinds))] if self._random.random() < 0.6 else []
        key = "|".join((*sorted(subjects), *kinds))
        return Pair(self._worded(subjects, kinds), self._worded(subjects, kinds), key)

    def _worded(self, subjects: list[str], kinds: list[str]) -> str:
        order = self._random.sample(subjects, len(subjects))
        said = [self._random.choice(self._subjects[name]) for name in order]
        said += [self._random.choice(self._kinds[name]) for name in kinds]
        return search_form(self._random.choice(JOINTS).join(said))


class FixedPairs:
    """Pairs that are read from files."""

    def __init__(self, pairs: Sequence[Pair], seed: int) -> None:
        self._pairs = list(pairs)
        self._random = Random(seed)  # noqa: S311 - reproducible material, no secret

    def draw(self, count: int) -> list[Pair]:
        """Any of them."""
        return self._random.choices(self._pairs, k=count)


Draw = Callable[[int], list[Pair]]


def law_pairs(folder: Path) -> list[Pair]:
    """Neighbouring clauses of one article of a law, each law a Markdown file with one article a paragraph."""
    found: list[Pair] = []
    for file in sorted(folder.glob("*.md")):
        if file.name == "README.md":
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            clauses = [search_form(part) for part in ARTICLE.split(line)]
            clauses = [clause for clause in clauses if 8 <= len(clause) <= 120]
            found.extend(Pair(left, right, line[:40]) for left, right in pairwise(clauses))
    return found


def similar_sentences(file: Path) -> list[Pair]:
    """The pairs of a graded file (text, text, grade 0 to 5) that mean nearly the same."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Pair(search_form(a), search_form(b), a) for a, b, grade in rows if float(grade) >= ALIKE]
