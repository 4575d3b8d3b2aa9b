"""What a blueprint is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from item_bank.formats import EXTENDED_ANSWER

SCENARIOS, QUESTIONS = "scenarios", "questions"
LAYOUTS = (SCENARIOS, QUESTIONS)


@dataclass(frozen=True)
class Statement:
    """A knowledge statement of the standard. One question tests exactly one statement.

    ``criteria`` is empty where no answer is judged by criteria. A ``lost`` statement stands for a whole theme
    (and has its code) whose statements did not survive in the source.
    """

    code: str
    title: str
    theme: str
    essential: bool
    key: bool
    criteria: str
    lost: bool = False


@dataclass(frozen=True)
class Theme:
    """A theme of the standard; a paper of scenarios holds one for each theme of its pathway.

    ``note`` says what became of the statements of a lost theme; ``line`` is where the theme stands in its file.
    """

    code: str
    title: str
    statements: tuple[Statement, ...]
    note: str = ""
    line: int = 1

    @property
    def lost(self) -> bool:
        """Whether the source has lost what this theme asks."""
        return any(statement.lost for statement in self.statements)


@dataclass(frozen=True)
class Point:
    """One pass criterion. Its code is the set's code and its number: ``P-C4b.1``."""

    code: str
    text: str


@dataclass(frozen=True)
class CriteriaSet:
    """The points that an answer must meet, all of them, for its question to be passed."""

    code: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Pathway:
    """An option of the standard and the themes that its papers cover, in order."""

    code: str
    title: str
    themes: tuple[str, ...]


@dataclass(frozen=True)
class Slots:
    """How a paper is made up: totals, and the weights for statements drawn beside the essential ones.

    In the layout "questions" ``pools`` says how many questions of a format are drawn on each statement, and
    ``questions`` is their sum. ``questions`` is 0 when the plan does not state it: then nothing is drawn.
    """

    scenarios: int
    questions: int
    keys: int
    drawn: int
    weights: Mapping[str, int]
    pools: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of_format(self, name: str) -> int:
        """How many questions of a format the pools of a paper hold."""
        return sum(pool.get(name, 0) for pool in self.pools.values())


@dataclass(frozen=True)
class BankPolicy:
    """How a bank is kept fit: yearly reviews and the cap on exposure.

    ``review_months`` without a review take a question off new papers (None: never), ``warn_days`` before that it
    is told. No scenario should stand on more than a share of max(``exposure_floor``, ``exposure_spread`` / live
    alternatives) of the papers.
    """

    review_months: int | None = None
    warn_days: int = 60
    exposure_floor: float = 0.25
    exposure_spread: float = 1.5


@dataclass(frozen=True)
class Blueprint:
    """Everything that drawing and proving a paper needs to know of a specification.

    ``layout``: "scenarios" (one scenario a theme, whole) or "questions" (questions that stand alone, by pool).
    """

    pathways: Mapping[str, Pathway]
    themes: Mapping[str, Theme]
    criteria: Mapping[str, CriteriaSet]
    slots: Slots
    layout: str = SCENARIOS
    formats: tuple[str, ...] = (EXTENDED_ANSWER,)
    policy: BankPolicy = field(default_factory=BankPolicy)
    _listed: dict[str, tuple[Statement, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def statements(self, pathway: str) -> tuple[Statement, ...]:
        """The statements of a pathway in the order of its themes; listed once, since every grade asks for them."""
        if pathway not in self._listed:
            themes = self.pathways[pathway].themes
            self._listed[pathway] = tuple(s for code in themes for s in self.themes[code].statements)
        return self._listed[pathway]

    def essential(self, pathway: str) -> tuple[Statement, ...]:
        """The statements that every paper asks once."""
        return tuple(s for s in self.statements(pathway) if s.essential)

    def keys(self, pathway: str) -> tuple[Statement, ...]:
        """The statements whose questions must all be passed."""
        return tuple(s for s in self.statements(pathway) if s.key)

    def drawable(self, pathway: str) -> dict[str, int]:
        """The other statements that a paper may ask, each with its weight; a weight of 0 is left out."""
        weights = {s.code: self.slots.weights.get(s.code, 1) for s in self.statements(pathway) if not s.essential}
        return {code: weight for code, weight in weights.items() if weight > 0}

    def asked(self, statement: Statement) -> str:
        """How papers ask a statement: "every", "some", "never", "unstated" (as their number of questions), "lost"."""
        if statement.lost:
            return "lost"
        if not self.slots.questions:
            return "unstated"
        if statement.essential or statement.code in self.slots.pools:
            return "every"
        weight = 0 if self.layout == QUESTIONS else self.slots.weights.get(statement.code, 1)
        return "some" if weight and self.slots.drawn else "never"

    def lost(self, pathway: str) -> tuple[Theme, ...]:
        """The themes of a pathway whose statements the source has lost."""
        return tuple(self.themes[code] for code in self.pathways[pathway].themes if self.themes[code].lost)

    def statement(self, code: str) -> Statement:
        """A statement by its code; KeyError when the specification has none such."""
        return self.by_code()[code]

    def points(self, statement: str) -> tuple[Point, ...]:
        """The criterion points that an answer on a statement must meet; none where no criteria are used."""
        criteria = self.statement(statement).criteria
        return self.criteria[criteria].points if criteria else ()

    def by_code(self) -> dict[str, Statement]:
        """All statements by code."""
        return {s.code: s for theme in self.themes.values() for s in theme.statements}
