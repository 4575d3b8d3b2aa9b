"""The paper without scripts: what a browser's own form sends, read as the answers that our scripts would send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from item_bank.formats import FORMATS, PICK_N, SINGLE_BEST
from proctoring.events import text_hash
from sjt.services.delivery.paper import Line

NATIVE = (SINGLE_BEST, PICK_N)  # formats that a browser's own buttons and boxes can answer


@dataclass(frozen=True)
class Given:
    """What a form gives for one question: the text, the revision it was typed on, the hash of what stood there."""

    line: Line
    text: str
    revision: int
    shown_hash: str
    flagged: bool

    @property
    def changed(self) -> bool:
        """Whether the candidate changed it on this page."""
        return text_hash(self.text) != self.shown_hash


def is_plain(format: str) -> bool:
    """Whether a question of this format can be answered without scripts."""
    return not FORMATS[format].keyed or format in NATIVE


def text_of(format: str, values: Sequence[str]) -> str:
    """The answer that a form's values make. A form ends its lines in CRLF; a text area's own value never does."""
    if format == PICK_N:
        return json.dumps({"picked": sorted(values)}, separators=(",", ":")) if values else ""
    first = values[0] if values else ""
    if format == SINGLE_BEST:
        return json.dumps({"best": first}, separators=(",", ":")) if first else ""
    return lines(first)


def lines(text: str) -> str:
    """A text as a text area holds it: lines end in LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def chosen(text: str) -> list[str]:
    """The ids that an answer by choosing names, for the boxes that are ticked."""
    held = json.loads(text) if text.strip() else {}
    return [*held.get("picked", ()), *filter(None, [held.get("best")])]
