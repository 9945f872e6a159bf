"""What the first screen offers is answered, each tile with its basis: nobody starts with "which did you mean?"."""

from __future__ import annotations

import pytest
from asking import Ask

from actions.topics import TOPICS

pytestmark = pytest.mark.slow


def test_every_tile_gets_an_answer_with_its_basis(ask: Ask) -> None:
    replies = ask(
        [
            {"id": topic.label, "turns": [topic.question], "now": "2026-11-12T10:00:00+08:00"}
            for topic in TOPICS
        ]
    )
    assert {reply["id"]: reply["outcome"] for reply in replies} == {topic.label: "answer" for topic in TOPICS}
    assert [reply["id"] for reply in replies if not reply["citations"]] == []
