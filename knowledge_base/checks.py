"""Step 4, what is wrong with entries that are each well formed: with their age, and with one another. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from common.text import match_key
from knowledge_base.content import EntryContent, figure_problems, publishing_problems
from knowledge_base.rate_tables import shipped_tables
from knowledge_base.validity import overlap, same_place


@dataclass(frozen=True)
class Claim:
    """Two entries that hold at the same time answer one wording differently: which of them owns it?"""

    wording: str
    claimant: EntryContent
    owner: EntryContent


def rival_claims(newcomers: Sequence[EntryContent], settled: Iterable[EntryContent] = ()) -> list[Claim]:
    """The wordings of each newcomer that a settled entry, or an earlier newcomer, answers differently."""
    owners: dict[str, list[EntryContent]] = defaultdict(list)
    for content in settled:
        for key in _keys(content):
            owners[key].append(content)
    claims = []
    for content in newcomers:
        for key, wording in _keys(content).items():
            claims += [Claim(wording, content, owner) for owner in owners[key] if _contradict(content, owner)]
            owners[key].append(content)
    return claims


def _keys(content: EntryContent) -> dict[str, str]:
    """Each wording by what it has in common with other spellings of it; the first spelling stands for all."""
    keys: dict[str, str] = {}
    for question in content.questions:
        keys.setdefault(match_key(question), question)
    return keys


def _contradict(one: EntryContent, other: EntryContent) -> bool:
    return one.id != other.id and one.answer != other.answer and overlap(one, other)


def check_served(contents: Sequence[EntryContent], *, today: date) -> list[str]:
    """What is wrong with the revisions that are served (by entry, oldest first), a line each, entry by entry."""
    findings = [
        f"{content.id}：{problem}"
        for content in contents
        for problem in _problems_alone(content, today=today)
    ]
    findings += [f"{content.id}：{problem}" for content, problem in _dangling(contents)]
    findings += [f"{entry_id}：{problem}" for entry_id, problem in _overlapping(contents)]
    findings += [
        f"{claim.claimant.id}：问法“{claim.wording}”也属于条目 {claim.owner.id}，答案不同"
        for claim in rival_claims(contents)
    ]
    return sorted(findings, key=lambda finding: finding.partition("：")[0])


def _problems_alone(content: EntryContent, *, today: date) -> Iterator[str]:
    yield from publishing_problems(content)
    yield from figure_problems(content, shipped_tables())
    over = content.effective_to is not None and content.effective_to < today
    if content.review_by is not None and content.review_by < today and not over:
        yield f"已过复核日期 {content.review_by}"
    spellings = Counter(match_key(question) for question in content.questions)
    for key, question in _keys(content).items():
        if spellings[key] > 1:
            yield f"问法“{question}”重复"


def _dangling(contents: Sequence[EntryContent]) -> Iterator[tuple[EntryContent, str]]:
    known = {content.id for content in contents}
    for content in contents:
        for name, ids in (("相关条目", content.related), ("替代条目", (content.superseded_by,))):
            for entry_id in ids:
                if entry_id == content.id:
                    yield content, f"{name}是它自己"
                elif entry_id is not None and entry_id not in known:
                    yield content, f"{name} {entry_id} 不存在或没有发布"


def _overlapping(contents: Sequence[EntryContent]) -> Iterator[tuple[str, str]]:
    by_entry: dict[str, list[EntryContent]] = defaultdict(list)
    for content in contents:
        by_entry[content.id].append(content)
    for entry_id, revisions in by_entry.items():
        for older, newer in combinations(revisions, 2):
            if overlap(older, newer) and same_place(older, newer):
                yield (
                    entry_id,
                    f"两个已发布版本的有效期重叠（{_period(older)}；{_period(newer)}），重叠的日子按较新的回答",
                )


def _period(content: EntryContent) -> str:
    return f"{content.effective_from or '不限'} 至 {content.effective_to or '长期'}"
