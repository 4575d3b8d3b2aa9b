"""The blueprint of a test: pathways, themes, statements, criteria sets and the slots of a paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from item_bank.sources import Reader

SLOTS = ("scenarios", "questions", "keys", "drawn", "weights")
COUNTS = ("themes", "statements", "essential", "key", "criteria_sets")  # what a pathway's ``expect`` states


@dataclass(frozen=True)
class Statement:
    """A knowledge statement of the standard. One question tests exactly one statement."""

    code: str
    title: str
    theme: str
    essential: bool
    key: bool
    criteria: str


@dataclass(frozen=True)
class Theme:
    """A theme of the standard; a paper holds one scenario for each theme of its pathway."""

    code: str
    title: str
    statements: tuple[Statement, ...]


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
    """How a paper is made up: totals, and the weights for statements drawn beside the essential ones."""

    scenarios: int
    questions: int
    keys: int
    drawn: int
    weights: Mapping[str, int]


@dataclass(frozen=True)
class Blueprint:
    """Everything that drawing and proving a paper needs to know of a specification."""

    pathways: Mapping[str, Pathway]
    themes: Mapping[str, Theme]
    criteria: Mapping[str, CriteriaSet]
    slots: Slots

    def statements(self, pathway: str) -> tuple[Statement, ...]:
        """The statements of a pathway in the order of its themes."""
        return tuple(s for t in self.pathways[pathway].themes for s in self.themes[t].statements)

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

    def statement(self, code: str) -> Statement:
        """A statement by its code; KeyError when the specification has none such."""
        return self._by_code()[code]

    def points(self, statement: str) -> tuple[Point, ...]:
        """The criterion points that an answer on a statement must meet."""
        return self.criteria[self.statement(statement).criteria].points

    def _by_code(self) -> dict[str, Statement]:
        return {s.code: s for theme in self.themes.values() for s in theme.statements}


def read_blueprint(reader: Reader) -> Blueprint:
    """Read the blueprint part of a specification file; faults gather in the reader."""
    criteria = {code: _criteria_set(reader, code) for code in reader.keys("criteria")}
    themes = {code: _theme(reader, code) for code in reader.keys("themes")}
    pathways = {code: _pathway(reader, code) for code in reader.keys("pathways")}
    blueprint = Blueprint(pathways, themes, criteria, _slots(reader))
    _check_statements(reader, blueprint)
    _check_references(reader, blueprint)
    _check_unused(reader, blueprint)
    readable = {name for name in SLOTS if reader.sound("slots", name)}
    for pathway in blueprint.pathways:
        _check_slots(reader, blueprint, pathway, _check_counts(reader, blueprint, pathway), readable)
    return blueprint


def _criteria_set(reader: Reader, code: str) -> CriteriaSet:
    texts = reader.texts("criteria", code)
    return CriteriaSet(code, tuple(Point(f"{code}.{n}", text) for n, text in enumerate(texts, 1)))


def _theme(reader: Reader, code: str) -> Theme:
    here = ("themes", code)
    reader.only({"title", "statements"}, *here)
    title = reader.text(*here, "title")
    codes = reader.keys(*here, "statements")
    return Theme(code, title, tuple(_statement(reader, code, statement) for statement in codes))


def _statement(reader: Reader, theme: str, code: str) -> Statement:
    here = ("themes", theme, "statements", code)
    reader.only({"title", "essential", "key", "criteria"}, *here)
    title, criteria = reader.text(*here, "title"), reader.text(*here, "criteria")
    essential = reader.flag(*here, "essential")
    key = reader.flag(*here, "key") if reader.get(*here, "key") is not None else False
    return Statement(code, title, theme, essential, key, criteria)


def _pathway(reader: Reader, code: str) -> Pathway:
    here = ("pathways", code)
    reader.only({"title", "qualification", "themes", "expect"}, *here)
    if reader.get(*here, "qualification") is not None:
        reader.text(*here, "qualification")
    return Pathway(code, reader.text(*here, "title"), tuple(reader.texts(*here, "themes")))


def _slots(reader: Reader) -> Slots:
    reader.only(SLOTS, "slots")
    weighted = reader.keys("slots", "weights") if reader.get("slots", "weights") is not None else []
    return Slots(
        scenarios=reader.whole("slots", "scenarios", low=1, high=500),
        questions=reader.whole("slots", "questions", low=1, high=500),
        keys=reader.whole("slots", "keys", high=500),
        drawn=reader.whole("slots", "drawn", high=500),
        weights={code: reader.whole("slots", "weights", code, high=1000) for code in weighted},
    )


def _check_statements(reader: Reader, blueprint: Blueprint) -> None:
    """A statement's code says its theme, and no code stands under two themes (``A`` and ``A.1`` could share one)."""
    seen: set[str] = set()
    for s in (s for theme in blueprint.themes.values() for s in theme.statements):
        here = ("themes", s.theme, "statements", s.code)
        if s.key and not s.essential and reader.sound(*here, "essential"):
            reader.fault((*here, "key"), "spec.key_not_essential", statement=s.code)
        if not s.code.startswith(f"{s.theme}."):
            reader.fault(here, "spec.statement_misplaced", statement=s.code, theme=s.theme)
        if s.code in seen:
            reader.fault(here, "file.doubled_key", key=s.code)
        seen.add(s.code)


