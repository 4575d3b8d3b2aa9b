"""The desk's other forms: a new scenario, a copy, why a text is opened, decisions, trial answers, reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sjt.pages.authoring.forms.base import LONGEST_COMMENT, area, line
from sjt.rules.authoring import CHECKLIST, LONGEST_TITLE, PURPOSES
from sjt.words import say

MET = [SelectChoice("met", "Met"), SelectChoice("unmet", "Not met")]


class NewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new scenario: its place and its title. A question that stands alone has its statement and format at once."""

    spec = HiddenField()
    title = line("Title", LONGEST_TITLE, DataRequired(say("authoring.no_title")))
    theme = SelectField("Theme", validate_choice=False)
    statement = SelectField("Statement", validate_choice=False)
    format = SelectField("Format", validate_choice=False)


class CopyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A copy of a scenario under a title of its own."""

    title = line("Title of the copy", LONGEST_TITLE, DataRequired(say("authoring.no_title")))


class OpenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a text is opened, and where to go on afterwards."""

    purpose = RadioField(
        "What do you need it for?",
        [InputRequired("Choose a purpose.")],
        choices=[SelectChoice(purpose, say(f"authoring.purpose.{purpose}")) for purpose in PURPOSES],
    )
    then = HiddenField()
    against = HiddenField()


class ReviewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A second person's decision. ``edit`` says which text they read."""

    edit = HiddenField()
    checks = SelectMultipleField(
        "Checklist",
        choices=[SelectChoice(point, say(f"authoring.check.{point}")) for point in CHECKLIST],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    decision = RadioField(
        "Decision",
        [InputRequired("Choose a decision.")],
        choices=[SelectChoice("approve", "Approve it"), SelectChoice("return", "Send it back to its authors")],
    )
    comment = area("Comment", LONGEST_COMMENT)

    def validate_checks(self, field: Field) -> None:
        """All points are ticked before a version is approved."""
        if self.decision.data == "approve" and set(field.data or []) != set(CHECKLIST):
            raise ValidationError(say("authoring.tick_all"))

    def validate_comment(self, field: Field) -> None:
        """Whoever sends a version back says why: here, or beside a field."""
        if self.decision.data == "return" and not (field.data or "").strip() and not notes_in(self):
            raise ValidationError(say("authoring.comment_needed"))


def note_field(name: str) -> str:
    """The name of the box for a comment beside a field."""
    return f"note-{name}"


def review_form(labels: Mapping[str, str], edit: int) -> Any:
    """A review with a box for a comment beside every field of the version."""
    boxes = {note_field(name): area(f"Comment on {label}", LONGEST_COMMENT) for name, label in labels.items()}
    made = type("NotesForm", (ReviewForm,), boxes)
    return made(data={"edit": str(edit)})


def notes_in(form: Any) -> dict[str, str]:
    """The comments beside fields that were typed, by the field's name."""
    boxes = {field.name.removeprefix("note-"): field for field in form if field.name.startswith("note-")}
    return {name: box.data.strip() for name, box in boxes.items() if (box.data or "").strip()}


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The yearly review of a live version."""

    sure = BooleanField(
        "I have read this version again. The law and practice in it hold, and it is fit to be sat.",
        [InputRequired("Tick this, or open a new version instead.")],
    )
    comment = area("Comment", LONGEST_COMMENT)


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a version goes out of use."""

    reason = area("Reason", LONGEST_COMMENT, DataRequired("Give a reason."))
    sure = BooleanField("I have checked that this is the right version.", [InputRequired("Tick this to go on.")])


class DiscardForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which edit of a draft is thrown away."""

    edit = HiddenField()


class AnswerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A trial answer, as an apprentice would give it."""

    answer = area("Your trial answer")


class JudgeForm(AnswerForm):
    """The judgement of a trial answer; ``judge_form`` adds a pair for each point, or the marks."""

    comment = area("What this trial shows", LONGEST_COMMENT)


def judge_form(points: Iterable[str], most: int) -> Any:
    """The judgement by criterion points; without points, by whole marks from 0 to the most."""
    members: dict[str, Field] = {}
    numbers = range(1, len(list(points)) + 1)
    for number in numbers:
        choose = [InputRequired("Judge this point.")]
        members[f"verdict_{number}"] = RadioField(f"Point {number}", choose, choices=MET)
        members[f"reason_{number}"] = area(f"Reason for point {number}", LONGEST_COMMENT)
    if not numbers:
        marks = [SelectChoice(str(mark), str(mark)) for mark in range(most + 1)]
        members["marks"] = RadioField("Marks", [InputRequired("Choose the marks.")], choices=marks)
    return type("PointsForm", (JudgeForm,), members)()


class ReportAnswerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What the writer says to a marker who found a guide unclear."""

    answer = area("Your answer to the marker", LONGEST_COMMENT, DataRequired("Write an answer."))
