"""Reading updates: whatever JSON arrives, it is read, ignored or rejected, and never breaks the reader."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.intake_text import TextEmpty, TextTooLong, prepare
from channels.protocol import OutboundMessage
from channels.telegram.cards import button_rows
from channels.telegram.updates import HIDDEN, TEXT_ONLY, Update, read_update
from desk.reply import Option

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def like(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that have most of these fields, each sometimes holding something else."""
    return st.fixed_dictionaries({}, optional={name: value | anything for name, value in fields.items()})


chats = like(id=st.integers(), type=st.sampled_from(["private", "group"]))
people = like(id=st.integers(), is_bot=st.booleans(), first_name=st.text())
buttons = like(text=st.text(), callback_data=st.text())
keyboards = like(inline_keyboard=st.lists(st.lists(buttons, max_size=2), max_size=2))
messages = like(
    **{
        "chat": chats,
        "from": people,
        "text": st.text(),
        "message_id": st.integers(),
        "reply_markup": keyboards,
    }
)
data = st.sampled_from(["o:q1", "f:2:1", "r:5", "h", "r:9"]) | st.text()
queries = like(**{"id": st.text(), "from": people, "message": messages, "data": data})
updates = like(update_id=st.integers(), message=messages, callback_query=queries)


@given(updates | anything)
def test_any_json_is_read_ignored_or_rejected(value: object) -> None:
    update = read_update(json.loads(json.dumps(value)), now=NOW)
    assert update is None or isinstance(update, Update)
    if update is not None and update.inbound is not None:
        given_ways = [
            update.inbound.text != "",
            update.inbound.option_id is not None,
            update.inbound.feedback is not None,
            update.inbound.rating is not None,
        ]
        assert given_ways.count(True) == 1


def private(**content: object) -> dict[str, object]:
    return {"chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": False}, **content}


@given(st.text(st.sampled_from("小规模纳税人要交多少税？ <b>&😀\n30万"), min_size=1).filter(str.strip))
def test_every_question_is_passed_on_as_it_was_written(text: str) -> None:
    update = read_update({"update_id": 1, "message": private(text=f"问{text}答")}, now=NOW)
    assert update is not None
    assert update.inbound is not None
    assert update.inbound.text == prepare(f"问{text}答").text
    assert update.notice is None


def test_a_number_that_identifies_a_person_never_reaches_the_desk() -> None:
    update = read_update(
        {"update_id": 1, "message": private(text="我是 11010519491231002X，要交税吗")}, now=NOW
    )
    assert update is not None
    assert update.inbound is not None
    assert "19491231" not in update.inbound.text
    assert "要交税吗" in update.inbound.text
    assert update.notice == HIDDEN


@pytest.mark.parametrize("text", ["/start", "/start ref_12", "/start@tongda_bot"])
def test_start_in_all_its_forms_is_a_greeting(text: str) -> None:
    update = read_update({"update_id": 1, "message": private(text=text)}, now=NOW)
    assert update is not None
    assert update.inbound is not None
    assert update.inbound.text == "你好"


def test_another_command_is_a_text_like_any_other() -> None:
    update = read_update({"update_id": 1, "message": private(text="/starting")}, now=NOW)
    assert update is not None
    assert update.inbound is not None
    assert update.inbound.text == "/starting"


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("", TEXT_ONLY),
        (" \n", TextEmpty.message),
        ("\ud800\x00", TextEmpty.message),
        ("长" * 2001, TextTooLong.message),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_reason(text: str, notice: str) -> None:
    update = read_update({"update_id": 1, "message": private(text=text)}, now=NOW)
    assert update == Update(1, chat_id=7, notice=notice)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("edited_message", private(text="改过")),
        ("channel_post", private(text="频道")),
        ("message", {**private(text="群"), "chat": {"id": -7, "type": "supergroup"}}),
        ("message", {**private(text="机器人"), "from": {"id": 7, "is_bot": True}}),
        ("message", {"chat": {"id": 7, "type": "private"}, "text": "没有发送人"}),
    ],
)
def test_what_no_person_wrote_to_us_alone_is_ignored(kind: str, content: object) -> None:
    assert read_update({"update_id": 1, kind: content}, now=NOW) == Update(1)


def test_a_press_on_a_button_that_is_no_longer_under_any_message_is_still_to_be_answered() -> None:
    update = read_update({"update_id": 1, "callback_query": {"id": "q", "data": "o:q1"}}, now=NOW)
    assert update is not None
    assert update.inbound is None
    assert update.press is not None
    assert update.press.query_id == "q"


option_ids = st.text(min_size=1, max_size=32)


@given(
    st.lists(st.builds(Option, option_id=option_ids, label=st.text(max_size=100)), max_size=5),
    st.integers(0, 10**9 - 1),
)
def test_every_button_we_make_fits_telegram_and_is_understood_when_pressed(
    options: list[Option], sequence: int
) -> None:
    card = OutboundMessage(
        conversation_id="c",
        sequence=sequence,
        reply_address="7",
        sender="bot",
        text="",
        options=tuple(options),
        ask_feedback=True,
        ask_rating=True,
    )
    pressed = [button for row in button_rows(card) for button in row]
    assert len(pressed) >= 8
    for button in pressed:
        assert 1 <= len(button.data.encode()) <= 64
        assert 1 <= len(button.text) <= 64
        message = {**private(), "message_id": 3}
        query = {"id": "q", "data": button.data, "message": message}
        update = read_update({"update_id": 1, "callback_query": query}, now=NOW)
        assert update is not None
        assert update.inbound is not None, button
