"""Step 4, regions: whether a rule of one region holds for somebody in another (浙江省 holds in 宁波市)."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

NATIONAL: Final = frozenset({"", "全国", "中国", "中央"})
PART: Final = re.compile(r".{2,}?(?:自治区|特别行政区|自治州|地区|省|市|盟|区|县|旗)|.+$")
SUFFIX: Final = re.compile(
    r"(?<=..)(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|省|市|地区|盟|(?:[一-龥]{1,9}族)+自治州)$"
)


def region_rank(rule_region: str | None, *, asked: str | None) -> int | None:
    """How close a rule of `rule_region` (None: national) is to somebody in `asked` (None: not known).

    0 when it is national, more the narrower its region is; None when it does not hold there.
    """
    rule = (rule_region or "").strip()
    if rule in NATIONAL:
        return 0
    places = _parts((asked or "").strip())
    province = _provinces().get(places[0]) if places else None
    chain = [province, *places] if province else places
    named = _parts(rule)
    return 1 + chain.index(named[-1]) if all(part in chain for part in named) else None


def _parts(name: str) -> list[str]:
    """浙江省杭州市 → 浙江, 杭州."""
    # 吉林市 and 吉林省 are told apart by their suffix alone.
    return [part if part == "吉林市" else SUFFIX.sub("", part) for part in PART.findall(name)]


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    text = files(__package__).joinpath("regions.txt").read_text(encoding="utf-8")
    table: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            province, _, members = line.partition(":")
            table.update(dict.fromkeys(members.split(), province))
    return table
