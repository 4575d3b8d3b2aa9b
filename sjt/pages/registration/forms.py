"""The forms of the manager's desk. Rules of what may be entered stand in sjt.rules; forms carry the fields."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any, cast

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from proctoring.lockdown import LEVELS, Level
from sjt.rules.access import Role
from sjt.rules.eligibility import ADJUSTMENTS, TIMED
from sjt.rules.entries import text_fault, tidy
from sjt.services.registration import plans
from sjt.services.registration.sittings import Entry
from sjt.words import say

DATES = ["%Y-%m-%d", "%d %B %Y", "%d/%m/%Y"]
NEEDED = InputRequired(say("entry.missing"))
CHOOSE = SelectChoice("", "Choose one")
SECOND = [
    SelectChoice("no", "The first: before the clocks go back"),
    SelectChoice("yes", "The second: after they went back"),
]
MODES = [SelectChoice("online", "Online"), SelectChoice("paper", "On paper")]
ROLES = [SelectChoice(role.value, role.value.capitalize()) for role in Role if role is not Role.APPRENTICE]


def plain(form: FlaskForm, field: Field) -> None:
    """Validator: no control signs, which no database and no reader wants."""
    fault = text_fault(tidy(field.data or ""), 200)
    if fault:
        raise ValidationError(say(*fault))


class DayField(DateField):
    """A date, with our own words for one that is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(say("sitting.date")) from None


class ClockField(TimeField):
    """A time of day, with our own words for one that is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(say("sitting.time")) from None


class WholeField(IntegerField):
    """A whole number in a range, with our own words for anything else."""

    def __init__(self, label: str, low: int, high: int, code: str, needed: bool = True, **more: Any) -> None:
        self.words = say(code, low=low, high=high, highest=high)
        checks = [InputRequired(self.words) if needed else Optional(), NumberRange(low, high, self.words)]
        super().__init__(label, checks, **more)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(self.words) from None


class CheckboxesField(SelectMultipleField):
    """Several of several."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CandidateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A candidate as entered. Every rule stands in ``sjt.rules.entries``, which files obey as well."""

    number = StringField("Candidate number", description="Your organisation’s own number for this person.")
    name = StringField("Full name", description="As it stands on their photo ID.")
    email = EmailField(
        "E-mail address", description="It becomes the name of their own sign-in, where they read their result."
    )
    employer = StringField("Employer")
    provider = StringField("Training provider")
    specification = SelectField("Specification", validate_choice=False)
    pathway = SelectField("Pathway", validate_choice=False)
    seen = HiddenField()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.specification.choices = [CHOOSE, *(SelectChoice(*named) for named in plans.titles().items())]
        known = {code: title for named in plans.pathways().values() for code, title in named.items()}
        self.pathway.choices = [CHOOSE, *(SelectChoice(code, title) for code, title in known.items())]

    def values(self) -> dict[str, str]:
        """The entries as typed."""
        return {field.name: field.data or "" for field in self if field.name not in ("seen", "csrf_token")}


class AdjustmentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An adjustment: extra time as a percentage of the base time, minutes of rest breaks, or a help that is allowed."""

    kind = RadioField(
        "Kind",
        [InputRequired(say("adjustment.kind_needed"))],
        choices=[SelectChoice(kind, say(f"adjustment.kind.{kind}")) for kind in ADJUSTMENTS],
    )
    value = WholeField("How much", 1, 200, "adjustment.value", needed=False)
    first_day = DayField("In force from", [InputRequired(say("sitting.date"))], format=DATES)

    def validate(self, extra_validators: Any = None) -> bool:
        """Extra time and rest breaks have a size; a help has none, and whatever was typed there is not looked at."""
        if self.kind.data not in TIMED and self.kind.data in ADJUSTMENTS:
            self.value.process_formdata(["1"])
            self.value.process_errors = []
        sound = bool(super().validate(extra_validators))
        if self.kind.data in TIMED and self.value.data is None and not self.value.errors:
            self.value.errors = [say("adjustment.how_much")]
            return False
        return sound

    def values(self) -> tuple[str, int, dt.date]:
        """Kind, value and first day of a sound form."""
        return self.kind.data, cast(int, self.value.data), cast(dt.date, self.first_day.data)


class SittingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A sitting as laid down: London date and times."""

    title = StringField("Title", [NEEDED, plain], description="Such as “Room 2, morning”.")
    venue = StringField("Venue", [NEEDED, plain])
    spec_name = SelectField("Specification", [InputRequired(say("sitting.choose_spec"))])
    day = DayField("Date", [InputRequired(say("sitting.date"))], format=DATES)
    starts = ClockField("Starts", [InputRequired(say("sitting.time"))])
    starts_second = RadioField("Which of the two starting times", [Optional()], choices=SECOND)
    ends = ClockField("Ends", [InputRequired(say("sitting.time"))])
    ends_second = RadioField("Which of the two ending times", [Optional()], choices=SECOND)
    set_up_minutes = WholeField("Minutes for setting up", 0, 240, "sitting.whole", default=20)
    staff_needed = WholeField("Invigilators needed", 1, 99, "sitting.whole", default=1)
    lockdown = RadioField(
        "Lockdown",
        [InputRequired(say("sitting.lockdown"))],
        validate_choice=False,
        choices=[SelectChoice(level.value, say(f"lockdown.{level.value}")) for level in LEVELS],
        default=Level.OPEN.value,
    )
    staff = CheckboxesField("Named invigilators")
    interest_reason = StringField("Why they may invigilate all the same", [Optional(), plain])
    remote = BooleanField("Remote: candidates sit elsewhere, and are watched over your video call")
    meeting = StringField("Address of the video call", [Optional(), plain])
    rooms = TextAreaField("Rooms", [Optional()])
    venue_verified_by = StringField("Venue checked by", [Optional(), plain])
    venue_verified_on = DayField("Checked on", [Optional()], format=DATES)

    def __init__(self, invigilators: list[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.spec_name.choices = [CHOOSE, *(SelectChoice(*named) for named in plans.titles().items())]
        self.staff.choices = [SelectChoice(*named) for named in invigilators]


class BookingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One seat."""

    candidate = StringField("Candidate number", [InputRequired(say("booking.candidate")), plain])
    number = WholeField("Seat", 1, 999, "booking.number", needed=False)
    mode = RadioField("Mode", choices=MODES, default="online")


class ReasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why something is done that leaves a trace."""

    reason = TextAreaField("Reason", [InputRequired(say("booking.reason")), plain])


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A file that was previewed, and a mark of what the preview said."""

    content = HiddenField()
    mark = HiddenField()


class PersonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A member of staff and their roles."""

    name = StringField("Full name")
    email = EmailField("E-mail address", description="The name of their sign-in.")
    roles = CheckboxesField(
        "Roles",
        choices=ROLES,
    )

    def chosen(self) -> frozenset[Role]:
        """The roles that were ticked."""
        return frozenset(Role(value) for value in self.roles.data or [])


def yes(value: str | None) -> bool | None:
    """What a yes-or-no choice says; None when nothing was chosen."""
    return None if value is None else value == "yes"


def sitting_data(entry: Entry) -> dict[str, Any]:
    """A sitting's entry as its form shows it; the doubled hour is only asked about where there is one."""
    words = {True: "yes", False: "no", None: None}
    doubled = {"starts_second": words[entry.starts_second], "ends_second": words[entry.ends_second]}
    return {**asdict(entry), **doubled, "staff": list(entry.staff)}


def sitting_entry(form: SittingForm) -> Entry:
    """What a sound form says."""
    plain = (
        "title", "venue", "spec_name", "day", "starts", "ends", "set_up_minutes", "staff_needed", "lockdown",
        "remote", "venue_verified_on",
    )  # fmt: skip
    maybe = ("meeting", "rooms", "venue_verified_by", "interest_reason")
    told: dict[str, Any] = {name: form[name].data for name in plain}
    told |= {name: form[name].data or "" for name in maybe}
    return Entry(
        **told,
        staff=tuple(form.staff.data or ()),
        starts_second=yes(form.starts_second.data),
        ends_second=yes(form.ends_second.data),
    )
