"""Step 4, matters with a high risk: the public rule may be told, the case is a person's. Also what is not Chinese."""

from __future__ import annotations

import re
from typing import Final

from common.text import normalise

_HIGH_RISK: Final = re.compile(
    r"虚开|骗税|骗取出口退税|走逃|失联(?:发票|企业)|异常(?:凭证|扣税)|税务稽查|稽查局|被稽查|强制执行|阻止出境|限制出境"
    r"|(?:股权|股份).{0,8}(?:转让|转给|过户|赠与|赠送|代持)|(?:转让|转).{0,4}(?:股权|股份)"
    r"|(?:发票|开票|授信|数电票|荣誉|总|invoice|quota).{0,6}(?:额度|限额|quota).{0,10}(?:不够|不足|没了|用完|提|调|增加|加|申请|降|低|少|恢复|变|唔够|太)|额度(?:调整|不够|不足|用完|没了|太低|提升|提额|被降)"
    r"|(?:算|认定)(?:是|为)?(?:首套|二套|唯一住房|家庭唯一)|注销.{0,16}(?:纠纷|争议|欠税|稽查|卡住|办不下来|未结|打官司|股东不)"
)
_NOT_OURS: Final = re.compile(r"[぀-ヿ가-힣Ѐ-ӿ؀-ۿ฀-๿]")


def needs_a_person(text: str) -> bool:
    """Whether a person has to take over after what is public has been said."""
    return _HIGH_RISK.search(normalise(text).replace(" ", "")) is not None


def in_a_foreign_script(text: str) -> bool:
    """Whether it is written in a script that this service does not read (kana, hangul, Cyrillic, Arabic, Thai)."""
    return len(_NOT_OURS.findall(text)) >= 2
