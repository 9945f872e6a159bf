"""Step 4, how texts go wrong on their way: typos, dictation, dialect, pinyin. For training and measuring only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any, Final

from knowledge_base.encoder.material import data_path
from knowledge_base.retrieval.pinyin import spoken

CHINESE: Final = re.compile(r"[一-龥]")
RUN: Final = re.compile(r"[一-龥]{2,4}")
NUMBER: Final = re.compile(r"\d+")
NUMERALS: Final = "零一二三四五六七八九"
BEFORE: Final = (
    "嗯", "那个", "嗯那个", "就是", "我想问一下", "请问一下", "老师您好", "你好我想咨询一下", "喂你好", "呃", "就是说啊",
    "麻烦问下", "急", "求助", "你们好，", "在吗，", "帮我看下", "我问个事", "不好意思问一下",
)  # fmt: skip
BETWEEN: Final = ("嗯", "那个", "就是", "然后呢", "就是说", "这个", "啊", "呃", "的话呢", "它是那个")
AFTER: Final = (
    "啊", "呢", "呀", "吗", "谢谢", "急急急", "在线等", "？？", "！！", "来着", "哈", "咯", "求解答", "哎", "有没有人知道",
    "搞不懂", "跪求", "谢谢老师", "怎么回事哦",
)  # fmt: skip
DIALECT: Final = {
    "怎么办": ("咋整", "咋办", "点算", "咋弄", "啷个办", "咋个办"),
    "怎么": ("咋", "咋个", "点样", "啷个", "咋样", "哪能"),
    "什么": ("啥", "啥子", "乜嘢", "么子", "嘛"),
    "多少": ("几多", "好多", "多些"),
    "没有": ("冇", "没得", "莫得", "木有"),
    "不知道": ("唔知", "晓不得", "不晓得"),
    "可以": ("得", "得行", "可得"),
    "我们": ("俺们", "阿拉", "我哋", "咱"),
    "哪里": ("边度", "哪儿", "哪塌"),
    "不用": ("唔使", "甭", "勿要"),
    "是不是": ("系咪", "是勿是"),
    "的": ("嘅", "滴"),
    "要": ("得", "要"),
}  # fmt: skip
DROPPED: Final = re.compile(r"[的了吗呢是在就把被和与及要能有个]")


class Noise:
    """Makes texts worse, in the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible material, no secret
        self._ways: tuple[Callable[[str], str], ...] = (
            self.homophone, self.homophone, self.homophone, self.shape, self.dictated, self.dictated,
            self.dropped, self.swapped, self.dialect, self.dialect, self.in_pinyin, self.numerals, self.traditional,
        )  # fmt: skip

    def worsened(self, text: str) -> str:
        """One to three things go wrong."""
        for way in self._random.sample(self._ways, self._random.choice((1, 1, 2, 2, 3))):
            text = way(text)
        return text

    def homophone(self, text: str) -> str:
        """One or two characters become others that sound alike."""
        for _ in range(self._random.choice((1, 1, 2))):
            text = self._replaced(text, lambda char: _alike().get(_sound(char), ""))
        return text

    def shape(self, text: str) -> str:
        """A character becomes one that looks alike."""
        return self._replaced(text, lambda char: _shapes().get(char, ""))

    def dictated(self, text: str) -> str:
        """Words that fill a pause, before, between and after."""
        if self._random.random() < 0.7:
            text = self._random.choice(BEFORE) + text
        if self._random.random() < 0.5 and len(text) > 6:
            place = self._random.randrange(3, len(text) - 2)
            text = text[:place] + self._random.choice(BETWEEN) + text[place:]
        return text + self._random.choice(AFTER) if self._random.random() < 0.6 else text

    def dropped(self, text: str) -> str:
        """Small words and a character get lost."""
        text = DROPPED.sub(lambda found: "" if self._random.random() < 0.6 else found.group(), text)
        place = self._random.randrange(max(1, len(text)))
        return text[:place] + text[place + 1 :] if len(text) > 8 and self._random.random() < 0.5 else text

    def swapped(self, text: str) -> str:
        """Two neighbours change places."""
        if len(text) < 5:
            return text
        place = self._random.randrange(len(text) - 1)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    def dialect(self, text: str) -> str:
        """Words of daily life as another region says them."""
        for word, others in DIALECT.items():
            if word in text and self._random.random() < 0.7:
                text = text.replace(word, self._random.choice(others), 1)
        return text

    def in_pinyin(self, text: str) -> str:
        """A word, seldom all of it, typed without choosing characters."""
        runs = list(RUN.finditer(text))
        if not runs:
            return text
        chosen = runs if self._random.random() < 0.15 else [self._random.choice(runs)]
        for run in reversed(chosen):
            text = text[: run.start()] + " ".join(map(_reading, run.group())) + text[run.end() :]
        return text if self._random.random() < 0.5 else text.replace(" ", "")

    def numerals(self, text: str) -> str:
        """Digits are spelt."""
        return NUMBER.sub(lambda found: spelt(found.group()), text)

    def traditional(self, text: str) -> str:
        """The other script."""
        return str(_traditional().convert(text)) if self._random.random() < 0.4 else text

    def _replaced(self, text: str, others: Callable[[str], str]) -> str:
        places = [place for place, char in enumerate(text) if others(char).replace(char, "")]
        if not places:
            return text
        place = self._random.choice(places)
        return (
            text[:place]
            + self._random.choice(others(text[place]).replace(text[place], ""))
            + text[place + 1 :]
        )


def spelt(number: str) -> str:
    """12 → 十二, 300 → 三百. What is longer than four digits, or starts with 0, digit by digit."""
    if len(number) > 4 or number.startswith("0"):
        return "".join(NUMERALS[int(digit)] for digit in number)
    words = ""
    for place, digit in enumerate(number):
        unit = ("", "十", "百", "千")[len(number) - place - 1]
        words += NUMERALS[int(digit)] + unit if digit != "0" else "零"
    words = re.sub("零+", "零", words).rstrip("零")
    return words.removeprefix("一") if words.startswith("一十") else words


def _reading(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


def _sound(character: str) -> str:
    return spoken(character)[0].sound if CHINESE.match(character) else ""


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Common characters (the first level of GB 2312) by sound."""
    by_sound: dict[str, str] = defaultdict(str)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            for char in bytes((high, low)).decode("gb2312", "ignore"):
                by_sound[_sound(char)] += char
    return by_sound


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    rows = data_path("shapes.txt").read_text(encoding="utf-8").split()
    return {char: row for row in rows for char in row}


@lru_cache(maxsize=1)
def _traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
