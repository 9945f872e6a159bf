"""What goes into `tongda ask --jsonl` and what comes out, as the tests here hand it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Conversation = dict[str, Any]
Ask = Callable[[Sequence[Conversation]], list[dict[str, Any]]]
