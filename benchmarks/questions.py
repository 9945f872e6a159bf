"""What is asked: the wordings of the evaluation that one entry answers, none of which is in the knowledge base."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from app.settings import ROOT
from benchmarks.chats import Bot, Said

FILE: Final = ROOT / "tests" / "evaluation" / "foundation.jsonl"


@dataclass(frozen=True)
class Labelled:
    """A question and the entry that answers it."""

    text: str
    entry_id: str


def labelled_questions() -> list[Labelled]:
    """Every conversation of one turn that expects an answer from one entry."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        conversation = json.loads(line)
        expected = conversation["expect"][0] or {}
        if len(conversation["turns"]) == 1 and expected.get("outcome") == "answer" and "entry_id" in expected:
            found.append(Labelled(conversation["turns"][0], expected["entry_id"]))
    return found


def ask_each(bot: Bot, questions: Sequence[Labelled]) -> list[Said]:
    """The reply to each question, in a conversation of its own."""
    replies = []
    for question in questions:
        with closing(bot.open()) as chat:
            replies.append(chat.ask(question.text))
    return replies


def right_share(questions: Sequence[Labelled], replies: Sequence[Said], answers: Mapping[str, str]) -> float:
    """The share of questions that were answered with their entry's text. `answers` gives each entry's."""
    right = [
        reply.text.startswith(answers[question.entry_id])
        for question, reply in zip(questions, replies, strict=True)
    ]
    return sum(right) / len(right)
