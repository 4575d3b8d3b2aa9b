"""HTML in Markdown is refused by name: the pages would show it as plain characters, which nobody wants to sit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST_SHOWN = 60  # characters of a tag in a message
_markdown = MarkdownIt("commonmark", {"html": True}).enable("table")


def raw_html(text: str) -> list[str]:
    """The HTML in a Markdown text, each piece once and shortened; code and words like ``a < b`` are none."""
    return list(dict.fromkeys(_shortened(found) for found in _pieces(_markdown.parse(text))))


def _pieces(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            yield token.content
        yield from _pieces(token.children or ())


def _shortened(piece: str) -> str:
    line = " ".join(piece.split())
    return line if len(line) <= LONGEST_SHOWN else line[:LONGEST_SHOWN] + "…"