def _check_references(reader: Reader, blueprint: Blueprint) -> None:
    """Whatever is named must be there; a list that is itself missing is fault enough."""
    statements = blueprint._by_code()
    for pathway in blueprint.pathways.values():
        for index, theme in enumerate(pathway.themes):
            if theme and blueprint.themes and theme not in blueprint.themes:
                reader.fault(("pathways", pathway.code, "themes", index), "spec.unknown_theme", theme=theme)
    for s in statements.values():
        if s.criteria and blueprint.criteria and s.criteria not in blueprint.criteria:
            where = ("themes", s.theme, "statements", s.code, "criteria")
            reader.fault(where, "spec.unknown_criteria", criteria=s.criteria, statement=s.code)
    for code in blueprint.slots.weights:
        if statements and code not in statements:
            reader.fault(("slots", "weights", code), "spec.unknown_statement", statement=code)


def _check_unused(reader: Reader, blueprint: Blueprint) -> None:
    """Whatever is listed must be used, unless what should use it could not be read."""
    statements = blueprint._by_code().values()
    if statements and all(s.criteria for s in statements):
        for code in sorted(set(blueprint.criteria) - {s.criteria for s in statements}):
            reader.fault(("criteria", code), "spec.unused_criteria", criteria=code)
    pathways = blueprint.pathways.values()
    if pathways and all(p.themes and all(p.themes) for p in pathways):
        for code in sorted(set(blueprint.themes) - {theme for p in pathways for theme in p.themes}):
            reader.fault(("themes", code), "spec.unused_theme", theme=code)


def _check_counts(reader: Reader, blueprint: Blueprint, pathway: str) -> dict[str, int]:
    """The file's own expected counts must agree with what it lists; returns what could be counted."""
    here, themes = ("pathways", pathway), blueprint.pathways[pathway].themes
    reader.only(COUNTS, *here, "expect")
    found = _counts(reader, blueprint, pathway)
    for name in COUNTS:
        expected = reader.whole(*here, "expect", name)
        if name in found and reader.sound(*here, "expect", name) and expected != found[name]:
            reader.fault((*here, "expect", name), "spec.count", name=name, expected=expected, found=found[name])
    if "themes" in found and len(set(themes)) != len(themes):
        reader.fault((*here, "themes"), "spec.doubled_theme", pathway=pathway)
    return found


def _counts(reader: Reader, blueprint: Blueprint, pathway: str) -> dict[str, int]:
    """What a pathway lists, by name. A count of things that are themselves at fault is left out."""
    if not reader.sound("pathways", pathway, "themes") or not blueprint.themes:
        return {}
    themes = [blueprint.themes[code] for code in blueprint.pathways[pathway].themes]
    if not all(theme.statements for theme in themes):
        return {"themes": len(themes)}
    statements = blueprint.statements(pathway)
    found = {
        "themes": len(themes),
        "statements": len(statements),
        "essential": len(blueprint.essential(pathway)),
        "key": len(blueprint.keys(pathway)),
        "criteria_sets": len({s.criteria for s in statements}),
    }
    for name, leaf in (("essential", "essential"), ("key", "key"), ("criteria_sets", "criteria")):
        if not all(reader.sound("themes", s.theme, "statements", s.code, leaf) for s in statements):
            del found[name]
    return found


def _check_slots(
    reader: Reader, blueprint: Blueprint, pathway: str, found: Mapping[str, int], readable: Collection[str]
) -> None:
    slots = blueprint.slots
    if "drawn" not in readable:
        return
    sums = {
        "scenarios": (slots.scenarios, "themes", 0),
        "questions": (slots.questions, "essential", slots.drawn),
        "keys": (slots.keys, "key", 0),
    }
    for name, (wanted, counted, more) in sums.items():
        if name in readable and counted in found and wanted != found[counted] + more:
            listed = found[counted] + more
            reader.fault(("slots", name), "spec.slots", name=name, pathway=pathway, wanted=wanted, listed=listed)
    if "weights" in readable and "essential" in found and len(blueprint.drawable(pathway)) < slots.drawn:
        reader.fault(("slots", "drawn"), "spec.nothing_to_draw", pathway=pathway)
