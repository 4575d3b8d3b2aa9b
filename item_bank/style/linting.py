"""A bank held against the style guide. What a machine can be sure of is a fault, the rest a note for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from item_bank.blueprint import Blueprint
from item_bank.exchange import Read, word_count
from item_bank.formats import FORMATS
from item_bank.scenarios import Guidance, Question, Scenario
from item_bank.sources import Fault, Key, Place, Source
from item_bank.style.alike import Said, twins
from item_bank.style.data import Style, read_style
from item_bank.style.keys import choice, length_notes, spread_notes
from item_bank.style.models import model_faults
from item_bank.style.prose import reading_grade
from item_bank.style.watching import found_words

ENOUGH = "Enough:"
REPEATED, SAME = "style.repeated", 100


@dataclass(frozen=True)
class Linted:
    """What must be mended, and what a person should look at."""

    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]


@dataclass(frozen=True)
class _Asked:
    """A question beside the place of its parts in its file."""

    question: Question
    source: Source
    path: tuple[Key, ...]

    def note(self, name: str, code: str, /, **params: object) -> Fault:
        """A fault or note at a part of the question."""
        path = (*self.path, name)
        return Fault(self.source.at(*path), code, params, path)


def lint(read: Read, blueprint: Blueprint, spec_name: str, shown: str) -> Linted:
    """Every fault and note of style in the files of a bank. ``shown`` stands for the bank as a whole.

    A bank with faults of other kinds is looked at as far as it could be read, so that all faults come at once.
    """
    style, broken = read_style(spec_name)
    if broken:
        return Linted(tuple(broken), ())
    units = {scenario.slug: scenario for scenario in read.bank.scenarios}  # of a doubled slug the one with the source
    asked = [one for slug, unit in units.items() for one in _asked(unit, read.sources[slug])]
    repeats, alike = _twins(units, read.sources, asked, style)
    faults = [*(fault for one in asked for fault in _unasked(one, blueprint, style)), *repeats]
    faults += [fault for one in asked for fault in _models(one, blueprint, style)]
    notes = [note for slug, unit in units.items() for note in _unit_notes(unit, read.sources[slug], style)]
    notes += [note for one in asked for note in _question_notes(one, style)]
    return Linted(_sorted(faults), _sorted([*notes, *alike, *_bank_notes(asked, style, shown)]))


def _sorted(found: list[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(found, key=lambda fault: (fault.place, fault.code)))


def _asked(unit: Scenario, source: Source) -> Iterator[_Asked]:
    for n, question in enumerate(unit.questions):
        yield _Asked(question, source, () if unit.stands_alone else ("questions", n))


def _unasked(one: _Asked, blueprint: Blueprint, style: Style) -> Iterator[Fault]:
    """Points of the statement that no sentence asks for."""
    points = _points(one, blueprint) if one.question.text else {}
    for code in style.asking.unasked(one.question.text, points):
        yield one.note("text", "style.unasked", point=code, words=points[code])


def _models(one: _Asked, blueprint: Blueprint, style: Style) -> Iterator[Fault]:
    """Model answers that are missing, too short or long, alike, or that leave a point out."""
    points = _points(one, blueprint)
    for name, code, params in model_faults(one.question, points, style.limits) if points else ():
        path = (*one.path, "body", name) if name else one.path
        yield Fault(one.source.at(*path), code, params, path)


def _points(one: _Asked, blueprint: Blueprint) -> dict[str, str]:
    """The words of each criterion point that a question is marked by; none where marks are given otherwise."""
    question = one.question
    if question.statement not in blueprint.by_code() or question.format not in FORMATS:
        return {}
    return {p.code: p.text for p in blueprint.points(question.statement)} if FORMATS[question.format].by_points else {}


def _twins(
    units: Mapping[str, Scenario], sources: Mapping[str, Source], asked: list[_Asked], style: Style
) -> tuple[list[Fault], list[Fault]]:
    """Repeated questions, which are faults; and what is only alike, or a situation."""
    stems = [Said(o.question.text, o.question.statement, o.source.at(*o.path, "text")) for o in asked]
    situations = [Said(u.text, u.theme, sources[slug].at("text")) for slug, u in units.items()]
    faults, notes = [], []
    for twin in twins(stems, style.limits["question.alike"]):
        first, second = twin.first.place, twin.second.place
        where = {"file": first.file, "line": first.line, "alike": f"{twin.alike:.0f}"}
        if twin.alike == SAME:
            faults.append(Fault(second, REPEATED, where))
        else:
            notes.append(Fault(second, "style.alike_question", where))
    for twin in twins(situations, style.limits["situation.alike"]):
        first, second = twin.first.place, twin.second.place
        where = {"file": first.file, "line": first.line, "alike": f"{twin.alike:.0f}"}
        notes.append(Fault(second, "style.alike_situation", where))
    return faults, notes


def _unit_notes(unit: Scenario, source: Source, style: Style) -> Iterator[Fault]:
    """A situation that is hard to read, guides that do not say what suffices, words to think about again."""
    for words in _hard(unit.text, "situation", style):
        yield Fault(source.at("text"), "style.situation_grade", words, ("text",))
    open_ended = [q for q in unit.questions if any(not _says_enough(guide) for guide in q.guide.values())]
    if open_ended:
        named = ", ".join(q.statement for q in open_ended)
        yield Fault(source.at("questions"), "style.enough", {"statements": named}, ("questions",))
    for path, found, watched in found_words(source, unit.stands_alone, style.watched):
        yield Fault(source.at(*path), "style.watched", {"word": found, "why": watched.why}, path)


def _hard(text: str, part: str, style: Style) -> Iterator[dict[str, object]]:
    """The estimate for a text that reads too hard; of a few words nothing can be estimated."""
    limit = style.limits[f"{part}.grade"]
    if word_count(text) >= style.limits[f"{part}.from"] and (grade := reading_grade(text)) > limit:
        yield {"grade": f"{grade:.1f}", "limit": f"{limit:.0f}"}


def _says_enough(guide: Guidance) -> bool:
    """Whether the last line of what meets a point says what suffices."""
    last = guide.meets.rstrip().splitlines()[-1:] or [""]
    return last[0].lstrip("-*+ ").startswith(ENOUGH)


def _question_notes(one: _Asked, style: Style) -> Iterator[Fault]:
    text, limits = one.question.text, style.limits
    for words in _hard(text, "question", style):
        yield one.note("text", "style.question_grade", **words)
    if word_count(text) > limits["question.words"]:
        yield one.note("text", "style.question_long", words=word_count(text), limit=f"{limits['question.words']:.0f}")
    found = choice(one.question)
    for code, params in length_notes(found, limits) if found else ():
        yield one.note("body", code, **params)


def _bank_notes(asked: list[_Asked], style: Style, shown: str) -> Iterator[Fault]:
    choices = [found for one in asked if (found := choice(one.question))]
    for code, params in spread_notes(choices, style.limits):
        yield Fault(Place(shown, 0), code, params)
