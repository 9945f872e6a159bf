"""Step 4, what a message means beside the one before it, and which questions it holds. Pure.

"那一般纳税人呢" after a question about small-scale taxpayers is that question with the other kind of taxpayer in it.
"""

from __future__ import annotations

import re
from typing import Final

from common.text import normalise

MAX_QUESTIONS: Final = 4
_LONGEST_REMEMBERED: Final = 200
# Terms that take each other's place in a question.
_FAMILIES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"小规模(?:纳税人)?|一般(?:纳税人|人)|个体(?:工商)?户|个人独资(?:企业)?|合伙企业|自然人",
        r"增值税专用发票|专票|普票|普通发票|数电票|纸质发票",
        r"首套房?|第[一二三四]套房?|[一二三]套房?|唯一住房",
        r"新能源车?|电动?车|油车|燃油车|二手车|插混|混动|摩托车",
        r"买方|卖方|买家|卖家|房东|租客|出租人|承租人",
        r"增值税|企业所得税|个人所得税|个税|印花税|契税|房产税|土地增值税|城建税|车船税|车辆购置税|购置税|残保金|消费税|资源税",
        r"(?:20)?\d{2}年(?:\d{1,2}月)?|大前年|前年|去年|今年|明年|后年|上个?月|下个?月|本月|这个月|上个?季度|本季度|第[一二三四]季度",
        r"按月|按季|按次|每个?月|每个?季度|一个季度|一个月|月度|季度",
        r"\d+(?:\.\d+)?(?:万|元|块|千)+(?:元)?|[一二三四五六七八九十百两]+万(?:元)?",
        r"子女教育|赡养老人|继续教育|大病医疗|住房贷款利息|房贷|住房租金|房租|婴幼儿照护",
        r"工资|劳务报酬|稿酬|年终奖|分红|利息|经营所得",
        r"丈夫|妻子|老公|老婆|父亲|母亲|岳父母|公婆|继父母|爸|妈",
    )
)
_TIME: Final = re.compile(r"\d年|去年|前年|明年|后年|月|季度")
_PRESENT: Final = re.compile(r"现在|目前|如今|今年")
_OPENING: Final = re.compile(
    r"^(?:不对|不是|错了|我?说?错了|哦不|噢不|不不|不好意思)?[,，。!！\s]*(?:那么?|那要是|要是|如果是?|换成|换做|改成|我说的是|我是说|我问的是|我指的是|应该是|是指|还有|另外|以及)?[,，\s]*"
)
_CLOSING: Final = re.compile(
    r"(?:的话|的情况)?(?:也)?(?:怎么(?:样|办|算)|是|一样|可以|行|适用|能|有)?(?:不|的)?(?:呢|吗|嘛|咧|么|呀|啊)*[?？。!！\s]*$"
)
_CORRECTION: Final = re.compile(
    r"^(?:不对|错了|说错了|我说错了|哦不|不是|噢不|纠正一下|更正一下)[,，。!！\s]*(?:我?(?:说|问|指)的?是|应该是|是)"
)
_TAKEN_BACK: Final = r"[,，。…\s]*(?:哦|噢|啊|呃|额)?(?:不对|不是|不|说错了|错了)[,，。…\s]*(?:应该)?"
_SELF_CORRECTIONS: Final = (
    re.compile(
        rf"\d[\d.]*(?:万|千|元|块|%|个点|月|年|号)*{_TAKEN_BACK}是?(\d[^,，。\s]{{0,11}}|[一二三四五六七八九十两][^,，。\s]{{0,11}})"
    ),
    re.compile(rf"(?<![^,，。\s])[^,，。\s]{{1,8}}{_TAKEN_BACK}是([^,，。\s]{{1,12}})"),
)
_SLIP: Final = re.compile(r"哦不|噢不|啊不|呃不|额不|不对|说错了|口误")
_TOPIC: Final = re.compile(
    r"税|发票|票|申报|抵扣|扣除|社保|医保|残保金|登记|注销|退|汇算|征期|减免|优惠|起征|滞纳|罚|信用|公司|房|车|额度|红冲|开具|证明|工会"
)
_ASKING: Final = re.compile(
    r"什么|怎么|咋|多少|几|哪|吗|呢|能不能|可不可以|要不要|是不是|有没有|需不需要|会不会|行不行|如何|为什么|是否|能否|可否|谁"
)
_SENTENCE_END: Final = re.compile(r"(?<=[?？;；。!！\n])")
_CLAUSE_END: Final = re.compile(r"(?<=[,，])")


