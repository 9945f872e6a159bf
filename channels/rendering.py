"""Step 8: what a message says, as styled spans of plain text, and how it is cut to a platform's limit.

Pure, and shared by the channels that know text only. A span's text is what the contact sees; marking it up is
left to each channel, so that cutting can never fall inside a tag or an escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import Final

from channels.protocol import OutboundMessage
from desk.reply import Citation, Option, Validity

_WEB_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>]+")
# From the best place to cut to the worst: between paragraphs, lines, sentences, clauses, words.
_BORDERS: Final = tuple(
    re.compile(pattern)
    for pattern in (r"\n{2,}", r"\n", r"[。！？!?；;…]+[”’」』）)》\"]*|\.(?=\s)", r"[，、,：:]", r"\s")
)
_MARKDOWN: Final = (
    (re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE), r"\1· "),
    (re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE), ""),
    (re.compile(r"!?\[([^\]\n]*)\]\((https?://[^\s)]+)\)"), r"\1（\2）"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"\1"),
    (re.compile(r"__([^_\n]+)__"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
)


class Style(StrEnum):
    """How a span is set. FOLDED is shown in part and opens on demand where the platform can do that."""

    PLAIN = "plain"
    STRONG = "strong"
    FOLDED = "folded"


@dataclass(frozen=True)
class Span:
    """A piece of visible text; with `url` it is a link."""

    text: str
    style: Style = Style.PLAIN
    url: str | None = None


Block = tuple[Span, ...]


def compose(message: OutboundMessage) -> tuple[Span, ...]:
    """Everything the message says, conclusion first; details and options come after the basis."""
    blocks = [
        (*_speaker(message), Span(message.text)),
        _basis(message.citations),
        _validity(message.validity),
        (Span(plain_text(message.details or "").strip(), Style.FOLDED),),
        _options(message.options),
        (Span("请为本次服务打分：5 分非常满意，1 分非常不满意。" if message.ask_rating else ""),),
    ]
    return tuple(_joined(_cleaned(block) for block in blocks))


def plain_text(markdown: str) -> str:
    """The words of a Markdown text without its marks, for platforms that show none."""
    for pattern, replacement in _MARKDOWN:
        markdown = pattern.sub(replacement, markdown)
    return markdown


def split(spans: Sequence[Span], *, limit: int, size: Callable[[str], int]) -> list[tuple[Span, ...]]:
    """Cut into chunks of at most `limit`, at sentence borders where there are any.

    `size` measures one character in the platform's unit; the chunks' texts joined are the whole text.
    """
    text = "".join(span.text for span in spans)
    cuts = _cuts(text, limit=limit, size=size)
    return [_slice(spans, start, end) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def utf16_units(character: str) -> int:
    """The size of a character as Telegram counts: 2 outside the Basic Multilingual Plane."""
    return 2 if ord(character) > 0xFFFF else 1


def _speaker(message: OutboundMessage) -> Block:
    if message.sender != "agent":
        return ()
    return (Span(f"{message.sender_name or '坐席'}：", Style.STRONG),)


def _basis(citations: Iterable[Citation]) -> Block:
    lines = [span for citation in citations for span in _citation_line(citation)]
    return (Span("依据", Style.STRONG), *lines) if lines else ()


def _citation_line(citation: Citation) -> Block:
    title = citation.title if citation.title.startswith("《") else f"《{citation.title}》"
    number = f"（{citation.document_number}）" if citation.document_number else ""
    url = citation.url if citation.url and _WEB_ADDRESS.fullmatch(citation.url) else None
    return (Span("\n· "), Span(title, url=url), Span(f"{number}{citation.article or ''}"))


def _validity(validity: Validity | None) -> Block:
    if validity is None:
        return ()
    period = _period(validity)
    return (Span(f"{f'有效期：{period}；' if period else ''}适用地区：{validity.region or '全国'}"),)


def _period(validity: Validity) -> str:
    match validity.effective_from, validity.effective_to:
        case None, None:
            return ""
        case start, None:
            return f"{start} 起"
        case None, end:
            return f"至 {end}"
        case start, end:
            return f"{start} 至 {end}"


def _options(options: Sequence[Option]) -> Block:
    lines = [f"{number}. {option.label}" for number, option in enumerate(options, start=1)]
    return (Span("\n".join(["请点按钮，或回复序号：", *lines])),) if lines else ()


def _cleaned(block: Block) -> Block:
    spans = (replace(span, text=_printable(span.text)) for span in block)
    return tuple(span for span in spans if span.text)


def _printable(text: str) -> str:
    """Without control characters, and with lone surrogates, which no platform takes, replaced."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(char for char in whole if char in "\n\t" or unicodedata.category(char) != "Cc")


def _joined(blocks: Iterable[Block]) -> Iterator[Span]:
    first = True
    for block in blocks:
        if block and not first:
            yield Span("\n\n")
        first = first and not block
        yield from block


def _cuts(text: str, *, limit: int, size: Callable[[str], int]) -> list[int]:
    reach = list(accumulate(map(size, text), initial=0))
    cuts: list[int] = []
    start = end = 0
    while reach[-1] - reach[start] > limit:
        while reach[end + 1] - reach[start] <= limit:
            end += 1
        start = end = _border(text, start, max(end, start + 1))
        cuts.append(start)
    return cuts


def _border(text: str, start: int, end: int) -> int:
    earliest = start + (end - start) // 2
    for pattern in _BORDERS:
        ends = [found.end() for found in pattern.finditer(text, earliest, end)]
        if ends:
            return ends[-1]
    return end


def _slice(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    pieces: list[Span] = []
    position = 0
    for span in spans:
        text = span.text[max(start - position, 0) : max(end - position, 0)]
        if text:
            pieces.append(replace(span, text=text))
        position += len(span.text)
    return tuple(pieces)
