"""Step 4, what the encoder and the search learn from: groups of wordings that ask the same thing.

A file in `data/` holds one topic. Groups are separated by an empty line; the first line is the question in print,
a line that starts with ">" is the gist of an answer, the others are what people say instead. `data/train` is for
learning; the topics in `data/held_out` are only measured with, and no shipped weight has seen them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

COMMENT: Final = "#"
ANSWER: Final = ">"


@dataclass(frozen=True, slots=True)
class Group:
    """One question in its wordings, the printed one first, and the gist of its answer (may be empty)."""

    topic: str
    question: str
    answer: str
    wordings: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All wordings, the printed one first."""
        return (self.question, *self.wordings)


def training_groups() -> list[Group]:
    """What may be learnt from."""
    return read_groups(data_path("train"))


def held_out_groups() -> list[Group]:
    """What is only measured with."""
    return read_groups(data_path("held_out"))


def utterances(name: str) -> list[str]:
    """Lines of a file of texts that no tax entry answers."""
    lines = data_path(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith(COMMENT)]


def data_path(name: str) -> Path:
    """A file or folder of the material that comes with the program."""
    return Path(str(files(__package__).joinpath("data", name)))


def read_groups(folder: Path) -> list[Group]:
    """The groups of all topics in a folder, in a fixed order."""
    return [group for file in sorted(folder.glob("*.txt")) for group in parse_groups(file)]


def parse_groups(file: Path) -> Iterator[Group]:
    """The groups of one topic. Raises ValueError when one has no second wording."""
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith(COMMENT)]
        texts = [line for line in lines if not line.startswith(ANSWER)]
        if not texts:
            continue
        if len(texts) < 2:
            raise ValueError(f"{file.name}: {texts[0]} stands alone")
        answer = "".join(line[1:].strip() for line in lines if line.startswith(ANSWER))
        yield Group(file.stem, texts[0], answer, tuple(texts[1:]))
