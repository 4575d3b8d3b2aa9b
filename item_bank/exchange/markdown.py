"""What Markdown may hold in a bank: no raw HTML and no link that runs something. The parser's tokens tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

SCHEMES = frozenset({"", "http", "https", "mailto"})
LONGEST_SHOWN = 60  # characters of what is at fault
HTML = frozenset({"html_block", "html_inline"})

_parser = MarkdownIt("commonmark", {"html": True}).enable("table")
# Every link becomes a token with its address as it was written, to be judged here.
_parser.validateLink = lambda url: True  # type: ignore[method-assign]  # how the library has it replaced
_parser.normalizeLink = lambda url: url  # type: ignore[method-assign]  # as above


def markdown_faults(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    """What may not stand in a Markdown text: a message code and its parameters for each.

    Without ``<`` and ``[`` there is neither HTML nor a link, so such a text is not parsed at all.
    """
    if "<" not in text and "[" not in text:
        return
    for token in _flat(_parser.parse(text)):
        if token.type in HTML:
            yield "bank.html", {"found": _short(token.content)}
        elif (url := token.attrs.get("href") or token.attrs.get("src")) and scheme(str(url)) not in SCHEMES:
            yield "bank.link", {"found": _short(str(url))}


def scheme(url: str) -> str:
    """The scheme of an address as a browser reads it: blanks and control characters within it do not count."""
    plain = "".join(character for character in url if character > " ")
    try:
        return urlsplit(plain).scheme.lower()
    except ValueError:  # such as a bracket that is never closed: no browser opens it either
        return ""


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())


def _short(found: str) -> str:
    plain = " ".join(found.split())
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[:LONGEST_SHOWN]}…"
