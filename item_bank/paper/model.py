"""What a paper is: scenarios and questions with their versions, in order, each question in its slot."""

from __future__ import annotations

from dataclasses import dataclass

from item_bank.formats import EXTENDED_ANSWER

ASSEMBLER = "3"  # stored with each paper; raised whenever the same seed would draw another paper


@dataclass(frozen=True)
class PaperQuestion:
    """A question of a paper: which version, on which statement, and whether it is a key question.

    ``slot`` names the slot of the blueprint that it fills: the proof of the paper, question by question.
    ``options`` are the ids of its options in the order in which they are shown; answers name options by id.
    """

    question: str
    version: int
    statement: str
    key: bool
    slot: str = ""
    format: str = EXTENDED_ANSWER
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperScenario:
    """A scenario of a paper with its questions in the order in which they are asked."""

    scenario: str
    version: int
    theme: str
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class Paper:
    """The exact scenarios and questions of one candidate, in order.

    ``repeats`` are the scenarios among them that this candidate has met before: the fewest that the bank allows.
    """

    scenarios: tuple[PaperScenario, ...]
    repeats: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[PaperQuestion, ...]:
        """All questions in the order of the paper."""
        return tuple(q for s in self.scenarios for q in s.questions)
