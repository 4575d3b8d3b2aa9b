"""Fields that the desk's forms share."""

from __future__ import annotations

from typing import Any

from wtforms import Field, StringField, TextAreaField
from wtforms.validators import ValidationError

from item_bank.exchange import LONGEST_TEXT
from sjt.rules.authoring import LONGEST_SOURCE, control_characters, tidy
from sjt.words import say

LONGEST_COMMENT = 2_000  # code points, as short texts are stored


class Plain:
    """A text that a database can keep: not too long, and without characters that cannot be shown."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: object, field: Field) -> None:
        """Raise ValidationError with the fault's words."""
        text = field.data or ""
        if len(text) > self.limit:
            raise ValidationError(say("authoring.too_long", limit=f"{self.limit:,}"))
        if control_characters(text):
            raise ValidationError(say("authoring.control"))


class Ids(StringField):
    """Ids with blanks between: sent by as many boxes as are ticked, or as one line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """All values that were sent under the name, as one text."""
        self.data = " ".join(" ".join(str(value) for value in valuelist).split())


def tidied(text: str | None) -> str:
    """Line ends as the bank keeps them."""
    return tidy(text or "")


def one_line(text: str | None) -> str:
    """A text on one line, with single blanks."""
    return " ".join((text or "").split())


def short_lines(form: object, field: Field) -> None:
    """No line longer than a source may be."""
    if any(len(line) > LONGEST_SOURCE for line in (field.data or "").splitlines()):
        raise ValidationError(say("authoring.source_long", limit=LONGEST_SOURCE))


def area(label: str, limit: int = LONGEST_TEXT, *more: Any) -> TextAreaField:
    """A long text."""
    return TextAreaField(label, [Plain(limit), *more], filters=[tidied])


def line(label: str, limit: int = LONGEST_COMMENT, *more: Any) -> StringField:
    """A text on one line."""
    return StringField(label, [*more, Plain(limit)], filters=[one_line])


def whole(text: str | None) -> int:
    """The number of an edit as a page sent it; what is no number is no edit (-1)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1
