"""A text is cleaned, checked and masked before anything else sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.intake_text import MAX_LENGTH, TextEmpty, TextTooLong, prepare
from common.errors import Invalid


def test_a_text_of_the_limit_is_taken_and_one_more_character_is_refused() -> None:
    assert prepare("税" * MAX_LENGTH).text == "税" * MAX_LENGTH
    with pytest.raises(TextTooLong):
        prepare("税" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x01", "\u200b\u202e", "\ud800"])
def test_a_text_with_nothing_to_read_is_refused(text: str) -> None:
    with pytest.raises(TextEmpty):
        prepare(text)


def test_control_and_direction_characters_are_dropped_and_line_breaks_kept() -> None:
    assert prepare("小规模\x00\u202e纳税人\r\n\r\n\r\n\r\n起征点").text == "小规模纳税人\n\n起征点"


def test_emoji_and_markup_stay_what_they_are() -> None:
    assert prepare("😀<script>alert(1)</script>").text == "😀<script>alert(1)</script>"


def test_personal_numbers_are_hidden() -> None:
    prepared = prepare("身份证11010519491231002X")
    assert prepared.masked_kinds == {"resident_id"}
    assert "19491231" not in prepared.text


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_is_refused_or_can_be_stored(text: str) -> None:
    try:
        prepared = prepare(text)
    except Invalid:
        return
    prepared.text.encode()
    assert prepared.text.strip() == prepared.text
    assert "\x00" not in prepared.text
