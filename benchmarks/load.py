"""Asks bots questions, alone and many at once, and times them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final

from benchmarks.chats import Bot, Chat

TURNS_PER_CHAT: Final = 8
CLIENTS: Final = 8


def one_after_another(bot: Bot, texts: Sequence[str]) -> list[float]:
    """Milliseconds of each turn with one client. Chats are opened between the turns, outside the clock."""
    samples: list[float] = []
    waiting = list(reversed(texts))
    while waiting:
        with closing(bot.open()) as chat:
            for _ in range(min(TURNS_PER_CHAT, len(waiting))):
                said = chat.ask(waiting.pop())
                samples.append(said.milliseconds)
                if said.over:
                    break
    return samples


def many_at_once(bot: Bot, texts: Sequence[str], *, turns: int) -> float:
    """Turns a second with `CLIENTS` chats at once, all opened before the clock starts, `turns` turns each."""
    supply = itertools.cycle(texts)
    scripts = [list(itertools.islice(supply, turns)) for _ in range(CLIENTS)]
    start = threading.Barrier(CLIENTS + 1)
    with ThreadPoolExecutor(CLIENTS) as pool:
        chats = list(pool.map(lambda _: bot.open(), range(CLIENTS)))
        work = [pool.submit(_talk, chat, script, start) for chat, script in zip(chats, scripts, strict=True)]
        start.wait()
        started = time.perf_counter()
        ended = max(each.result() for each in work)
    return CLIENTS * turns / (ended - started)


def _talk(chat: Chat, script: Sequence[str], start: threading.Barrier) -> float:
    with closing(chat):
        start.wait()
        for text in script:
            chat.ask(text)
        return time.perf_counter()
