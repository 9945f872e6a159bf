"""Rendering: nothing lost, nothing too long, nothing that a platform could take for markup."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.protocol import OutboundMessage
from channels.rendering import Span, Style, compose, plain_text, split, utf16_units
from channels.telegram.cards import TEXT_LIMIT, render, to_html
from desk.reply import Citation, Option, Validity
from tests.standins.telegram_entities import visible_text

nasty = (
    st.text()
    | st.text(st.sampled_from("<>&\"'/ab;#。！\n 😀&lt;<b></b>"))
    | st.sampled_from(
        ["<script>alert(1)</script>", "</blockquote>", "&lt;b&gt;", '<a href="x">', "**粗** `码`"]
    )
)
spans = st.lists(
    st.builds(
        Span, text=nasty, style=st.sampled_from(Style), url=st.none() | st.just('https://x.cn/?a="b"&c')
    ),
    max_size=6,
)
citations = st.builds(
    Citation, title=nasty, document_number=st.none() | nasty, article=st.none() | nasty, url=nasty
)
cards = st.builds(
    OutboundMessage,
    conversation_id=st.just("c"),
    sequence=st.just(2),
    reply_address=st.just("7"),
    sender=st.sampled_from(["bot", "agent", "system"]),
    sender_name=st.none() | nasty,
    text=nasty,
    details=st.none() | nasty,
    citations=st.lists(citations, max_size=2).map(tuple),
    options=st.lists(st.builds(Option, option_id=st.just("q"), label=nasty), max_size=2).map(tuple),
    ask_feedback=st.booleans(),
    ask_rating=st.booleans(),
)


def shown(pieces: list[tuple[Span, ...]]) -> list[str]:
    return ["".join(span.text for span in piece) for piece in pieces]


@given(spans, st.integers(min_value=2, max_value=40))
def test_chunks_joined_are_the_text_and_none_is_over_the_limit(whole: list[Span], limit: int) -> None:
    chunks = shown(split(whole, limit=limit, size=utf16_units))
    assert "".join(chunks) == "".join(span.text for span in whole)
    assert all(len(chunk.encode("utf-16-le", "surrogatepass")) // 2 <= limit for chunk in chunks)


@given(spans)
def test_html_is_balanced_and_shows_exactly_the_text(whole: list[Span]) -> None:
    assert visible_text(to_html(whole)) == "".join(span.text for span in whole)


@given(cards, st.integers(min_value=1, max_value=400))
def test_every_part_of_a_card_is_valid_html_within_the_limit(card: OutboundMessage, repeats: int) -> None:
    long = OutboundMessage(**{**vars(card), "text": card.text * repeats})
    parts = render(long)
    for part in parts:
        seen = visible_text(part.html).strip()
        assert seen
        assert len(seen.encode("utf-16-le")) // 2 <= TEXT_LIMIT
    assert all(not part.rows for part in parts[:-1])


def test_text_is_cut_after_a_sentence() -> None:
    chunks = shown(split([Span("第一句。第二句话！第三句")], limit=10, size=utf16_units))
    assert chunks == ["第一句。第二句话！", "第三句"]


def test_text_without_borders_is_cut_at_the_limit_and_never_inside_a_character() -> None:
    assert shown(split([Span("一😀二😀三")], limit=3, size=utf16_units)) == ["一😀", "二😀", "三"]


def test_a_style_goes_on_in_the_next_chunk() -> None:
    [first, second] = split([Span("甲乙。丙丁", Style.STRONG)], limit=3, size=utf16_units)
    assert (to_html(first), to_html(second)) == ("<b>甲乙。</b>", "<b>丙丁</b>")


def test_lone_surrogates_and_control_characters_never_leave() -> None:
    card = OutboundMessage("c", 2, "7", "bot", "坏\ud800字\x00符\x1b")
    assert "".join(span.text for span in compose(card)) == "坏\ufffd字符"


@pytest.mark.parametrize(
    ("validity", "line"),
    [
        (Validity(), "适用地区：全国"),
        (Validity(effective_from=date(2026, 1, 1)), "有效期：2026-01-01 起；适用地区：全国"),
        (
            Validity(effective_to=date(2027, 12, 31), region="宁波市"),
            "有效期：至 2027-12-31；适用地区：宁波市",
        ),
    ],
)
def test_validity_claims_no_more_than_is_known(validity: Validity, line: str) -> None:
    card = OutboundMessage("c", 2, "7", "bot", "结论", validity=validity)
    assert "".join(span.text for span in compose(card)) == f"结论\n\n{line}"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.cn/ a", 'https://x.cn/"onclick', "", None])
def test_only_a_plain_web_address_becomes_a_link(url: str | None) -> None:
    card = OutboundMessage("c", 2, "7", "bot", "结论", citations=(Citation(title="《公告》", url=url),))
    assert "<a " not in render(card)[0].html
    assert "· 《公告》" in render(card)[0].html


def test_markdown_loses_its_marks_and_keeps_its_words() -> None:
    text = "## 条件\n- **小规模** 纳税人\n1. 看 [公告](https://x.cn/1)\n> `代码` 3*2*1"
    assert plain_text(text) == "条件\n· 小规模 纳税人\n1. 看 公告（https://x.cn/1）\n代码 3*2*1"
