"""The files that Rasa learns from, as the tests look at them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import yaml

from app.settings import ROOT

BOT: Final = ROOT / "bot"
_ANNOTATION: Final = re.compile(r"\[([^\]]+)\]\{[^}]+\}")


def read(name: str) -> Any:
    """A YAML file of `bot/`."""
    return yaml.safe_load((BOT / name).read_text(encoding="utf-8"))


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Every example with its intent."""
    blocks = [
        block for file in sorted((BOT / "data" / "nlu").glob("*.yml")) for block in read(str(file))["nlu"]
    ]
    return tuple(
        (_ANNOTATION.sub(r"\1", line.removeprefix("- ")), block["intent"])
        for block in blocks
        if "intent" in block
        for line in block["examples"].splitlines()
    )


@cache
def phrases() -> dict[str, list[str]]:
    """The phrases that are kept from the training, by intent."""
    found: dict[str, list[str]] = yaml.safe_load(
        (ROOT / "tests" / "bot" / "phrases.yml").read_text(encoding="utf-8")
    )
    return found
