"""Wiring, command line: `tongda ask`, one question or a batch of conversations."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from app.bootstrap import open_database, open_library
from app.cli.output import emit, emit_json, tell
from app.engine import Engine, running_engine
from app.settings import load_settings
from channels.intake_text import prepare
from common.clock import CHINA, system_clock
from common.errors import Invalid, TongdaError
from desk.reply import BotReply, ConversationContext, TurnRequest


class Conversation(BaseModel):
    """One line of the batch form."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    now: datetime | None = None
    region: str | None = None
    channel: str = "web"
    turns: list[str]


def ask(
    question: Annotated[str | None, typer.Argument(help="要问的问题。")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读取对话（JSON）。")] = False,
) -> None:
    """像纳税人一样提问：与服务端相同的 Rasa 模型、动作和索引；不需要服务在运行。"""
    if not jsonl and not question:
        raise Invalid("请给出要问的问题，或使用 --jsonl。")
    tell("正在启动 Rasa …")
    asyncio.run(_run_batch() if jsonl else _run_one(question or ""))


async def _run_one(question: str) -> None:
    settings = load_settings()
    library = open_library(settings, open_database(settings))
    async with running_engine(settings, library) as engine:
        async for _, reply, _ in converse(engine, Conversation(turns=[question])):
            emit(as_text(reply))


async def _run_batch() -> None:
    settings = load_settings()
    library = open_library(settings, open_database(settings))
    async with running_engine(settings, library) as engine:
        for line in sys.stdin.buffer:
            if line.strip():
                await _answer_line(engine, line)


async def _answer_line(engine: Engine, line: bytes) -> None:
    conversation, problem = read_conversation(line)
    if conversation is None:
        emit_json(problem)
        return
    async for turn, reply, elapsed_ms in converse(engine, conversation):
        emit_json(as_record(conversation.id, turn, reply, elapsed_ms))


def read_conversation(line: str | bytes) -> tuple[Conversation | None, dict[str, Any]]:
    """The conversation on a line, or what to print when there is none."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        return None, {"id": None, "error": f"不是有效的 JSON：{error}"}
    if not isinstance(values, dict):
        return None, {"id": None, "error": "一行应为一个对话（JSON 对象）"}
    if not values.get("turns"):
        return None, {"id": values.get("id"), "error": "缺少 turns"}
    try:
        return Conversation.model_validate(values), {}
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in problem["loc"]) for problem in error.errors()})
        return None, {"id": values.get("id"), "error": f"字段有误：{'、'.join(fields)}"}


async def converse(
    engine: Engine, conversation: Conversation
) -> AsyncIterator[tuple[int, BotReply | TongdaError, float]]:
    """Each turn's number, reply and milliseconds; a turn the bot would refuse to take yields the refusal."""
    context = ConversationContext(region=conversation.region)
    now = conversation.now or system_clock()
    if now.tzinfo is None:
        now = now.replace(tzinfo=CHINA)
    for turn, text in enumerate(conversation.turns):
        started = time.perf_counter()
        try:
            prepared = prepare(text)
        except Invalid as refusal:
            yield turn, refusal, (time.perf_counter() - started) * 1000
            continue
        request = TurnRequest(
            conversation_id=f"ask-{conversation.id}",
            text=prepared.text,
            now=now,
            channel=conversation.channel,
            region=conversation.region,
            context=context,
        )
        reply = await engine.reply_to(request)
        context = reply.context
        yield turn, reply, (time.perf_counter() - started) * 1000


def as_record(
    conversation_id: str | int | None, turn: int, reply: BotReply | TongdaError, elapsed_ms: float
) -> dict[str, Any]:
    """One output line of the batch form."""
    if isinstance(reply, TongdaError):
        return {"id": conversation_id, "turn": turn, "error": reply.message}
    body = reply.model_dump(mode="json")
    return {
        "id": conversation_id,
        "turn": turn,
        "outcome": body["outcome"],
        "text": body["text"],
        "entry_id": body["entry_id"],
        "revision": body["revision"],
        "citations": [
            {
                name: cited[name]
                for name in ("title", "document_number", "article", "effective_from", "effective_to")
            }
            for cited in body["citations"]
        ],
        "intent": body["intent"],
        "confidence": _rounded(reply.confidence),
        "score": _rounded(reply.score),
        "as_of": body["as_of"],
        "options": [
            {"entry_id": option.entry_id, "question": option.label} for option in _entries(reply.options)
        ],
        "handoff": body["handoff"],
        "redirect": body["redirect"],
        "order": body["order"],
        "elapsed_ms": round(elapsed_ms, 1),
    }


def _entries(options: Iterable[Any]) -> list[Any]:
    return [option for option in options if option.entry_id is not None]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def as_text(reply: BotReply | TongdaError) -> str:
    """What a person at the terminal reads."""
    if isinstance(reply, TongdaError):
        return reply.message
    lines = [reply.text]
    lines += [f"  {number}. {option.label}" for number, option in enumerate(reply.options, start=1)]
    if reply.details:
        lines += ["", reply.details]
    for cited in reply.citations:
        parts = [f"《{cited.title}》", cited.document_number, cited.article]
        lines.append("依据：" + " ".join(part for part in parts if part))
    if reply.validity:
        start = reply.validity.effective_from or "不限"
        end = reply.validity.effective_to or "长期"
        lines.append(f"适用：{start} 至 {end} · {reply.validity.region or '全国'}")
    return "\n".join(lines)
