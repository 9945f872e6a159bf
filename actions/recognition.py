"""Step 4, what needs no model: exact phrases and digits, the same with Rasa and without it.

A request for a person, a number typed to choose an option, and words of distress must never depend on a
classifier's confidence. Everything else is left to the intent model.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PERSON: Final = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|给我|我要|我想|我想要|能不能|可以|快|赶紧|直接|你)*"
    r"(?:转|找|接|叫|要|换|来|呼叫|联系)?(?:个|一个|下|一下|接|到)*(?:人工|真人|活人|客服|坐席|人工客服|人工服务|人工坐席|专家坐席)"
    r"(?:客服|服务|坐席)?(?:来|处理|聊|说话|服务|回答|接听)?(?:吧|啊|呀|吗|一下|谢谢|好吗)*$"
)
_ORDINAL: Final = re.compile(
    r"^(?:选择?|选项|要|我选|我要|就)?(?:第)?([0-9]|[一二三四五六七八九两])(?:个|项|条|号)?(?:吧|那个|的)?$"
)
_CHINESE_DIGITS: Final = {char: value for value, char in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_BASIS: Final = re.compile(
    r"^(?:那|这个|请问)?(?:有什么|有没有|什么|政策|法律|文件)?(?:依据|文件依据|政策依据|法律依据|出处)(?:是什么|呢|在哪|是啥|是哪个文件|吗)?$"
)
_CRISIS: Final = re.compile(r"跳楼|自杀|不想活|活不下去|轻生|割腕|一死了之|死给你们看|同归于尽|了结自己")
_NONE: Final = re.compile(r"^(?:都不是|都不对|以上都不是|没有我要的|不是这些)$")
_JUNK: Final = re.compile(r"[\s,，.。!！?？~～;；:：、…\"'“”‘’()（）]+")


def squeeze(text: str) -> str:
    """Compatibility-normalised text without spaces and punctuation."""
    return _JUNK.sub("", unicodedata.normalize("NFKC", text)).lower()


def recognise(text: str, *, option_count: int) -> tuple[str | None, int | None]:
    """The intent that needs no model, and the option's number when one was chosen; (None, None) otherwise.

    A lone number is always meant as a choice, and a lone "0" asks for a person, as on the telephone.
    """
    plain = squeeze(text)
    if _CRISIS.search(plain):
        return "crisis", None
    if plain == "0" or _PERSON.match(plain):
        return "request_person", None
    if option_count and _NONE.match(plain):
        return "deny", None
    if (ordinal := parse_ordinal(plain)) is not None:
        return "choose_option", ordinal
    if _BASIS.match(plain):
        return "ask_basis", None
    return None, None


def parse_ordinal(plain: str) -> int | None:
    """The number in "1", "第一个", "选二" …; None when the text is anything else."""
    found = _ORDINAL.match(plain)
    if found is None:
        return None
    digit = found.group(1)
    return _CHINESE_DIGITS.get(digit) or int(digit)
