"""The way in, by webhook and by polling, against a stand-in Bot API server."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest

from channels.protocol import DeliveryFailed
from channels.telegram import TelegramChannel, WebhookSettings
from channels.telegram.channel import NOT_TAKEN, TRIES
from channels.telegram.updates import EXPIRED, HELP, PRIVACY_NOTICE, TEXT_ONLY
from common.errors import Invalid, TooManyRequests, Unavailable
from tests.channels.telegram_samples import (
    ANSWER,
    CHAT,
    CHOICE,
    SECRET,
    Connect,
    RememberingDesk,
    SettableClock,
    message,
    outbound,
    settled,
)
from tests.standins.telegram_server import TelegramServer

pytestmark = pytest.mark.anyio


async def test_a_text_reaches_the_desk_and_is_then_acknowledged(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect, clock: SettableClock
) -> None:
    async with connect(desk):
        update = telegram.user_says(CHAT, "小规模季度30万要交税吗")
        [received] = await desk.has_received(1)
        await settled(telegram)
    assert received.text == "小规模季度30万要交税吗"
    assert (received.channel, received.contact_key, received.reply_address) == ("telegram", "4242", "4242")
    assert received.external_id == str(update["update_id"])
    assert received.received_at == clock.now
    assert received.contact_name is None, "this channel is anonymous"


async def test_an_update_that_could_not_be_stored_is_delivered_again_until_it_is(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    desk.failures = [Unavailable(), RuntimeError("broken"), Unavailable()]
    async with connect(desk):
        telegram.user_says(CHAT, "第一句")
        telegram.user_says(CHAT, "第二句")
        received = await desk.has_received(2)
        await settled(telegram)
    assert [item.text for item in received] == ["第一句", "第二句"]
    assert desk.attempts == 5


async def test_an_update_that_keeps_failing_is_given_up_so_that_the_next_one_is_read(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    desk.failures = [RuntimeError("broken") for _ in range(TRIES)]
    async with connect(desk):
        telegram.user_says(CHAT, "坏消息")
        telegram.user_says(CHAT, "好消息")
        [received] = await desk.has_received(1)
        told = await message(telegram)
    assert received.text == "好消息"
    assert told.text == NOT_TAKEN


async def test_a_channel_that_starts_again_receives_what_was_not_acknowledged_and_nothing_twice(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk):
        telegram.user_says(CHAT, "重启之前")
        await desk.has_received(1)
    telegram.user_says(CHAT, "停机期间")
    async with connect(desk):
        received = await desk.has_received(2)
        await settled(telegram)
    assert [item.text for item in received] == ["重启之前", "停机期间"]


async def test_a_repeated_update_reaches_the_desk_under_the_same_external_id(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk):
        update = telegram.user_says(CHAT, "同一条")
        await desk.has_received(1)
        telegram.redeliver(update, times=2)
        received = await desk.has_received(3)
    assert {item.external_id for item in received} == {str(update["update_id"])}


async def test_start_greets_and_warns_before_anything_is_asked(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk):
        update = telegram.user_says(CHAT, "/start")
        [received] = await desk.has_received(1)
        telegram.redeliver(update)
        await desk.has_received(2)
        notice = await message(telegram)
    assert received.text == "你好"
    assert notice.text == PRIVACY_NOTICE
    assert "匿名" in notice.text
    assert "不要发送身份证号" in notice.text
    assert len(telegram.messages(CHAT)) == 1, "an update that came twice is answered once"
    assert telegram.description == PRIVACY_NOTICE


async def test_help_is_given_by_the_channel_itself(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk):
        telegram.user_says(CHAT, "/help")
        assert (await message(telegram)).text == HELP
        await settled(telegram)
    assert desk.received == []


async def test_what_is_not_text_gets_one_hint_and_stays_outside(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect, clock: SettableClock
) -> None:
    async with connect(desk):
        for _ in range(3):
            telegram.user_sends(
                CHAT, photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
            )
        await settled(telegram)
        assert [sent.text for sent in telegram.messages(CHAT)] == [TEXT_ONLY]
        clock.now += timedelta(minutes=1)
        telegram.user_sends(CHAT, voice={"file_id": "f", "file_unique_id": "u", "duration": 1})
        await message(telegram, 2)
    assert desk.received == []


async def test_groups_edits_and_bots_are_ignored(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk):
        telegram.user_sends(-100, chat_type="supergroup", text="群里的话")
        telegram.user_sends(CHAT, kind="edited_message", text="改过的话")
        telegram.user_sends(CHAT, is_bot=True, text="机器人的话")
        telegram.user_says(CHAT, "本人的话")
        received = await desk.has_received(1)
        await settled(telegram)
    assert [item.text for item in received] == ["本人的话"]
    assert telegram.messages(CHAT) == telegram.messages(-100) == []


async def test_a_useful_press_is_stored_thanked_and_its_buttons_go_away(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(ANSWER)
        telegram.presses(CHAT, "没用")
        received = (await desk.has_received(2))[1]
        await asyncio.to_thread(telegram.wait_until, lambda: telegram.messages(CHAT)[0].buttons == ["转人工"])
    assert (received.feedback, received.feedback_seq, received.text) == ("useless", 2, "")
    assert [answer.text for answer in telegram.answers] == ["感谢您的反馈"]


async def test_options_can_be_pressed_and_are_numbered_for_typing(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(CHOICE)
        [sent] = telegram.messages(CHAT)
        telegram.presses(CHAT, "1. 小规模免税标准")
        received = (await desk.has_received(2))[1]
        await asyncio.to_thread(telegram.wait_until, lambda: len(telegram.answers) == 1)
    assert received.option_id == "q1"
    assert received.text == ""
    assert "1. 小规模免税标准\n2. 一般纳税人税率" in sent.text
    assert [len(row) for row in sent.rows] == [1, 1, 1]
    assert max(map(len, sent.buttons)) == 64


async def test_the_person_button_asks_for_a_person(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(ANSWER)
        telegram.presses(CHAT, "转人工")
        assert (await desk.has_received(2))[1].text == "转人工"


async def test_a_grade_is_stored_and_can_be_given_once(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(outbound("本次服务已结束。", sender="system", ask_rating=True))
        assert telegram.messages(CHAT)[0].buttons == ["5 分", "4 分", "3 分", "2 分", "1 分"]
        telegram.presses(CHAT, "4 分")
        assert (await desk.has_received(2))[1].rating == 4
        await asyncio.to_thread(telegram.wait_until, lambda: telegram.messages(CHAT)[0].buttons == [])


@pytest.mark.parametrize("data", ["", "o:", "f:2", "f:x:1", "r:6", "zzz", "o:" + "长" * 33])
async def test_malformed_button_data_is_answered_as_expired_and_not_stored(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect, data: str
) -> None:
    async with connect(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(ANSWER)
        telegram.presses_data(CHAT, data)
        await asyncio.to_thread(telegram.wait_until, lambda: len(telegram.answers) == 1)
        await settled(telegram)
    assert telegram.answers[0].text == EXPIRED
    assert len(desk.received) == 1


async def test_an_option_that_the_desk_no_longer_knows_is_answered_as_expired(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    async with connect(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(CHOICE)
        desk.failures = [Invalid("没有这个选项")]
        telegram.presses(CHAT, "1. 小规模免税标准")
        await asyncio.to_thread(telegram.wait_until, lambda: len(telegram.answers) == 1)
        await settled(telegram)
    assert telegram.answers[0].text == EXPIRED


async def test_a_message_that_the_desk_refuses_is_acknowledged_and_the_contact_told_why(
    telegram: TelegramServer, desk: RememberingDesk, connect: Connect
) -> None:
    desk.failures = [TooManyRequests()]
    async with connect(desk):
        telegram.user_says(CHAT, "太快了")
        assert (await message(telegram)).text == TooManyRequests.message
        await settled(telegram)
    assert desk.attempts == 1


async def test_polling_survives_errors_and_a_token_that_is_refused_is_reported(
    telegram: TelegramServer, desk: RememberingDesk, polling: Connect
) -> None:
    telegram.fail_next(502, method="deleteWebhook", times=2)
    telegram.fail_next(0, method="getUpdates", times=2)
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "仍然收到")
        await desk.has_received(1)
        await settled(telegram)
        assert channel.problem is None
        telegram.revoke_token()
        telegram.user_says(CHAT, "叫醒轮询")
        with pytest.raises(DeliveryFailed, match="Unauthorized"):
            await channel.send(ANSWER)


async def test_the_webhook_is_registered_with_its_secret_and_turned_off_for_polling(
    telegram: TelegramServer, desk: RememberingDesk, webhook: Connect, polling: Connect
) -> None:
    async with webhook(desk):
        telegram.user_says(CHAT, "一")
        await desk.has_received(1)
    [call] = telegram.calls("setWebhook")
    assert call["secret_token"] == SECRET
    assert call["allowed_updates"] == ["message", "callback_query"]
    assert telegram.webhook_url == call["url"]
    async with polling(desk):
        telegram.user_says(CHAT, "二")
        await desk.has_received(2)
    assert telegram.webhook_url == ""


async def test_a_webhook_call_is_refused_unless_it_carries_the_secret_and_an_update(
    desk: RememberingDesk, webhook: Connect
) -> None:
    update = b'{"update_id": 5, "message": {"text": "x", "chat": {"id": 1, "type": "private"}, "from": {}}}'
    async with webhook(desk) as channel:
        assert await channel.handle_webhook(None, update) == 403
        assert await channel.handle_webhook("wrong", update) == 403
        assert await channel.handle_webhook("错\ud800", update) == 403
        assert await channel.handle_webhook(SECRET, b"not json") == 400
        assert await channel.handle_webhook(SECRET, b"[" * 100_000) == 400
        assert await channel.handle_webhook(SECRET, b'{"update_id": "5"}') == 400
        assert await channel.handle_webhook(SECRET, b" " * 2_000_000) == 413
        assert await channel.handle_webhook(SECRET, b'{"update_id": 5, "poll": {}}') == 200
        assert desk.attempts == 0
        assert await channel.handle_webhook(SECRET, update) == 200
        desk.failures = [Unavailable(), RuntimeError()]
        assert await channel.handle_webhook(SECRET, update) == 503
        assert await channel.handle_webhook(SECRET, update) == 500
    assert await channel.handle_webhook(SECRET, update) == 503
    assert len(desk.received) == 1


async def test_without_a_webhook_the_route_does_not_exist(desk: RememberingDesk, polling: Connect) -> None:
    async with polling(desk) as channel:
        assert await channel.handle_webhook(None, b"{}") == 404


async def test_stopping_finishes_the_update_in_hand(
    telegram: TelegramServer, clock: SettableClock, desk: RememberingDesk
) -> None:
    begun, may_finish = asyncio.Event(), asyncio.Event()

    async def slow(message: object) -> None:
        begun.set()
        await may_finish.wait()
        await desk.receive(message)  # type: ignore[arg-type]

    channel = TelegramChannel(telegram.token, clock=clock, base_url=telegram.base_url)
    await channel.start(slow)
    telegram.user_says(CHAT, "处理到一半")
    await begun.wait()
    stopping = asyncio.create_task(channel.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    may_finish.set()
    await stopping
    assert [item.text for item in desk.received] == ["处理到一半"]
    assert telegram.pending == []


async def test_the_token_and_the_secret_are_never_logged_or_told(
    telegram: TelegramServer,
    desk: RememberingDesk,
    webhook: Connect,
    polling: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("httpx", "httpcore", "telegram"):
        monitored = logging.getLogger(name)
        monitored.setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    desk.failures = [RuntimeError("broken")]
    failures: list[str] = []
    for connect in (webhook, polling):
        async with connect(desk) as channel:
            telegram.user_says(CHAT, "问")
            await desk.has_received(1)
            for code in (0, 401, 404, 429, 500):
                telegram.fail_next(code, retry_after=1 if code == 429 else None)
                with pytest.raises(DeliveryFailed) as caught:
                    await channel.send(ANSWER)
                failures.append(f"{caught.value} {caught.value.__cause__}")
            await channel.send(ANSWER)
    assert caplog.records, "the capture works"
    logged = "\n".join(caplog.handler.format(record) for record in caplog.records)
    for secret in (telegram.token, SECRET):
        assert secret not in logged
        assert secret not in " ".join(failures)
    assert SECRET not in repr(WebhookSettings(url="https://example.cn/x", secret=SECRET))


@pytest.mark.parametrize(
    "secret", ["", "short", "with a space in it", "汉字汉字汉字汉字汉字汉字汉字汉字", "x" * 257]
)
def test_a_secret_that_could_be_guessed_or_refused_stops_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        WebhookSettings(url="https://example.cn/x", secret=secret)
