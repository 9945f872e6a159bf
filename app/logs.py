"""Wiring, logs: structured lines, personal numbers masked, tokens never written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal

import structlog

from common.masking import mask

_BOT_TOKEN: Final = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
# These write whole URLs at INFO; Telegram's contain the bot's token.
_TALKATIVE: Final = ("httpx", "httpcore", "telegram", "jieba", "sentence_transformers", "faiss", "alembic")


def set_up_logs(form: Literal["console", "json"], *, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's lines to standard error, masked."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask personal numbers and bot tokens in every text of a line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(_BOT_TOKEN.sub("<token>", value)).text
    return event
