"""Step 4, place: the province or city that the words name."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

# Names of places that are also ordinary words of the field or of talk.
_ALSO_WORDS: Final = frozenset(
    {
        "中山",
        "朝阳",
        "兴安",
        "南平",
        "黄山",
        "海北",
        "白城",
        "山南",
        "大理",
        "文山",
        "红河",
        "阿里",
        "安康",
        "来宾",
    }
)


def region_named(text: str) -> str | None:
    """The last place that is named: "我在宁波" → 宁波市; None when there is none."""
    found = [match.group() for match in _places().finditer(text)]
    if not found:
        return None
    name = found[-1]
    bare = re.sub(r"[省市]$", "", name)
    return name if name != bare else f"{bare}{_suffixes()[bare]}"


@lru_cache(maxsize=1)
def _suffixes() -> dict[str, str]:
    text = files("knowledge_base.retrieval").joinpath("regions.txt").read_text(encoding="utf-8")
    suffixes: dict[str, str] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        province, _, members = line.partition(":")
        suffixes.update({member: "市" for member in members.split() if not member.endswith("市")})
        suffixes[province] = "省" if members.strip() and province not in _AUTONOMOUS else ""
    for city in ("北京", "天津", "上海", "重庆"):
        suffixes[city] = "市"
    return suffixes


_AUTONOMOUS: Final = frozenset({"内蒙古", "广西", "西藏", "宁夏", "新疆"})


@lru_cache(maxsize=1)
def _places() -> re.Pattern[str]:
    names = sorted(_suffixes(), key=len, reverse=True)
    parts = [f"{name}市" if name in _ALSO_WORDS else f"{name}[省市]?" for name in names]
    return re.compile("|".join(parts))
