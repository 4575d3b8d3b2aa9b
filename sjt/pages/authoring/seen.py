"""Questions as their apprentice will see them, and as whoever marks or checks them does."""

from __future__ import annotations

from dataclasses import dataclass

from item_bank.formats import FORMATS, Control, Format, Held, StaffView, control, staff_view
from sjt.rules.authoring import Asked, Content


@dataclass(frozen=True)
class Seen:
    """One question: its format, the apprentice's control, and the key or guide of a format that brings its own.

    ``staff`` is None for what is judged by criterion points, and while a draft's key is unfinished.
    """

    form: Format
    control: Control
    staff: StaffView | None


def seen(content: Content) -> dict[str, Seen]:
    """All questions of a version by statement, numbered as they stand."""
    return {asked.statement: of_question(asked, number) for number, asked in enumerate(content.questions, 1)}


def of_question(asked: Asked, number: int = 1, answer: str = "") -> Seen:
    """One question, with an answer to it where there is one."""
    form = FORMATS[asked.format]
    shown = control(form, asked.body, held=Held(number=number, code=asked.statement, text=answer))
    finished = not form.by_points and not any(form.faults(asked.body))
    return Seen(form, shown, staff_view(form, asked.body, answer) if finished else None)
