"""Texts as search sees them: one written form, one sound, and misheard words put right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.retrieval.field import TokenBags, ngrams
from knowledge_base.retrieval.normalise import search_form, spell_numbers
from knowledge_base.retrieval.pinyin import spoken
from knowledge_base.retrieval.terms import load_terms, parse_terms


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("小规模季度３０万要交税吗", "小规模季度30万要交税吗"),
        ("個體戶怎麼報稅", "个体户怎么报税"),
        ("請問一下，專票怎麼開？", "专票怎么开"),
        ("咋个开发票嘛", "怎么开发票"),
        ("嗯那个就是我想问一下怎么开发票啊", "怎么开发票"),
        ("点样报税呀", "怎么报税"),
        ("税率是否是百分之三", "税率是不是是3%"),
        ("季度三十万", "季度300,000"),
        ("年终奖三万六", "年终奖36000"),
        ("VAT怎么交", "vat怎么交"),
    ],
)
def test_two_ways_of_writing_are_one_text(written: str, same_as: str) -> None:
    assert search_form(written) == search_form(same_as)


@pytest.mark.parametrize(
    ("spelt", "figures"),
    [
        ("三十万", "30万"),
        ("300000", "30万"),
        ("三万六千零一", "36001"),
        ("两百五十块", "250块"),
        ("二百五", "250"),
        ("百分之一点五", "1.5%"),
        ("二十九万八", "298000"),
        ("十二万", "12万"),
        ("千万不要", "千万不要"),
        ("一般纳税人", "一般纳税人"),
        ("2025年", "2025年"),
    ],
)
def test_amounts_have_one_form(spelt: str, figures: str) -> None:
    assert spell_numbers(spelt) == figures


@pytest.mark.parametrize("text", ["", "。。。", "😀😀", "嗯嗯嗯", "  "])
def test_a_text_that_says_nothing_has_an_empty_form(text: str) -> None:
    assert search_form(text).strip() == ""


@given(st.text(max_size=300))
def test_any_text_has_a_form_that_stays_as_it_is_cut(text: str) -> None:
    form = search_form(text)
    assert form == form.strip()
    spoken(form)
    load_terms().concepts_in(form)
    load_terms().corrected(form, known=lambda _: False)


@pytest.mark.parametrize(
    ("typed", "characters"),
    [
        ("geshui", "个税"),
        ("fapiao", "发票"),
        ("wangji mima", "忘记密码"),
        ("zhuanpiao", "专票"),
        ("shebao", "社保"),
    ],
)
def test_pinyin_sounds_like_the_characters_it_stands_for(typed: str, characters: str) -> None:
    assert [part.sound for part in spoken(typed)] == [part.sound for part in spoken(characters)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("专票", "专嫖"), ("清缴", "情缴"), ("滞纳金", "智纳金"), ("数电", "书店"), ("基数", "鸡数")],
)
def test_misheard_words_sound_like_what_was_said(one: str, other: str) -> None:
    assert [part.sound for part in spoken(one)] == [part.sound for part in spoken(other)]


def test_a_word_that_is_no_pinyin_stays_whole() -> None:
    assert [part.sound for part in spoken("invoice")] == ["invoice"]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("怎么开专嫖", "怎么开专票"),
        ("小规摸免税吗", "小规模免税吗"),
        ("音花税要不要报", "印花税要不要报"),
        ("智纳金怎么算", "滞纳金怎么算"),
        ("红虫发票", "红冲发票"),
        ("geshui怎么退", "个税怎么退"),
    ],
)
def test_misheard_words_of_the_field_are_put_right(heard: str, meant: str) -> None:
    assert load_terms().corrected(search_form(heard), known=lambda _: False) == search_form(meant)


def test_what_somebody_wrote_before_is_not_put_right() -> None:
    terms = load_terms()
    assert terms.corrected("税务局书店", known=lambda _: True) == "税务局书店"


def test_of_overlapping_wordings_the_longest_counts() -> None:
    terms = parse_terms("甲: 税 税率\n乙: 增值税税率")
    assert terms.concepts_in("增值税税率和税") == ["乙", "甲"]


def test_an_own_file_adds_terms_and_repairs_to_those_of_the_program(tmp_path: Path) -> None:
    own = tmp_path / "terms.txt"
    own.write_text("# ours\n云税贷: 云税贷 税易融\n", encoding="utf-8")
    terms = load_terms(own)
    assert terms.concepts_in("税易融") == ["云税贷"]
    assert terms.concepts_in("专票") == load_terms().concepts_in("专票")
    assert terms.corrected("怎么办税一融", known=lambda _: False) == "怎么办税易融"
    assert terms.fingerprint != load_terms().fingerprint


def test_a_field_built_again_from_remembered_texts_is_the_same_as_a_new_one() -> None:
    bags = TokenBags(ngrams)
    bags.field(["个税", "车船税"], cosine=True)
    again, new = (made.field(["个税退税", "印花税"], cosine=True) for made in (bags, TokenBags(ngrams)))
    assert not again.knows("车船税")
    for text in ("个税", "印花税", "车船税"):
        assert again.scores(ngrams(text)) == pytest.approx(new.scores(ngrams(text)))


def test_a_field_does_not_change_when_its_vocabulary_grows() -> None:
    bags = TokenBags(ngrams)
    field = bags.field(["个税退税"], cosine=True)
    before = field.scores(ngrams("车船税退税"))
    bags.field(["车船税"], cosine=True)
    assert not field.knows("车船")
    assert field.scores(ngrams("车船税退税")) == pytest.approx(before)


def test_a_field_tells_the_share_of_a_query_that_a_document_holds() -> None:
    field = TokenBags(ngrams).field(["印花税", "契税"], cosine=False)
    scores = field.scores(ngrams("印花税"))
    assert scores[0] == pytest.approx(1.0)
    assert 0 < scores[1] < 0.5


def test_the_cosine_of_a_text_with_itself_is_one_and_with_a_stranger_zero() -> None:
    field = TokenBags(ngrams).field(["印花税怎么交", "abc"], cosine=True)
    scores = field.scores(ngrams("印花税怎么交"))
    assert scores == pytest.approx([1.0, 0.0], abs=1e-5)


def test_an_empty_field_and_an_unknown_query_score_nothing() -> None:
    assert TokenBags(ngrams).field([], cosine=True).scores(["a"]).tolist() == []
    assert TokenBags(ngrams).field(["b"], cosine=True).scores(["a"]).tolist() == [0.0]


def test_no_run_of_characters_crosses_a_space() -> None:
    assert ngrams("ab c", longest=2) == ["a", "b", "c", "ab"]


def test_digits_of_other_scripts_are_numbers_as_they_are() -> None:
    assert [part.sound for part in spoken("༠0元")] == ["༠0", "yuan"]
