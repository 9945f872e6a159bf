"""Wiring, security: a token bucket for each key, bounded in number."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from common.errors import TooManyRequests

MAX_KEYS: Final = 50_000


class RateLimit:
    """At most `per_minute` calls a minute for each key, with bursts of a third of that (at least 5)."""

    def __init__(self, per_minute: int, *, monotonic: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        self._burst = float(max(5, per_minute // 3))
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Use one call of `key`. Raises TooManyRequests when none is left."""
        now = self._monotonic()
        tokens, since = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            raise TooManyRequests(retry_after=math.ceil((1 - tokens) / self._rate))
        self._buckets[key] = (tokens - 1, now)
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
