"""The forms of the invigilator's desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from proctoring.seats import DOCUMENTS
from sjt.services.registration.bookings import HIGHEST_NUMBER
from sjt.stores.seats import Seat
from sjt.words import say

LONGEST_REASON = 500
MOST_MINUTES = 240
MOST = MOST_MINUTES * 60


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


def a_request(_form: FlaskForm, field: Field) -> None:
    """A UUID; a form without one is not ours."""
    try:
        field.data = str(uuid.UUID(field.data or ""))
    except ValueError as error:
        raise ValidationError(say("invigilation.no_request")) from error


def new_request() -> str:
    """A number that is new with each page, so that a double press does it once."""
    return str(uuid.uuid4())


class RequestForm(ReasonForm):
    """A reason, and the number of the request."""

    request = HiddenField(default=new_request, validators=[a_request])


class GrantForm(RequestForm):
    """Extra minutes."""

    minutes = IntegerField("Minutes")

    def validate_minutes(self, field: IntegerField) -> None:
        """Whole minutes in bounds."""
        if field.data is None or not 1 <= field.data <= MOST_MINUTES:
            field.errors = []  # one sentence says it all, whatever the field itself had found
            raise StopValidation(say("invigilation.minutes"))


class ReopenForm(RequestForm):
    """For how long a closed attempt may go on."""

    minutes = IntegerField("Minutes")
    seconds = IntegerField("Seconds", [Optional()])

    def validate_minutes(self, field: IntegerField) -> None:
        """At least a second and at most four hours."""
        minutes, seconds = field.data, self.seconds.data or 0
        if minutes is None or not (0 <= seconds <= 59 and 1 <= minutes * 60 + seconds <= MOST):
            field.errors = []
            raise StopValidation(say("reopen.length"))

    @property
    def length(self) -> int:
        """Seconds in all."""
        return (self.minutes.data or 0) * 60 + (self.seconds.data or 0)


class MoveForm(RequestForm):
    """Another place in the room."""

    number = IntegerField("New seat number")

    def validate_number(self, field: IntegerField) -> None:
        """A number that a seat can have."""
        if field.data is None or not 1 <= field.data <= HIGHEST_NUMBER:
            field.errors = []
            raise StopValidation(say("move.number", highest=HIGHEST_NUMBER))


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


class SeatsField(SelectMultipleField):
    """Some of the seats of a sitting, by reference."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, seats: Sequence[Seat]) -> None:
        """Let these be chosen."""
        self.choices = [(seat.ref, f"{seat.number} {seat.candidate.name}") for seat in seats]


class MessageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A message, and to whom."""

    words = TextAreaField("Message", filters=[lambda typed: "\n".join((typed or "").strip().splitlines())])
    seats = SeatsField("To", [InputRequired(say("message.nobody"))])
    request = HiddenField(default=new_request, validators=[a_request])

    def validate_words(self, field: TextAreaField) -> None:
        """Words of a sensible length that can be stored."""
        if not field.data:
            raise ValidationError(say("message.empty"))
        if len(field.data) > LONGEST_REASON or "\0" in field.data:
            raise ValidationError(say("message.long"))
