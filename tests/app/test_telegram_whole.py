"""A Telegram contact and the whole product: question, buttons, a person, the agent's reply, a restart in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from installation import Installation, SeatedAgent, wait_until

from tests.standins.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

CHAT = 4242
PATIENCE = 200
QUESTION = "小规模纳税人销售额多少以内免征增值税？"


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, telegram: TelegramServer) -> Iterator[Installation]:
    made = Installation(tmp_path, TELEGRAM_TOKEN=telegram.token, TELEGRAM_BASE_URL=telegram.base_url)
    made.set_up()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def agent(installation: Installation) -> Iterator[SeatedAgent]:
    """The agent, who comes online before a test asks for a person."""
    installation.start(wait_for_rasa=False)
    seated = SeatedAgent(installation.url, "agent", installation.passwords["agent"])
    yield seated
    seated.close()


def test_question_buttons_person_reply_and_rating_with_a_restart_in_between(
    installation: Installation, telegram: TelegramServer, agent: SeatedAgent
) -> None:
    telegram.user_says(CHAT, QUESTION)
    answer = telegram.wait_for_message(CHAT, 1, seconds=PATIENCE)
    assert "未达到" in answer.text
    assert "第二十三条" in answer.text
    assert {"有用", "没用", "转人工"} <= set(answer.buttons)

    telegram.presses(CHAT, "有用")
    telegram.presses(CHAT, answer.buttons[0])
    telegram.wait_for_message(CHAT, 2, seconds=PATIENCE)
    wait_until(
        lambda: installation.sql("SELECT feedback FROM messages WHERE seq = 2")[0][0] == "useful",
        what="the feedback is stored",
    )

    agent.set_availability("online")
    telegram.presses(CHAT, "转人工")
    held = agent.gets()["id"]
    agent.accept(held)
    agent.reply(held, "您好，我是人工坐席。")
    telegram.wait_until(
        lambda: any("我是人工坐席" in message.text for message in telegram.messages(CHAT)), seconds=PATIENCE
    )

    assert installation.stop() == 0
    telegram.user_says(CHAT, "重启期间发的消息")
    installation.start(wait_for_rasa=False)
    agent.set_availability("online")
    wait_until(
        lambda: installation.sql("SELECT count(*) FROM messages WHERE text = '重启期间发的消息'")[0][0] == 1,
        what="the message sent meanwhile is stored",
    )
    if not agent.gets(held)["accepted"]:
        agent.accept(held)
    agent.reply(held, "收到，为您办结。")
    agent.resolve(held)
    telegram.wait_until(
        lambda: any("5 分" in message.buttons for message in telegram.messages(CHAT)), seconds=PATIENCE
    )
    telegram.presses(CHAT, "5 分")
    wait_until(lambda: installation.sql("SELECT grade FROM ratings"), what="the grade is stored")
    texts = [message.text for message in telegram.messages(CHAT)]
    assert len(texts) == len(set(texts)), "nothing was sent twice"
    assert installation.stop() == 0


def test_the_same_update_three_times_is_answered_once(
    installation: Installation, telegram: TelegramServer
) -> None:
    installation.start(wait_for_rasa=False)
    update = telegram.user_says(CHAT, QUESTION)
    telegram.wait_for_message(CHAT, 1, seconds=PATIENCE)
    telegram.redeliver(update, times=2)
    telegram.user_says(CHAT, "谢谢")
    telegram.wait_for_message(CHAT, 2, seconds=PATIENCE)
    assert not telegram.pending
    assert installation.sql("SELECT count(*) FROM messages WHERE sender = 'contact'")[0][0] == 2
    assert len(telegram.messages(CHAT)) == 2


def test_updates_come_by_webhook_with_the_secret_and_not_without(
    tmp_path: Path, telegram: TelegramServer
) -> None:
    from app.rasa import free_port

    port, secret = free_port(), "a-secret-of-the-webhook"
    made = Installation(
        tmp_path,
        PORT=port,
        TELEGRAM_TOKEN=telegram.token,
        TELEGRAM_BASE_URL=telegram.base_url,
        TELEGRAM_WEBHOOK_URL=f"http://127.0.0.1:{port}",
        TELEGRAM_WEBHOOK_SECRET=secret,
    )
    made.set_up()
    try:
        made.start(wait_for_rasa=False)
        telegram.wait_until(lambda: bool(telegram.webhook_url), seconds=PATIENCE)
        forged = httpx.post(telegram.webhook_url, json={"update_id": 1}, trust_env=False)
        assert forged.status_code == 403
        telegram.user_says(CHAT, QUESTION)
        assert "未达到" in telegram.wait_for_message(CHAT, 1, seconds=PATIENCE).text
        assert telegram.webhook_statuses[-1] == 200
    finally:
        made.close()
