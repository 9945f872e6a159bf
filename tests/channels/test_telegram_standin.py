"""The stand-in refuses what the real Bot API server refuses, or the other tests would prove little."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.standins.telegram_entities import CannotParse, visible_text
from tests.standins.telegram_server import TelegramServer

CHAT = 7


def call(telegram: TelegramServer, method: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    url = f"{telegram.base_url}{telegram.token}/{method}"
    answer = httpx.post(url, json=parameters, trust_env=False)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "markup",
    [
        "<b>open",
        "</b>",
        "a < b",
        "<script>x</script>",
        "<b><i>x</b></i>",
        '<a href="x" onclick="y">z</a>',
        "<b class>x</b>",
    ],
)
def test_html_that_telegram_cannot_parse_is_refused(markup: str) -> None:
    with pytest.raises(CannotParse):
        visible_text(markup)


def test_html_that_telegram_parses_shows_its_text() -> None:
    markup = (
        '<b>a</b> &lt;&#65;&amp; &copy; <blockquote expandable>x</blockquote><a href="https://x.cn">y</a>'
    )
    assert visible_text(markup) == "a <A& &copy; xy"


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "x", "chat_id": 999}, "chat not found"),
        ({"text": "x", "data": "长" * 22}, "BUTTON_DATA_INVALID"),
    ],
)
def test_messages_that_telegram_does_not_take_are_refused(
    telegram: TelegramServer, parameters: dict[str, Any], description: str
) -> None:
    telegram.user_says(CHAT, "hi")
    if data := parameters.pop("data", None):
        parameters["reply_markup"] = {"inline_keyboard": [[{"text": "b", "callback_data": data}]]}
    status, answer = call(telegram, "sendMessage", **{"chat_id": CHAT, **parameters})
    assert status == 400
    assert description in answer["description"]
    assert telegram.messages(CHAT) == []


def test_an_update_is_repeated_until_a_higher_offset_confirms_it(telegram: TelegramServer) -> None:
    update = telegram.user_says(CHAT, "hi")
    for _ in range(2):
        assert call(telegram, "getUpdates")[1]["result"] == [update]
    assert call(telegram, "getUpdates", offset=update["update_id"] + 1)[1]["result"] == []
    assert telegram.pending == []


def test_polling_beside_a_webhook_is_a_conflict(telegram: TelegramServer) -> None:
    call(telegram, "setWebhook", url="http://127.0.0.1:9/x", secret_token="s")
    assert call(telegram, "getUpdates")[0] == 409
    call(telegram, "deleteWebhook")
    assert call(telegram, "getUpdates")[0] == 200


def test_a_button_press_is_answered_once(telegram: TelegramServer) -> None:
    telegram.user_says(CHAT, "hi")
    call(telegram, "sendMessage", chat_id=CHAT, text="?")
    query = telegram.presses_data(CHAT, "x")["callback_query"]["id"]
    assert call(telegram, "answerCallbackQuery", callback_query_id=query)[0] == 200
    assert call(telegram, "answerCallbackQuery", callback_query_id=query)[0] == 400


def test_typing_is_shown_in_known_chats_only(telegram: TelegramServer) -> None:
    telegram.user_says(CHAT, "hi")
    assert call(telegram, "sendChatAction", chat_id=CHAT, action="typing")[0] == 200
    assert call(telegram, "sendChatAction", chat_id=8, action="typing")[0] == 400


def test_the_token_opens_the_door_and_unknown_methods_are_not_found(telegram: TelegramServer) -> None:
    assert call(telegram, "getMe")[1]["result"]["is_bot"] is True
    assert call(telegram, "sendInvoice")[0] == 404
    assert httpx.get(f"{telegram.base_url}wrong/getMe", trust_env=False).status_code == 401
