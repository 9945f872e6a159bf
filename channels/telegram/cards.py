"""Step 8: one outbound message as Telegram HTML parts and inline buttons. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from channels.protocol import OutboundMessage
from channels.rendering import Span, Style, compose, split, utf16_units
from desk.reply import Option

TEXT_LIMIT: Final = 4096
LABEL_LIMIT: Final = 64
DATA_LIMIT: Final = 64
"""Telegram takes 1 to 64 bytes of callback data."""

PERSON: Final = "h"


@dataclass(frozen=True)
class Button:
    """One inline button: what it shows, and what a press sends back."""

    text: str
    data: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Part:
    """One Telegram message: balanced HTML, and the buttons under it."""

    html: str
    rows: Rows = ()

    @classmethod
    def of_text(cls, text: str) -> Part:
        """A short plain text as one part."""
        return cls(to_html((Span(text),)))


def render(message: OutboundMessage) -> tuple[Part, ...]:
    """The parts of a message in order, buttons under the last; none when there is nothing to show."""
    chunks = split(compose(message), limit=TEXT_LIMIT, size=utf16_units)
    texts = [to_html(chunk) for chunk in chunks if any(span.text.strip() for span in chunk)]
    last = len(texts) - 1
    return tuple(Part(text, button_rows(message) if at == last else ()) for at, text in enumerate(texts))


def to_html(spans: Sequence[Span]) -> str:
    """Telegram's HTML for the spans: everything escaped, every tag closed."""
    return "".join(_marked_up(span) for span in spans)


def button_rows(message: OutboundMessage) -> Rows:
    """Options one a row, then 有用/没用 and the way to a person, then the five grades in one row."""
    rows = [(_option_button(number, option),) for number, option in enumerate(message.options, start=1)]
    rows = [row for row in rows if len(row[0].data.encode()) <= DATA_LIMIT]
    return tuple(row for row in (*rows, _feedback_row(message), _rating_row(message)) if row)


def _marked_up(span: Span) -> str:
    text = escape(span.text, quote=False)
    if not span.text.strip():
        return text
    if span.url:
        return f'<a href="{escape(span.url)}">{text}</a>'
    match span.style:
        case Style.STRONG:
            return f"<b>{text}</b>"
        case Style.FOLDED:
            return f"<blockquote expandable>{text}</blockquote>"
        case Style.PLAIN:
            return text


def _option_button(number: int, option: Option) -> Button:
    label = f"{number}. {' '.join(option.label.split())}"
    shown = label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 1]}…"
    return Button(shown, f"o:{option.option_id}")


def _feedback_row(message: OutboundMessage) -> tuple[Button, ...]:
    if message.sender != "bot":
        return ()
    person = (Button("转人工", PERSON),) if message.options or message.ask_feedback else ()
    if not message.ask_feedback:
        return person
    return (Button("有用", f"f:{message.sequence}:1"), Button("没用", f"f:{message.sequence}:0"), *person)


def _rating_row(message: OutboundMessage) -> tuple[Button, ...]:
    return (
        tuple(Button(f"{grade} 分", f"r:{grade}") for grade in range(5, 0, -1)) if message.ask_rating else ()
    )
