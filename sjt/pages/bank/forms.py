"""The forms of files and of the figures' page."""

from __future__ import annotations

import base64
import binascii
from contextlib import closing

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from sjt.rules.authoring import PURPOSES
from sjt.services import authoring
from sjt.services.bank_files import LIVE, NEWEST
from sjt.words import say

LARGEST_UPLOAD = 1_400_000  # bytes: the preview sends it back in Base64, and a request has two million


class SpecForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which specification's bank."""

    spec = SelectField("Test specification", validate_choice=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.spec.choices = [SelectChoice(s.name, f"{s.standard} {s.test_title}") for s in authoring.specifications()]


class ExportForm(SpecForm):
    """What to take out, and what for."""

    which = RadioField(
        "Which versions",
        choices=[
            SelectChoice(NEWEST, "The newest of each, in whatever state"),
            SelectChoice(LIVE, "Those that are live"),
        ],
        default=NEWEST,
    )
    purpose = RadioField(
        "What is it for?",
        choices=[SelectChoice(purpose, say(f"authoring.purpose.{purpose}")) for purpose in PURPOSES],
        validators=[InputRequired("Say what the file is for.")],
        default=None,
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A file that was previewed, and a mark of what the preview said."""

    spec = HiddenField()
    name = HiddenField()
    content = HiddenField()
    mark = HiddenField()


def uploaded() -> tuple[str, bytes] | None:
    """The file that came with the request and its name; None when there is none, or an empty one."""
    file: FileStorage | None = request.files.get("file")
    if file is None:
        return None
    with closing(file):  # a large one stands in a temporary file
        data = file.read(LARGEST_UPLOAD + 1)
    return (file.filename or "bank.zip", data) if data else None


def packed(data: bytes) -> str:
    """A file as the text of a form's field."""
    return base64.b64encode(data).decode()


def unpacked(text: str) -> bytes:
    """The file in a form's field; nothing when it is none."""
    try:
        return base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return b""