def corrected(text: str) -> str:
    """The text as its writer meant it: "30万，哦不，是35万" → "35万"."""
    if not _SLIP.search(text):
        return text
    numbers, words = _SELF_CORRECTIONS
    return numbers.sub(r"\1", text) if numbers.search(text) else words.sub(r"\1", text)


def is_fragment(text: str) -> bool:
    """Whether it puts something right, or asks for the same with another figure or in another time."""
    plain = normalise(text)
    core = _CLOSING.sub("", _OPENING.sub("", plain, count=1)).strip(" ,，。")
    opened = re.match(r"^(?:不对|错了|说错|我?说错|哦不|那|要是|如果|换|改成|应该是)", plain) is not None
    return len(core) <= 14 and (opened or plain.rstrip("?？").endswith("呢") or core == plain)


def in_context(text: str, last_text: str | None) -> str | None:
    """The whole question that a fragment stands for; None when the text stands on its own."""
    if not last_text:
        return None
    plain = normalise(text)
    is_correction = _CORRECTION.match(plain) is not None
    core = _CLOSING.sub("", _OPENING.sub("", plain, count=1)).strip(" ,，。")
    if not core or (len(core) > 12 and not is_correction) or len(core) > 24:
        return None
    opened = is_correction or re.match(r"^(?:那|要是|如果|换|还有|另外)", plain) is not None
    closed = re.search(r"(?:呢|一样吗|也是吗|也行吗|可以吗|也一样)[?？]?$", plain) is not None
    if not (opened or closed or _is_bare(core)):
        return None
    if opened and not is_correction and _stands_alone(core, plain):
        return None
    return _replaced(core, last_text)[-_LONGEST_REMEMBERED:]


def _is_bare(core: str) -> bool:
    """Whether it names nothing but one thing that could have stood in another question."""
    return any(family.fullmatch(core) for family in _FAMILIES)


def _stands_alone(core: str, plain: str) -> bool:
    rest = core
    for family in _FAMILIES:
        rest = family.sub("", rest)
    return len(rest) >= 4 and _TOPIC.search(rest) is not None and _ASKING.search(plain[:-1]) is not None


def _replaced(core: str, last_text: str) -> str:
    if _TIME.search(core):
        last_text = _PRESENT.sub("", last_text)
    for family in _FAMILIES:
        new = family.search(core)
        if new is not None and family.search(last_text):
            return family.sub(new.group(), last_text, count=1)
    return f"{core},{last_text}"


def questions_in(text: str) -> list[str]:
    """The questions of one message, each with what was said before it; one when it asks one thing."""
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    clauses = [clause for sentence in sentences for clause in _clauses(sentence)]
    questions: list[str] = []
    told = ""
    for clause in clauses:
        if _ASKING.search(clause):
            questions.append(f"{told}{clause}".strip())
            told = ""
        else:
            told += clause
    if told and questions:
        questions[-1] += told
    if len(questions) < 2 or len(questions) > MAX_QUESTIONS:
        return [text]
    if not all(_TOPIC.search(question) for question in questions[:1]):
        return [text]
    return questions


def _clauses(sentence: str) -> list[str]:
    """A sentence cut at its commas, where both sides ask something."""
    parts = [part for part in _CLAUSE_END.split(sentence) if part]
    if sum(_ASKING.search(part) is not None for part in parts) < 2:
        return [sentence]
    return parts


def about(first: str, question: str) -> str:
    """A later question of a message with the first one's subject, when it names none itself."""
    if len(question) >= 12 and _TOPIC.search(question):
        return question
    whole = in_context(question, first)
    return whole or f"{first.rstrip('?？。')},{question}"
