"""One rule says which revision of an entry holds on a day in a place."""

from __future__ import annotations

from datetime import date

import pytest
from office import content

from knowledge_base.content import EntryContent
from knowledge_base.validity import covers, in_force, overlap

DAY = date(2026, 11, 24)
NATIONAL, PROVINCE, CITY = content(), content(region="浙江省"), content(region="宁波市")


def chosen(*revisions: EntryContent, region: str | None = None, day: date = DAY) -> EntryContent | None:
    return in_force(revisions, as_of=day, region=region)


@pytest.mark.parametrize("order", [(NATIONAL, PROVINCE, CITY), (CITY, PROVINCE, NATIONAL)])
def test_the_narrowest_region_wins_whatever_is_newest(order: tuple[EntryContent, ...]) -> None:
    assert chosen(*order, region="宁波市") is CITY
    assert chosen(*order, region="浙江省宁波市鄞州区") is CITY
    assert chosen(*order, region="杭州市") is PROVINCE
    assert chosen(*order, region="北京市") is NATIONAL
    assert chosen(*order, region=None) is NATIONAL


def test_a_local_rule_holds_for_nobody_else() -> None:
    assert chosen(CITY, region="杭州市") is None
    assert chosen(CITY, region=None) is None


def test_a_narrower_rule_that_has_ended_gives_way() -> None:
    ended = content(region="宁波市", effective_to="2025-12-31")
    assert chosen(NATIONAL, ended, region="宁波市") is NATIONAL
    assert chosen(NATIONAL, ended, region="宁波市", day=date(2025, 12, 31)) is ended


def test_both_days_of_a_validity_are_in_it() -> None:
    rule = content(effective_from="2026-01-01", effective_to="2026-12-31")
    for inside in (date(2026, 1, 1), date(2026, 12, 31)):
        assert chosen(rule, day=inside) is rule
    for outside in (date(2025, 12, 31), date(2027, 1, 1)):
        assert chosen(rule, day=outside) is None


def test_an_open_end_is_open() -> None:
    rule = content(effective_from=None, effective_to=None)
    assert chosen(rule, day=date(1950, 1, 1)) is rule
    assert chosen(rule, day=date(2150, 1, 1)) is rule


def test_of_two_that_hold_the_newest_answers() -> None:
    older, newer = content(effective_from="2023-01-01"), content(effective_from="2026-01-01")
    assert chosen(older, newer) is newer
    assert chosen(older, newer, day=date(2025, 6, 1)) is older


@pytest.mark.parametrize(
    ("new", "old", "wholly"),
    [
        ({}, {}, True),
        ({"effective_from": None}, {"effective_from": "2022-07-01"}, True),
        ({"effective_from": "2026-01-01"}, {"effective_from": "2022-07-01"}, False),
        ({"effective_to": "2027-12-31"}, {"effective_to": None}, False),
        ({"effective_to": "2027-12-31"}, {"effective_to": "2026-12-31"}, True),
        ({"region": "浙江省宁波市"}, {"region": "宁波市"}, True),
        ({"region": "全国"}, {"region": None}, True),
        ({"region": None}, {"region": "宁波市"}, False),
        ({"region": "宁波市"}, {"region": None}, False),
    ],
)
def test_a_revision_takes_the_place_of_one_that_it_covers(
    new: dict[str, str | None], old: dict[str, str | None], *, wholly: bool
) -> None:
    assert covers(content(**new), content(**old)) is wholly


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"effective_to": "2025-12-31"}, {"effective_from": "2026-01-01"}, False),
        ({"effective_to": "2026-01-01"}, {"effective_from": "2026-01-01"}, True),
        ({"region": "宁波市"}, {"region": None}, True),
        ({"region": "宁波市"}, {"region": "浙江省"}, True),
        ({"region": "宁波市"}, {"region": "杭州市"}, False),
    ],
)
def test_two_overlap_when_somebody_is_under_both_on_some_day(
    one: dict[str, str | None], other: dict[str, str | None], *, both: bool
) -> None:
    assert overlap(content(**one), content(**other)) is both
    assert overlap(content(**other), content(**one)) is both
