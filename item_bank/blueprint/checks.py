"""Whether a blueprint is whole: what is named is there, what is listed is used, and the sums come out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from item_bank.blueprint.parts import QUESTIONS, Blueprint, Theme
from item_bank.sources import Key, Reader
from item_bank.values import at, is_missing

COUNTS = ("themes", "statements", "essential", "key", "criteria_sets")  # what a pathway's ``expect`` states
SLOTS = ("scenarios", "questions", "keys", "drawn", "weights")


def check(reader: Reader, blueprint: Blueprint) -> None:
    """Every fault of the blueprint as a whole; faults gather in the reader."""
    _check_statements(reader, blueprint)
    _check_references(reader, blueprint)
    _check_unused(reader, blueprint)
    if blueprint.layout == QUESTIONS:
        _check_pools(reader, blueprint)
    readable = {name for name in SLOTS if reader.sound("slots", name)}
    for pathway in blueprint.pathways:
        counted = _check_counts(reader, blueprint, pathway)
        if blueprint.layout == QUESTIONS:
            _check_pool_sum(reader, blueprint, pathway)
        elif not is_missing(reader, "slots", "questions"):
            _check_slots(reader, blueprint, pathway, counted, readable)


def _check_statements(reader: Reader, blueprint: Blueprint) -> None:
    """A statement's code says its theme, and no code stands under two themes (``A`` and ``A.1`` could share one)."""
    seen: set[str] = set()
    joint = "" if blueprint.layout == QUESTIONS else "."
    for s in (s for theme in blueprint.themes.values() for s in theme.statements if not s.lost):
        here = ("themes", s.theme, "statements", s.code)
        if s.key and not s.essential and reader.sound(*here, "essential"):
            reader.fault((*here, "key"), "spec.key_not_essential", statement=s.code)
        if not s.code.startswith(s.theme + joint):
            reader.fault(here, "spec.statement_misplaced", statement=s.code, theme=s.theme)
        if s.code in seen:
            reader.fault(here, "file.doubled_key", key=s.code)
        seen.add(s.code)


def _check_references(reader: Reader, blueprint: Blueprint) -> None:
    """Whatever is named must be there; a list that is itself missing is fault enough."""
    statements = blueprint.by_code()
    _check_themes(reader, blueprint)
    for s in statements.values():
        if s.criteria and blueprint.criteria and s.criteria not in blueprint.criteria:
            where = ("themes", s.theme) if s.lost else ("themes", s.theme, "statements", s.code)
            reader.fault((*where, "criteria"), "spec.unknown_criteria", criteria=s.criteria, statement=s.code)
    for name, listed in (("weights", blueprint.slots.weights), ("pools", blueprint.slots.pools)):
        for code in sorted(set(listed) - set(statements)) if statements else ():
            reader.fault((*at(reader, "slots", name), code), "spec.unknown_statement", statement=code)


def _check_themes(reader: Reader, blueprint: Blueprint) -> None:
    for pathway in blueprint.pathways.values():
        for index, theme in enumerate(pathway.themes):
            if theme and blueprint.themes and theme not in blueprint.themes:
                reader.fault(("pathways", pathway.code, "themes", index), "spec.unknown_theme", theme=theme)


def _check_unused(reader: Reader, blueprint: Blueprint) -> None:
    """Whatever is listed must be used, unless what should use it could not be read."""
    statements = blueprint.by_code().values()
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
        "statements": sum(not s.lost for s in statements),
        "essential": len(blueprint.essential(pathway)),
        "key": len(blueprint.keys(pathway)),
        "criteria_sets": len({s.criteria for s in statements if s.criteria}),
    }
    for name, leaf in (("essential", "essential"), ("key", "key"), ("criteria_sets", "criteria")):
        if not all(reader.sound("themes", s.theme, "statements", s.code, leaf) for s in statements):
            del found[name]
    return found


# ------------------------------------------------------------------------------------- papers of scenarios
def _check_slots(
    reader: Reader, blueprint: Blueprint, pathway: str, found: Mapping[str, int], readable: Collection[str]
) -> None:
    slots = blueprint.slots
    _check_each_theme_asks(reader, blueprint, pathway)
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


def _check_each_theme_asks(reader: Reader, blueprint: Blueprint, pathway: str) -> None:
    """A scenario stands on the paper for its essential statements: a theme without one would ask nothing."""
    for code in dict.fromkeys(blueprint.pathways[pathway].themes):
        theme, here = blueprint.themes.get(code), ("themes", code)
        if theme and theme.statements and not theme.lost and _flags_sound(reader, theme):
            told = any(fault.code == "spec.theme_asks_nothing" for fault in reader.faults if fault.path == here)
            if not told and not any(s.essential for s in theme.statements):
                reader.fault(here, "spec.theme_asks_nothing", theme=code)


def _flags_sound(reader: Reader, theme: Theme) -> bool:
    return all(reader.sound("themes", theme.code, "statements", s.code, "essential") for s in theme.statements)


# ------------------------------------------------------------------------------------- papers of questions
def _check_pools(reader: Reader, blueprint: Blueprint) -> None:
    """Each statement has its pool, and each pool draws in formats that the bank may use."""
    here, statements = at(reader, "slots", "pools"), blueprint.by_code()
    sound = all(blueprint.formats) and reader.sound("formats")
    for code, name in _pairs(blueprint):
        if sound and name not in blueprint.formats:
            reader.fault((*here, code, name), "spec.unlisted_format", format=name, statement=code)
    used = {name for _, name in _pairs(blueprint)}
    for index, name in enumerate(blueprint.formats if blueprint.slots.pools else ()):
        if name and name not in used:
            reader.fault((*at(reader, "formats"), index), "spec.unused_format", format=name)
    for s in statements.values() if blueprint.slots.pools else ():
        if s.code not in blueprint.slots.pools:
            where: tuple[Key, ...] = ("themes", s.theme) if s.lost else ("themes", s.theme, "statements", s.code)
            reader.fault(where, "spec.no_pool", statement=s.code)


def _pairs(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    return chain.from_iterable(((code, name) for name in pool) for code, pool in blueprint.slots.pools.items())


def _check_pool_sum(reader: Reader, blueprint: Blueprint, pathway: str) -> None:
    """The pools of a pathway add up to the questions of its paper."""
    whole = all(reader.sound(*path) for path in (("slots",), ("pathways", pathway, "themes"), ("themes",)))
    if not whole or is_missing(reader, "slots", "questions"):
        return
    own = {s.code for s in blueprint.statements(pathway)}
    listed = sum(sum(pool.values()) for code, pool in blueprint.slots.pools.items() if code in own)
    if listed != blueprint.slots.questions:
        params = {"name": "questions", "pathway": pathway, "wanted": blueprint.slots.questions, "listed": listed}
        reader.fault(("slots", "questions"), "spec.slots", **params)
