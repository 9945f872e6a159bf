"""The way out, against a stand-in Bot API server: what a contact sees, and what failing means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.protocol import DeliveryFailed
from tests.channels.telegram_samples import ANSWER, CHAT, Connect, RememberingDesk, outbound
from tests.standins.telegram_server import TelegramServer

pytestmark = pytest.mark.anyio


async def test_an_answer_shows_conclusion_basis_validity_and_folded_details(
    telegram: TelegramServer, desk: RememberingDesk, polling: Connect
) -> None:
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        message_id = await channel.send(ANSWER)
    [sent] = telegram.messages(CHAT)
    assert message_id == str(sent.message_id)
    assert sent.text == (
        "季度销售额不超过 30 万元的，免征增值税。\n\n"
        "依据\n· 《测试公告》（测试〔2026〕1号）第一条\n\n"
        "有效期：2026-01-01 至 2027-12-31；适用地区：全国\n\n"
        "条件\n· 季度销售额 < 30 万元 & 未开专票"
    )
    assert '<a href="https://example.cn/a?b=1&amp;c=2">' in sent.markup
    assert "<blockquote expandable>条件\n· 季度销售额 &lt; 30 万元 &amp; 未开专票</blockquote>" in sent.markup
    assert sent.rows == [[("有用", "f:2:1"), ("没用", "f:2:0"), ("转人工", "h")]]


async def test_an_agents_words_carry_the_seats_name_and_stay_text(
    telegram: TelegramServer, desk: RememberingDesk, polling: Connect
) -> None:
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(outbound("<script>您好</script> & 再见", sender="agent", sender_name="坐席 1023"))
        await channel.send(outbound("您好", sender="agent", sequence=3))
    first, second = telegram.messages(CHAT)
    assert first.text == "坐席 1023：<script>您好</script> & 再见"
    assert first.rows == []
    assert second.text == "坐席：您好"


async def test_a_long_answer_comes_in_parts_with_the_buttons_under_the_last(
    telegram: TelegramServer, desk: RememberingDesk, polling: Connect
) -> None:
    sentence = "这是一句用来凑长度的话<b>&amp;😀。"
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        await channel.send(outbound(sentence * 500, details="# 细则\n" + sentence * 300, ask_feedback=True))
    parts = telegram.messages(CHAT)
    assert len(parts) > 3
    assert "".join(part.text for part in parts).count("😀") == 800
    assert all(part.text.endswith("。") for part in parts)
    assert [bool(part.rows) for part in parts] == [False] * (len(parts) - 1) + [True]


async def test_parts_already_delivered_are_not_sent_again(
    telegram: TelegramServer, desk: RememberingDesk, polling: Connect
) -> None:
    long = outbound("".join(f"第{number}句。" for number in range(1500)))
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        telegram.fail_next(502, after=1)
        with pytest.raises(DeliveryFailed):
            await channel.send(long)
        assert len(telegram.messages(CHAT)) == 1
        await channel.send(long)
    assert "".join(part.text for part in telegram.messages(CHAT)) == long.text


@pytest.mark.parametrize(
    ("code", "retry_after", "expected"),
    [
        (429, 7, timedelta(seconds=7)),
        (500, None, timedelta(milliseconds=20)),
        (502, None, timedelta(milliseconds=20)),
        (0, None, timedelta(milliseconds=20)),
        (400, None, None),
        (403, None, None),
        (401, None, timedelta(minutes=1)),
    ],
)
async def test_a_failed_delivery_says_how_long_to_wait_or_that_it_is_useless(
    telegram: TelegramServer,
    desk: RememberingDesk,
    polling: Connect,
    code: int,
    retry_after: int | None,
    expected: timedelta | None,
) -> None:
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        telegram.fail_next(code, retry_after=retry_after)
        with pytest.raises(DeliveryFailed) as caught:
            await channel.send(ANSWER)
        assert caught.value.retry_after == expected
        await channel.send(ANSWER)
    assert len(telegram.messages(CHAT)) == 1


async def test_blocked_and_unknown_chats_and_empty_messages_are_not_tried_again(
    telegram: TelegramServer, desk: RememberingDesk, polling: Connect
) -> None:
    async with polling(desk) as channel:
        telegram.user_says(CHAT, "问")
        await desk.has_received(1)
        telegram.blocks_the_bot(CHAT)
        for hopeless in (ANSWER, outbound(reply_address="999"), outbound(" \n")):
            with pytest.raises(DeliveryFailed) as caught:
                await channel.send(hopeless)
            assert caught.value.retry_after is None
