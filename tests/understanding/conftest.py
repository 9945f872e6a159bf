"""The product as installed, with its starting knowledge base, asked through the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from asking import Ask, Conversation
from installation import Installation


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """`tongda ask --jsonl`: conversations in, one record for each of their turns out."""
    installation = Installation(tmp_path_factory.mktemp("understanding"))
    done = installation.run("setup")
    assert done.returncode == 0, done.stderr

    def asked(conversations: Sequence[Conversation]) -> list[dict[str, Any]]:
        lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in conversations)
        said = installation.run("ask", "--jsonl", stdin=lines)
        assert said.returncode == 0, said.stderr
        return [json.loads(line) for line in said.stdout.splitlines()]

    return asked
