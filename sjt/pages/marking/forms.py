"""The judgement as a form: a choice and a reason for each criterion point, and one comment."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from sjt.rules.marking import Draft, Said, draft_faults
from sjt.rules.refusals import BadInput
from sjt.services.marking.judging import COMMENT
from sjt.words import say

MET, UNMET = "met", "unmet"
CHOICES = [SelectChoice(MET, "Met"), SelectChoice(UNMET, "Not met")]
LONGEST_EDIT = 9  # digits; it counts the savings of one draft


class JudgementForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The fields that every judgement has; ``form_for`` adds a pair for each point."""

    edit = HiddenField(default="0")
    comment = TextAreaField("Comment on the whole answer")


def form_for(codes: Sequence[str], draft: Draft | None = None, edit: int | None = None) -> JudgementForm:
    """A form for these points: filled from a draft, or from what was posted when none is given."""
    fields: dict[str, object] = {}
    for number in range(1, len(codes) + 1):
        fields[f"verdict_{number}"] = RadioField(f"Point {number}", choices=CHOICES, validate_choice=False)
        fields[f"reason_{number}"] = TextAreaField(f"Reason for point {number}")
    points_form: type[JudgementForm] = type("PointsForm", (JudgementForm,), fields)
    if draft is None:
        return points_form()
    return points_form(formdata=None, data=_data(codes, draft, edit))


def _data(codes: Sequence[str], draft: Draft, edit: int | None) -> dict[str, object]:
    data: dict[str, object] = {"comment": draft.comment, "edit": str(edit or 0)}
    for number, code in enumerate(codes, 1):
        said = draft.points.get(code, Said())
        data[f"verdict_{number}"] = None if said.met is None else MET if said.met else UNMET
        data[f"reason_{number}"] = said.reason
    return data


def draft_from(form: JudgementForm, codes: Sequence[str]) -> Draft:
    """What the form says, as a draft."""
    points = {}
    for number, code in enumerate(codes, 1):
        chosen = form[f"verdict_{number}"].data
        met = {MET: True, UNMET: False}.get(chosen or "")
        points[code] = Said(met, _text(form[f"reason_{number}"].data))
    return Draft(points, _text(form.comment.data))


def _text(typed: str | None) -> str:
    """Typed text with one kind of line end, and without the null character, which no database takes."""
    return (typed or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def edit_of(form: JudgementForm) -> int:
    """The revision that the form was written on; what is no number is none that was ever given out."""
    typed = str(form.edit.data or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_EDIT else -1


def check_draft(draft: Draft) -> None:
    """BadInput for what is too long to be kept at all."""
    faults = [(point or COMMENT, code, params) for point, code, params in draft_faults(draft)]
    if faults:
        raise BadInput(faults)


def show_faults(form: JudgementForm, codes: Sequence[str], bad: BadInput) -> None:
    """Put every fault beside its field: a missing choice at the choice, anything else at the words."""
    for field, code, params in bad.faults:
        where = COMMENT
        if field in codes:
            kind = "verdict" if code == "marking.undecided" else "reason"
            where = f"{kind}_{codes.index(field) + 1}"
        form[where].errors = [*form[where].errors, say(code, params)]
