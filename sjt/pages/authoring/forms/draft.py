"""The form of a draft: one field for each of its texts, whatever questions of whatever formats it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field as FormField
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from item_bank.exchange import LONGEST_TEXT
from item_bank.formats import EXTENDED_ANSWER, FORMATS, Field
from item_bank.formats.base import LINE, ONE, SEVERAL, TEXT
from item_bank.scenarios import Guidance
from sjt.pages.authoring.forms.base import Ids, Plain, area, line, short_lines
from sjt.pages.authoring.loading import Frame
from sjt.rules.authoring import (
    LONGEST_TITLE,
    Asked,
    Content,
    Fault,
    body_field,
    fields,
    format_field,
    guide_field,
    names_in,
    question_field,
)
from sjt.rules.refusals import NotUnderstood
from sjt.words import say

HALVES = (("meets", "Meets"), ("falls_short", "Falls short"))
Posted = MultiDict[str, str]


class DraftForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What every draft has; ``draft_form`` adds its questions."""

    edit = HiddenField()
    title = line("Title", LONGEST_TITLE)
    text = area("Situation")
    sources = area("Sources", LONGEST_TEXT, short_lines)
    enemies = area("Never on one paper with", LONGEST_TEXT, short_lines)
    tags = area("Framework points", LONGEST_TEXT, short_lines)
    add = SelectField("Add a question on", validate_choice=False)
    add_format = SelectField("Format", validate_choice=False)
    asked = SelectField("Ask somebody by name", validate_choice=False)


def draft_form(frame: Frame, content: Content, edit: int) -> Any:
    """The form of a draft, filled with its content; a form that was sent keeps what was typed."""
    made = _draft_class(frame, content)(data={**fields(content), **_formats(content), "edit": str(edit)})
    made.add.choices = [SelectChoice("", "Choose a statement")]
    made.add.choices += [SelectChoice(*named) for named in not_asked(frame, content).items()]
    made.add_format.choices = format_choices(frame)
    made.asked.choices = [SelectChoice("", "Nobody in particular")]
    return made


def format_choices(frame: Frame) -> list[SelectChoice]:
    """The formats that the specification allows, in its order."""
    allowed = frame.specification.blueprint.formats
    return [SelectChoice(name, FORMATS[name].title) for name in allowed if name in FORMATS]


def _formats(content: Content) -> dict[str, str]:
    return {format_field(asked.statement): asked.format for asked in content.questions}


def _draft_class(frame: Frame, content: Content) -> Any:
    members: dict[str, FormField] = {}
    for asked in content.questions:
        members[format_field(asked.statement)] = HiddenField()
        members[question_field(asked.statement)] = area("Question" if frame.alone else f"Question on {asked.statement}")
        members.update(_guide_fields(frame, asked))
        for field in body_fields(asked):
            members[body_field(asked.statement, field.name)] = _body_field(frame, asked, field)
    return type("QuestionsForm", (DraftForm,), members)


def _guide_fields(frame: Frame, asked: Asked) -> Iterator[tuple[str, FormField]]:
    if FORMATS[asked.format].by_points:
        for point in frame.specification.blueprint.points(asked.statement):
            for half, label in HALVES:
                name = guide_field(asked.statement, point.code, half)
                yield name, area(f"{asked.statement}, {point.code}: {label.lower()}")


def body_fields(asked: Asked) -> tuple[Field, ...]:
    """The fields of a question's format, and whatever else its body holds: nothing of it may be lost unseen."""
    own = FORMATS[asked.format].fields(asked.body)
    known = {field.name for field in own}
    return (*own, *(Field(name, name) for name in asked.body if name not in known))


def _body_field(frame: Frame, asked: Asked, field: Field) -> FormField:
    label = field.label if frame.alone else f"{asked.statement}: {field.label}"
    if field.kind == TEXT:
        return area(label)
    if field.kind == SEVERAL:
        return Ids(label, [Plain(LONGEST_TEXT)])
    if field.kind == ONE:
        choices = [SelectChoice("", "Choose one"), *(SelectChoice(o.id, o.text) for o in field.choices)]
        now = asked.body.get(field.name, "")
        if now and now not in {o.id for o in field.choices}:
            choices.append(SelectChoice(now, say("authoring.no_such_choice", name=now)))
        return SelectField(label, choices=choices, validate_choice=False)
    return line(label, LONGEST_TEXT if field.kind != LINE else 2_000)


def not_asked(frame: Frame, content: Content) -> dict[str, str]:
    """The theme's statements on which there is no question yet, with what each is called."""
    if frame.alone and content.questions:
        return {}
    return {
        s.code: f"{s.code} {s.title}{' (on every paper)' if s.essential else ''}"
        for s in frame.theme.statements
        if content.asked(s.code) is None
    }


def posted_questions(frame: Frame, posted: Posted) -> tuple[Asked, ...]:
    """The questions that a page sent, with their formats and bodies: what it showed, whatever the draft holds now."""
    found = []
    for code in sorted(s.code for s in frame.theme.statements if question_field(s.code) in posted):
        name = posted.get(format_field(code), EXTENDED_ANSWER)
        if name not in FORMATS:
            raise NotUnderstood("authoring.format", format=name[:100])
        found.append(Asked(code, format=name, body=_posted_body(code, posted)))
    return tuple(found)


def _posted_body(statement: str, posted: Posted) -> dict[str, str]:
    start = body_field(statement, "")
    return {name[len(start) :]: " ".join(posted.getlist(name)) for name in posted if name.startswith(start)}


def posted_form(frame: Frame, posted: Posted) -> Any:
    """The form that was sent."""
    return draft_form(frame, Content("", questions=posted_questions(frame, posted)), -1)


def content_of(form: Any, frame: Frame, posted: Posted) -> Content:
    """What a form holds, as a draft's content."""
    return Content(
        title=form.title.data,
        text="" if frame.alone else form.text.data,
        sources=tuple(text.strip() for text in form.sources.data.splitlines() if text.strip()),
        questions=tuple(_typed(form, frame, asked) for asked in posted_questions(frame, posted)),
        enemies=names_in(form.enemies.data),
        tags=names_in(form.tags.data),
    )


def _typed(form: Any, frame: Frame, asked: Asked) -> Asked:
    code, guide = asked.statement, {}
    if FORMATS[asked.format].by_points:
        for point in frame.specification.blueprint.points(code):
            guide[point.code] = Guidance(*(form[guide_field(code, point.code, half)].data for half, _ in HALVES))
    body = {f.name: form[body_field(code, f.name)].data or "" for f in body_fields(asked)}
    return Asked(code, form[question_field(code)].data, guide, asked.format, body)


def add_faults(form: Any, faults: Iterable[Fault]) -> None:
    """Show faults of the draft beside their fields; what has no field of its own stands beside the question."""
    for fault in faults:
        name = fault.name if fault.name in form else question_field(fault.name.partition("-")[0])
        form[name].errors = [*form[name].errors, say(fault.code, fault.params)]
