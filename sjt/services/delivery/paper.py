"""The paper as its candidate works on it: every question with the answer that the server holds."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from item_bank.formats import FORMATS, Control, Held, control
from sjt.stores import papers, scripts
from sjt.stores.attempts import Attempt


@dataclass(frozen=True)
class Line:
    """A question with the answer that the server holds, for the page and the navigator."""

    question: papers.ShownQuestion
    text: str
    revision: int
    saved_at: object | None
    flagged: bool

    @property
    def answered(self) -> bool:
        """Whether there is more than white space."""
        return bool(self.text.strip())

    @property
    def is_complete(self) -> bool:
        """Whether the answer gives everything that its question asks for."""
        return FORMATS[self.question.format].is_complete(self.question.body, self.text)

    @property
    def control(self) -> Control:
        """How it is answered: options in this paper's order, neither key nor reasons."""
        asked, held = self.question, Held(self.question.position, self.question.code, self.text, self.revision)
        return control(FORMATS[asked.format], asked.body, asked.options, held)


def lines(conn: sa.Connection, attempt: Attempt, paper: papers.ShownPaper) -> dict[int, Line]:
    """Every question of the paper with its current answer, by position."""
    held, marked = scripts.current(conn, attempt), scripts.flagged(conn, attempt.id)
    made = {}
    for question in paper.questions:
        answer = held.get(question.id)
        text, revision, at = (answer.text, answer.revision, answer.received_at) if answer else ("", 0, None)
        made[question.position] = Line(question, text, revision, at, question.id in marked)
    return made
