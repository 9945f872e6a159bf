"""The search index: what it finds, what it must never find, and how it is stored."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.encoder import load_encoder
from knowledge_base.encoder.encoder import Encoder
from knowledge_base.retrieval.index import EmbeddingCache, IndexCorrupt, SearchIndex
from knowledge_base.retrieval.practice import indexed, starting_content
from knowledge_base.retrieval.terms import load_terms
from knowledge_base.retrieval.types import IndexedRevision

DAY = date(2026, 11, 23)
CACHE = EmbeddingCache()


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    return load_encoder()


def build(*revisions: IndexedRevision) -> SearchIndex:
    return SearchIndex.build(revisions, encoder(), CACHE)


@lru_cache(maxsize=1)
def starting_index() -> SearchIndex:
    """The starting content without its dates, so that every entry can be asked for on one day."""
    return build(*[indexed(content, content.similar_questions) for content in starting_content()])


def entry(entry_id: str, question: str, *similar: str, **values: object) -> IndexedRevision:
    return IndexedRevision(
        **{"entry_id": entry_id, "revision": 1, "question": question, "similar_questions": similar} | values  # type: ignore[arg-type]
    )


def found(
    index: SearchIndex, text: str, *, day: date = DAY, region: str | None = None, limit: int = 5
) -> list[str]:
    return [match.entry_id for match in index.search(text, as_of=day, region=region, limit=limit)]


VAT = entry("vat", "小规模纳税人增值税起征点是多少？", "小规模季度多少不用交税", answer="未达到30万元免征。")
STAMP = entry("stamp", "印花税如何计算？", "合同贴花多少", answer="按合同金额计算。")
INVOICE = entry("invoice", "增值税专用发票如何开具？", "怎么开专票", answer="在电子税务局开具。")
REVERSAL = entry("reversal", "数电发票如何红冲？", "电子发票开错怎么红冲", answer="开具红字发票。")
PASSWORD = entry("password", "个人所得税App忘记密码怎么办？", "个税软件密码忘了", answer="在登录页找回。")
BASE = entry("base", "社保缴费基数如何确定？", "社保基数怎么调", answer="按上年工资确定。")
LATE = entry("late", "税收滞纳金如何计算？", "晚交税一天罚多少", answer="按日加收万分之五。")
SETTLEMENT = entry(
    "settlement", "个人所得税汇算清缴什么时候办理？", "个税汇算几号截止", answer="3月1日至6月30日。"
)
GENERAL = entry("general", "如何登记为一般纳税人？", "小规模转一般纳税人", answer="在电子税务局登记。")
EVERYDAY = (VAT, STAMP, INVOICE, REVERSAL, PASSWORD, BASE, LATE, SETTLEMENT, GENERAL)


@lru_cache(maxsize=1)
def everyday_index() -> SearchIndex:
    return build(*EVERYDAY)


def test_every_wording_of_the_starting_content_finds_its_entry() -> None:
    index = starting_index()
    lost = [
        text
        for content in starting_content()
        for text in (content.question, *content.similar_questions)
        if content.id not in found(index, text, limit=3)
    ]
    assert lost == []


def test_a_wording_comes_first_under_its_own_entry_nearly_always() -> None:
    index = starting_index()
    asked = [(content.id, text) for content in starting_content() for text in content.similar_questions]
    right = sum(found(index, text, limit=1) == [entry_id] for entry_id, text in asked)
    assert right / len(asked) > 0.97


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("怎么开专嫖", "invoice"),
        ("书店票怎么红虫", "reversal"),
        ("个税汇算情缴什么时候", "settlement"),
        ("音花税要不要报", "stamp"),
        ("智纳金怎么算万分之五吗", "late"),
        ("社保鸡数怎么调", "base"),
        ("小规摸变一般那税人", "general"),
        ("geshui app wangji mima", "password"),
        ("個體戶小規模季度幾多唔使交稅", "vat"),
        ("嗯那个就是我想问一下那个滞纳金怎么算的呢", "late"),
    ],
)
def test_misheard_typed_and_dialect_questions_find_their_entry(text: str, entry_id: str) -> None:
    assert found(everyday_index(), text)[0] == entry_id


@pytest.mark.parametrize(
    "text", ["季度三十万要不要交", "季度300000要不要交", "季度30万要不要交", "季度３０万要不要交"]
)
def test_an_amount_is_found_however_it_is_written(text: str) -> None:
    thirty = entry("thirty", "季度销售额30万元要交增值税吗？")
    forty = entry("forty", "季度销售额45万元要交增值税吗？")
    assert found(build(thirty, forty), text)[0] == "thirty"


def test_a_revision_is_found_on_its_first_and_last_day_and_on_no_day_beside_them() -> None:
    index = build(
        entry("a", "印花税如何计算？", effective_from=date(2026, 1, 1), effective_to=date(2026, 6, 30))
    )
    asked = "印花税如何计算？"
    assert found(index, asked, day=date(2026, 1, 1)) == ["a"]
    assert found(index, asked, day=date(2026, 6, 30)) == ["a"]
    assert found(index, asked, day=date(2025, 12, 31)) == []
    assert found(index, asked, day=date(2026, 7, 1)) == []


def test_of_two_revisions_the_one_of_the_period_is_found() -> None:
    old = entry("a", "印花税税率？", effective_to=date(2025, 12, 31))
    new = entry("a", "印花税税率？", effective_from=date(2026, 1, 1), revision=2)
    index = build(old, new)
    matches = {
        year: index.search("印花税税率", as_of=date(year, 6, 1), region=None)[0].revision
        for year in (2025, 2026)
    }
    assert matches == {2025: 1, 2026: 2}


@pytest.mark.parametrize(
    ("rule", "asked", "holds"),
    [
        (None, None, True),
        (None, "宁波市", True),
        ("浙江省", "宁波市", True),
        ("浙江省", "浙江省宁波市", True),
        ("宁波市", "浙江省", False),
        ("浙江省", "上海市", False),
        ("浙江省", None, False),
        ("全国", "上海市", True),
    ],
)
def test_a_local_rule_is_found_only_where_it_holds(rule: str | None, asked: str | None, holds: bool) -> None:
    index = build(entry("a", "契税优惠如何申请？", region=rule), STAMP)
    assert ("a" in found(index, "契税优惠如何申请", region=asked)) is holds


@given(st.text(max_size=120), st.dates(), st.sampled_from([None, "宁波市", "北京市", "无此地"]))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_a_search_and_scores_are_probabilities(
    text: str, day: date, region: str | None
) -> None:
    matches = everyday_index().search(text, as_of=day, region=region)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) <= 1 + 1e-9


@given(
    st.lists(st.tuples(st.dates(), st.dates(), st.sampled_from([None, "浙江省", "宁波市"])), max_size=6),
    st.dates(),
    st.sampled_from([None, "宁波市", "杭州市"]),
)
@settings(max_examples=60, deadline=None)
def test_nothing_outside_its_validity_is_ever_found(
    periods: list[tuple[date, date, str | None]], day: date, region: str | None
) -> None:
    revisions = {
        str(number): entry(
            str(number),
            "印花税如何计算？",
            effective_from=min(start, end),
            effective_to=max(start, end),
            region=place,
        )
        for number, (start, end, place) in enumerate(periods)
    }
    index = build(*revisions.values())
    for entry_id in found(index, "印花税如何计算", day=day, region=region, limit=10):
        revision = revisions[entry_id]
        assert revision.effective_from is not None
        assert revision.effective_to is not None
        assert revision.effective_from <= day <= revision.effective_to
        assert (
            revision.region is None or region == "宁波市" or (revision.region, region) == ("浙江省", "杭州市")
        )


def test_an_entry_that_was_left_out_is_not_found() -> None:
    index = build(*[one for one in EVERYDAY if one is not STAMP])
    assert "stamp" not in found(index, "印花税如何计算", limit=20)


def test_an_empty_knowledge_base_finds_nothing(tmp_path: Path) -> None:
    index = build()
    assert found(index, "印花税") == []
    index.save(tmp_path / "index")
    assert len(SearchIndex.load(tmp_path / "index", encoder())) == 0


def test_the_wording_that_came_nearest_is_named() -> None:
    match = everyday_index().search("合同要贴花多少钱", as_of=DAY, region=None)[0]
    assert (match.entry_id, match.matched) == ("stamp", "合同贴花多少")


def test_the_order_of_the_revisions_does_not_matter() -> None:
    one, other = build(*EVERYDAY), build(*reversed(EVERYDAY))
    assert one.fingerprint == other.fingerprint
    assert one.search("专票", as_of=DAY, region=None) == other.search("专票", as_of=DAY, region=None)


def test_a_stored_index_finds_the_same(tmp_path: Path) -> None:
    index = everyday_index()
    index.save(tmp_path / "index")
    stored = SearchIndex.load(tmp_path / "index", encoder())
    assert stored.fingerprint == index.fingerprint
    for text in ("怎么开专票", "合同贴花"):
        assert stored.search(text, as_of=DAY, region=None) == index.search(text, as_of=DAY, region=None)


@pytest.mark.parametrize(
    "name", ["manifest.json", "revisions.json", "characters.npz", "pinyin.json", "questions.faiss"]
)
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_stored_index_is_noticed(tmp_path: Path, name: str, damage: str) -> None:
    path = tmp_path / "index"
    everyday_index().save(path)
    file = path / name
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[: len(data) // 2] if damage == "cut" else b"\x00" + data[1:])
    with pytest.raises(IndexCorrupt):
        SearchIndex.load(path, encoder())


def test_an_index_of_another_encoder_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "index"
    everyday_index().save(path)
    manifest = json.loads((path / "manifest.json").read_bytes())
    (path / "manifest.json").write_text(json.dumps(manifest | {"fingerprint": "another"}), encoding="utf-8")
    with pytest.raises(IndexCorrupt, match="another encoder"):
        SearchIndex.load(path, encoder())


def test_an_index_of_other_terms_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "index"
    everyday_index().save(path)
    own = tmp_path / "terms.txt"
    own.write_text("云税贷: 云税贷 税易融\n", encoding="utf-8")
    with pytest.raises(IndexCorrupt):
        SearchIndex.load(path, encoder(), load_terms(own))


def test_saving_over_an_old_index_replaces_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "index"
    everyday_index().save(path)
    build(STAMP).save(path)
    assert len(SearchIndex.load(path, encoder())) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["index"]
