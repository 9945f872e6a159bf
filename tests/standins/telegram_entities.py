"""Telegram's HTML parse mode, as strict as the real server: what it refuses, a test must not let through."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>|<|&(#x?[0-9a-fA-F]+|lt|gt|amp|quot);")
_PLAIN_TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "tg-spoiler"}
)
_ATTRIBUTES = {
    "a": re.compile(r'\s+href="[^"<>]*"'),
    "blockquote": re.compile(r"(\s+expandable(=\"\")?)?"),
    "span": re.compile(r'\s+class="tg-spoiler"'),
}


class CannotParse(Exception):
    """The text is not valid in this parse mode; the message is the real server's."""


@dataclass
class _Reader:
    visible: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)

    def open(self, tag: str, attributes: str, at: int) -> None:
        pattern = _ATTRIBUTES.get(tag)
        known = pattern.fullmatch(attributes) if pattern else tag in _PLAIN_TAGS and not attributes
        if not known:
            raise CannotParse(f'Unsupported start tag "{tag}" at byte offset {at}')
        if tag == "blockquote" and tag in self.open_tags:
            raise CannotParse("Nested blockquotes are not allowed")
        self.open_tags.append(tag)

    def close(self, tag: str, at: int) -> None:
        if not self.open_tags:
            raise CannotParse(f"Unexpected end tag at byte offset {at}")
        expected = self.open_tags.pop()
        if tag not in ("", expected):
            message = f'Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{tag}>"'
            raise CannotParse(message)


def visible_text(markup: str) -> str:
    """What the contact would see of `markup`. Raises CannotParse."""
    reader = _Reader()
    position = 0
    for token in _TOKEN.finditer(markup):
        reader.visible.append(markup[position : token.start()])
        position = token.end()
        at = len(markup[: token.start()].encode())
        if token[0] == "<":
            raise CannotParse(f'Unsupported start tag "" at byte offset {at}')
        if token[4]:
            reader.visible.append(html.unescape(token[0]))
        elif token[1]:
            reader.close(token[2].lower(), at)
        else:
            reader.open(token[2].lower(), token[3], at)
    reader.visible.append(markup[position:])
    if reader.open_tags:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{reader.open_tags[-1]}"')
    return "".join(reader.visible)
