"""Step 4, a text as search sees it: dialect and dictation smoothed, numbers in one form, no punctuation. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from common.text import normalise

# Said in dialect or in chat → said in print. Longest first, so that 咋个 is not read as 咋.
FUNCTION_WORDS: Final = {
    "系咪": "是不是", "系唔系": "是不是", "点样": "怎么", "点算": "怎么办", "点解": "为什么", "几多": "多少", "边度": "哪里",
    "唔使": "不用", "唔该": "", "唔": "不", "冇": "没有", "嘅": "的", "喺": "在", "嘢": "东西", "咁": "这样", "佢": "他",
    "我哋": "我们", "呢间": "这间", "呢个": "这个", "系度": "在", "乜嘢": "什么", "乜": "什么", "啱啱": "刚", "俾": "给", "畀": "给",
    "咋个": "怎么", "咋整": "怎么办", "咋弄": "怎么办", "咋办": "怎么办", "咋搞": "怎么办", "咋": "怎么", "啥子": "什么",
    "啥时候": "什么时候", "啥": "什么", "得行": "可以", "要得": "可以", "莫得": "没有", "木有": "没有", "整不明白": "不明白",
    "俺们": "我们", "俺": "我", "恁": "你", "侬": "你", "阿拉": "我们", "伐": "吗", "要勿要": "要不要", "勿": "不", "甭": "不用",
    "肿么": "怎么", "介个": "这个", "酱紫": "这样", "米有": "没有", "神马": "什么", "如何": "怎么", "怎样": "怎么", "怎么样": "怎么",
    "能否": "能不能", "是否": "是不是", "可否": "能不能", "何时": "什么时候", "何处": "哪里", "为何": "为什么", "几时": "什么时候",
    "上税": "交税", "缴税": "交税", "缴纳": "交",
}  # fmt: skip
LEADING: Final = re.compile(
    r"^(?:(?:那个|就是|我想问一下|我想问下|想问一下|想问下|请问一下|请问|嗯+|呃+|额|啊|那|喂)[,，。、\s]*)+(?=.{4})"
)
FILLERS: Final = re.compile(
    r"(?:您好|你好|老师|请问一下|请问|麻烦问下|麻烦问一下|麻烦|我想问一下|我想问下|想问一下|想问下|问一下|问下|咨询一下|咨询下|想咨询"
    r"|跪求|急急急|在线等|谢谢|多谢|感谢|就是说|怎么说呢|然后呢|那个啥|这个那个|嗯+|呃+|唉+|诶+|喂+|亲)"
    r"|(?<=[,。!?;\s])(?:那个|就是|然后|额|啊)|[呢啊呀嘛吧哈哦喔噢咯喽哇啦呗哟滴欸喎㖞㗎咩啫]+(?=$|[,。!?;\s])"
)
DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "〇": 0,
}
UNITS: Final = {"十": 10, "百": 100, "千": 1000}
SPELT_NUMBER: Final = re.compile(
    r"[零〇一二两三四五六七八九十百千]*[十百千](?!分(?!之))[零〇一二三四五六七八九十百千]*"
    r"|[一二两三四五六七八九](?=[万亿])|(?<=万)[零〇一二三四五六七八九](?!个)"
)
PERCENT: Final = re.compile(r"百分之([\d零一二三四五六七八九十百点.]+)")
THOUSANDS: Final = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
TEN_THOUSANDS: Final = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)万(\d{1,4})?(?!\d)")
BARE_AMOUNT: Final = re.compile(r"(?<![\d.])([1-9]\d{0,3})0000(?![\d.])")
WORDS: Final = re.compile("|".join(sorted(map(re.escape, FUNCTION_WORDS), key=len, reverse=True)))
NOT_SEARCHED: Final = re.compile(r"[^\w%.]+|_|(?<!\d)\.|\.(?!\d)")
# A new index is made of the texts of the old one, but for a few.
KEPT_FORMS: Final = 1 << 16


@lru_cache(maxsize=KEPT_FORMS)
def search_form(text: str) -> str:
    """The text as the index stores it and as a search is made. May be empty (a text of fillers or emoji alone)."""
    plain = normalise(text)
    smooth = FILLERS.sub(" ", LEADING.sub("", plain))
    said = WORDS.sub(lambda word: FUNCTION_WORDS[word.group()], smooth)
    return NOT_SEARCHED.sub(" ", spell_numbers(said)).strip()


def spell_numbers(text: str) -> str:
    """Amounts in one form: 三十万, 300,000 and 300000 become 30万; 三万六 becomes 36000, 百分之三 3%."""
    text = PERCENT.sub(lambda found: f"{_spelt(found.group(1))}%", THOUSANDS.sub("", text))
    text = SPELT_NUMBER.sub(lambda found: _number(found.group()), text)
    text = TEN_THOUSANDS.sub(lambda found: _amount(found.group(1), found.group(2)), text)
    return BARE_AMOUNT.sub(r"\1万", text)


def _amount(ten_thousands: str, rest: str | None) -> str:
    """3万6 → 36000, 30万 → 30万. A single digit after 万 counts thousands."""
    below = int(rest or 0) * (1000 if rest and len(rest) == 1 else 1)
    total = round(float(ten_thousands) * 10_000) + below
    return f"{total // 10_000}万" if total % 10_000 == 0 else str(total)


def _spelt(text: str) -> str:
    whole, point, rest = text.partition("点")
    digits = "".join(str(DIGITS.get(char, char)) for char in rest)
    return (_number(whole) if not whole.isdigit() else whole) + (f".{digits}" if point else "")


def _number(text: str) -> str:
    """三百五十 → 350. A lone 千 or 百 is no number (千万不要) and stays."""
    if text in ("千", "百"):
        return text
    total, digit, last_unit = 0, 0, 1
    for char in text:
        if char in UNITS:
            last_unit = UNITS[char]
            total += (digit or 1) * last_unit
            digit = 0
        elif char in DIGITS:
            digit = DIGITS[char]
        else:
            return text
    # 二百五 is 250: a digit that ends the number counts in tenths of the last unit.
    spoken = digit and last_unit > 10 and "零" not in text
    return str(total + (digit * last_unit // 10 if spoken else digit))
