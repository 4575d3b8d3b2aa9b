"""The desk's forms. A draft's form has one field for each text of the draft, whatever questions it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from item_bank.blueprint import Blueprint
from item_bank.exchange import LONGEST_TEXT
from item_bank.scenarios import Guidance
from sjt.pages.authoring.loading import Frame
from sjt.rules.authoring import (
    CHECKLIST,
    LONGEST_SOURCE,
    LONGEST_TITLE,
    PURPOSES,
    Asked,
    Content,
    Fault,
    control_characters,
    fields,
    guide_field,
    question_field,
    tidy,
)
from sjt.words import say

LONGEST_COMMENT = 2_000  # code points, as short texts are stored
HALVES = (("meets", "Meets"), ("falls_short", "Falls short"))


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


def _tidy(text: str | None) -> str:
    return tidy(text or "")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _short_lines(form: object, field: Field) -> None:
    if any(len(line) > LONGEST_SOURCE for line in (field.data or "").splitlines()):
        raise ValidationError(say("authoring.source_long", limit=LONGEST_SOURCE))


def _area(label: str, limit: int = LONGEST_TEXT, *more: Any) -> TextAreaField:
    return TextAreaField(label, [Plain(limit), *more], filters=[_tidy])


class DraftForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What every draft has; ``draft_form`` adds its questions."""

    edit = HiddenField()
    title = StringField("Title", [Plain(LONGEST_TITLE)], filters=[_one_line])
    text = _area("Situation")
    sources = _area("Sources", LONGEST_TEXT, _short_lines)
    add = SelectField("Add a question on", validate_choice=False)


def draft_form(frame: Frame, content: Content, edit: int) -> Any:
    """The form of a draft, filled with its content; a form that was sent keeps what was typed."""
    statements = [asked.statement for asked in content.questions]
    form = _draft_class(frame, statements)(data={**fields(content), "edit": str(edit)})
    form.add.choices = [
        SelectChoice("", "Choose a statement"),
        *(SelectChoice(*named) for named in not_asked(frame, content).items()),
    ]
    return form


def _draft_class(frame: Frame, statements: Iterable[str]) -> Any:
    members: dict[str, Field] = {}
    for code in statements:
        members[question_field(code)] = _area(f"Question on {code}")
        for point in frame.specification.blueprint.points(code):
            for half, label in HALVES:
                members[guide_field(code, point.code, half)] = _area(f"{code}, {point.code}: {label.lower()}")
    return type("QuestionsForm", (DraftForm,), members)


def not_asked(frame: Frame, content: Content) -> dict[str, str]:
    """The theme's statements on which there is no question yet, with what each is called."""
    return {
        s.code: f"{s.code} {s.title}{' (on every paper)' if s.essential else ''}"
        for s in frame.theme.statements
        if content.asked(s.code) is None
    }


def posted_statements(frame: Frame, posted: Mapping[str, str]) -> list[str]:
    """The statements whose questions a page sent: what it showed, whatever the draft holds by now."""
    return [s.code for s in frame.theme.statements if question_field(s.code) in posted]


def posted_form(frame: Frame, posted: Mapping[str, str]) -> Any:
    """The form that was sent."""
    content = Content("", questions=tuple(Asked(code) for code in posted_statements(frame, posted)))
    return draft_form(frame, content, -1)


def content_of(form: Any, statements: Iterable[str], blueprint: Blueprint) -> Content:
    """What a form holds, as a draft's content."""
    questions = (
        Asked(
            code,
            form[question_field(code)].data,
            {
                point.code: Guidance(*(form[guide_field(code, point.code, half)].data for half, _ in HALVES))
                for point in blueprint.points(code)
            },
        )
        for code in statements
    )
    sources = tuple(line.strip() for line in form.sources.data.splitlines() if line.strip())
    return Content(form.title.data, form.text.data, sources, tuple(questions))


def add_faults(form: Any, faults: Iterable[Fault]) -> None:
    """Show faults of the draft beside their fields."""
    for fault in faults:
        form[fault.name].errors = [*form[fault.name].errors, say(fault.code, fault.params)]


def whole(text: str | None) -> int:
    """The number of an edit as a page sent it; what is no number is no edit (-1)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


class NewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new scenario: its place and its title."""

    spec = HiddenField()
    title = StringField(
        "Title",
        [DataRequired(say("authoring.no_title")), Plain(LONGEST_TITLE)],
        filters=[_one_line],
    )
    theme = SelectField("Theme", validate_choice=False)


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
    comment = _area("Comment", LONGEST_COMMENT)

    def validate_checks(self, field: Field) -> None:
        """All points are ticked before a version is approved."""
        if self.decision.data == "approve" and set(field.data or []) != set(CHECKLIST):
            raise ValidationError(say("authoring.tick_all"))

    def validate_comment(self, field: Field) -> None:
        """Whoever sends a version back says why."""
        if self.decision.data == "return" and not (field.data or "").strip():
            raise ValidationError(say("authoring.comment_needed"))


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a version goes out of use."""

    reason = _area("Reason", LONGEST_COMMENT, DataRequired("Give a reason."))
    sure = BooleanField("I have checked that this is the right version.", [InputRequired("Tick this to go on.")])
