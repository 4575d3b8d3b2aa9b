"""The forms of the invigilator's desk."""

from __future__ import annotations

import uuid

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, StopValidation

from proctoring.seats import DOCUMENTS
from sjt.words import say

LONGEST_REASON = 500
MOST_MINUTES = 240


class IdentityForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The kind of document that was shown."""

    document = SelectField(
        "Photo ID",
        choices=[SelectChoice("", "Choose"), *(SelectChoice(code, say(f"document.{code}")) for code in DOCUMENTS)],
        validators=[InputRequired(say("invigilation.document_needed"))],
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A reason in one's own words."""

    reason = StringField("Reason", filters=[lambda typed: (typed or "").strip()])

    def validate_reason(self, field: StringField) -> None:
        """A reason of a sensible length that can be stored."""
        if not field.data:
            raise ValidationError(say("invigilation.reason_needed"))
        if len(field.data) > LONGEST_REASON:
            raise ValidationError(say("invigilation.reason_long"))
        if "\0" in field.data:
            raise ValidationError(say("invigilation.reason_nul"))


class RequestForm(ReasonForm):
    """A reason, and a number that is new with each page, so that a double press does it once."""

    request = HiddenField(default=lambda: str(uuid.uuid4()))

    def validate_request(self, field: HiddenField) -> None:
        """A UUID; a form without one is not ours."""
        try:
            field.data = str(uuid.UUID(field.data or ""))
        except ValueError as error:
            raise ValidationError(say("invigilation.no_request")) from error


class GrantForm(RequestForm):
    """Extra minutes."""

    minutes = IntegerField("Minutes")

    def validate_minutes(self, field: IntegerField) -> None:
        """Whole minutes in bounds."""
        if field.data is None or not 1 <= field.data <= MOST_MINUTES:
            field.errors = []  # one sentence says it all, whatever the field itself had found
            raise StopValidation(say("invigilation.minutes"))


class PauseForm(RequestForm):
    """A pause: of which kind, and why."""

    kind = RadioField(
        "Kind",
        [InputRequired(say("pause.kind_needed"))],
        choices=[SelectChoice(kind, say(f"pause.kind.{kind}")) for kind in ("rest", "incident", "suspension")],
    )


class EndForm(ReasonForm):
    """Ending an attempt: a reason, and a tick that says it is meant."""

    sure = BooleanField("I mean to end this attempt", [InputRequired(say("invigilation.confirm"))])
