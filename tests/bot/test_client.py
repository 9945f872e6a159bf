"""The client gives back our own reply or says that Rasa is unavailable, and never waits beyond its budget."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from loopback import Answer, blurting, saying, serving, silent

from app.rasa import free_port
from bot.client import BotClient, BotUnavailable
from desk.reply import BotReply, ConversationContext, Option, Outcome, TurnRequest

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
REPLY = BotReply(
    outcome=Outcome.ANSWER,
    text="不到 30 万元的，免征增值税。",
    options=(Option(option_id="e1", label="专票呢", entry_id="vat-special"),),
    as_of=date(2026, 11, 23),
    context=ConversationContext(last_entry_id="vat-threshold", region="宁波市"),
)
CUSTOM = REPLY.model_dump(mode="json")
UTTERED = {"recipient_id": "c1", "custom": CUSTOM}


def turn(text: str = "你好", *, option_id: str | None = None) -> TurnRequest:
    context = ConversationContext(last_entry_id="vat-rates", misses=1)
    return TurnRequest(conversation_id="c1", text=text, now=NOW, option_id=option_id, context=context)


def ask(url: str, request: TurnRequest, *, budget: float = 10) -> BotReply:
    async def asking() -> BotReply:
        async with BotClient(url, timeout=timedelta(seconds=budget)) as bot:
            return await bot.ask(request)

    return asyncio.run(asking())


def is_ready(url: str) -> bool:
    async def asking() -> bool:
        async with BotClient(url, timeout=timedelta(seconds=10)) as bot:
            return await bot.is_ready()

    return asyncio.run(asking())


def test_what_the_action_uttered_comes_back_as_it_was() -> None:
    with serving(saying([UTTERED])) as rasa:
        assert ask(rasa.url, turn()) == REPLY


def test_the_whole_turn_travels_as_metadata() -> None:
    with serving(saying([UTTERED])) as rasa:
        ask(rasa.url, turn("印花税怎么算"))
    (message,) = rasa.asked
    assert (message["sender"], message["message"]) == ("c1", "印花税怎么算")
    assert TurnRequest.model_validate(message["metadata"]["turn"]) == turn("印花税怎么算")


@pytest.mark.parametrize("text", ["/crisis", "  //restart", "\u3000/session_start", "/ /greet"])
def test_nobody_can_name_an_intent_by_writing_a_slash(text: str) -> None:
    with serving(saying([UTTERED])) as rasa:
        ask(rasa.url, turn(text))
    (message,) = rasa.asked
    assert not message["message"].strip().startswith("/")
    assert message["metadata"]["turn"]["text"] == text


@pytest.mark.parametrize("text", ["", "   ", "/", "\n/\t"])
def test_a_message_without_words_is_not_sent_empty(text: str) -> None:
    with serving(saying([UTTERED])) as rasa:
        ask(rasa.url, turn(text))
    assert rasa.asked[0]["message"].strip()


def test_a_button_is_sent_as_the_choice_that_it_is() -> None:
    with serving(saying([UTTERED])) as rasa:
        ask(rasa.url, turn("", option_id="e1"))
    assert rasa.asked[0]["message"] == "/choose_option"


@pytest.mark.parametrize(
    "answer",
    [
        saying([]),
        saying([UTTERED, UTTERED]),
        saying([{"recipient_id": "c1", "text": "hello"}]),
        saying([{"recipient_id": "c1", "custom": {**CUSTOM, "surprise": 1}}]),
        saying([{"recipient_id": "c1", "custom": {"outcome": "answer"}}]),
        saying({"version": "3.6.21"}),
        saying(["text"]),
        saying([UTTERED], status=500),
        saying([UTTERED], status=409),
        saying([UTTERED], status=302),
        lambda _: (200, b"<html>loading</html>"),
        lambda _: (200, b""),
        lambda _: (200, b"\xff\xfe\x00"),
        lambda _: (200, json.dumps([UTTERED]).encode()[:-10]),
    ],
)
def test_anything_but_one_reply_of_ours_is_unavailable(answer: Answer) -> None:
    with serving(answer) as rasa, pytest.raises(BotUnavailable):
        ask(rasa.url, turn())


def test_a_server_that_is_silent_is_given_up_when_the_budget_is_used_up() -> None:
    with silent() as answer, serving(answer) as rasa, pytest.raises(BotUnavailable, match="no reply within"):
        ask(rasa.url, turn(), budget=0.2)


def test_a_server_that_hangs_up_is_unavailable() -> None:
    def hang_up(_: Any) -> tuple[int, bytes]:
        raise ConnectionAbortedError

    with serving(hang_up) as rasa, pytest.raises(BotUnavailable):
        ask(rasa.url, turn())


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 64, b"HTTP/1.1 200 OK\r\n\r"])
def test_a_server_of_another_kind_is_unavailable_and_not_ready(said: bytes) -> None:
    with blurting(said) as url:
        with pytest.raises(BotUnavailable):
            ask(url, turn())
        assert not is_ready(url)


def test_a_rasa_that_was_started_again_is_asked_over_a_new_connection() -> None:
    async def asking() -> list[BotReply]:
        with serving(saying([UTTERED])) as first:
            async with BotClient(first.url, timeout=timedelta(seconds=10)) as bot:
                replies = [await bot.ask(turn()), await bot.ask(turn())]
                first.stop()
                with pytest.raises(BotUnavailable):
                    await bot.ask(turn())
                with serving(saying([UTTERED]), port=first.port):
                    return [*replies, await bot.ask(turn())]

    assert asyncio.run(asking()) == [REPLY] * 3


def test_turns_that_are_asked_together_each_get_their_own_reply() -> None:
    async def asking(url: str) -> list[BotReply]:
        async with BotClient(url, timeout=timedelta(seconds=10)) as bot:
            return await asyncio.gather(*(bot.ask(turn(str(number))) for number in range(40)))

    def echo(asked: Any) -> tuple[int, bytes]:
        reply = REPLY.model_copy(update={"text": asked["message"]})
        return 200, json.dumps([{"custom": reply.model_dump(mode="json")}]).encode()

    with serving(echo) as rasa:
        replies = asyncio.run(asking(rasa.url))
    assert [reply.text for reply in replies] == [str(number) for number in range(40)]


def test_where_nothing_listens_nobody_is_asked_and_nothing_is_ready() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(BotUnavailable):
        ask(nowhere, turn())
    assert not is_ready(nowhere)


def test_a_server_that_answers_is_ready() -> None:
    with serving(saying([])) as rasa:
        assert is_ready(rasa.url)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with serving(saying([UTTERED])) as rasa:
        assert ask(rasa.url, turn()) == REPLY
