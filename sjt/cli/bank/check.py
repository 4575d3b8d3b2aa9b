"""``sjt bank check``: hold a bank of files against a specification."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from item_bank import coverage
from item_bank.exchange import READINGS, Read, open_bank, read_readings, unread
from item_bank.health import thin_pools
from item_bank.scenarios import Bank
from item_bank.shipped import CONTENT
from item_bank.sources import Fault
from sjt.clock import SystemClock
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles, find_specification
from sjt.words import say

NAMED = 5  # items without a reading that are named; the rest is counted


@dataclass(frozen=True)
class Row:
    """A fault or a note: where, what, and in words."""

    file: str
    line: int
    code: str
    words: str


@dataclass(frozen=True)
class Checked:
    """A bank with what is wrong with it and what is only worth knowing."""

    bank: Bank
    faults: tuple[Row, ...]
    notes: tuple[Row, ...]


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--spec", "name", default="st0087-1.0", show_default=True, help="Short name or full id.")
@click.option("--json", "as_json", is_flag=True, help="Write the result for a machine.")
def check(path: Path | None, name: str, as_json: bool) -> None:
    """Check the bank in PATH, a folder or a .zip file (by default the one that comes with the product)."""
    specification = find_specification(name, today())
    checked = check_bank(path, specification)
    if as_json:
        click.echo(json.dumps(_report(checked, specification), ensure_ascii=False))
    if checked.faults:
        raise BadFiles([f"{row.file}:{row.line}: {row.words}" if row.line else row.words for row in checked.faults])
    if not as_json:
        _print(checked, specification)


def today() -> dt.date:
    """Today's date in UTC, which decides the version in force."""
    return SystemClock().now().date()


def check_bank(path: Path | None, specification: Specification) -> Checked:
    """Read a bank, find every fault in it, and note what a person should look at or the specification leaves open."""
    from item_bank.style import lint

    shown = str(path) if path else f"item_bank/content/{specification.name}"
    read = open_bank(path or CONTENT / specification.name, specification.blueprint, shown)
    if path is None and [fault.code for fault in read.faults] == ["bank.empty"]:
        empty = Row(shown, 0, "note.no_content", say("note.no_content"))
        return Checked(read.bank, (), (*_gaps(specification), empty))
    style = lint(read, specification.blueprint, specification.name, shown)
    notes = (*_gaps(specification), *map(_row, style.notes))
    if read.faults:
        return Checked(read.bank, _in_order([*read.faults, *style.faults]), notes)
    wrong, unread_rows = _readings(path, read, specification, shown)
    notes = (*notes, *_thin(read.bank, specification, shown), *unread_rows)
    faults, short = _in_order([*style.faults, *wrong]), tuple(_shortages(read, specification, shown))
    # A bank that comes with the product may still grow; one that somebody gives is meant to serve.
    return Checked(read.bank, faults, (*notes, *short)) if path is None else Checked(read.bank, faults + short, notes)


def _in_order(faults: list[Fault]) -> tuple[Row, ...]:
    return tuple(_row(fault) for fault in sorted(faults, key=lambda fault: (fault.place, fault.code)))


def _readings(
    path: Path | None, read: Read, specification: Specification, shown: str
) -> tuple[list[Fault], tuple[Row, ...]]:
    """What is wrong in the record of second readings, and which items have none; a bank in PATH needs no record."""
    name = f"{READINGS}/{specification.name}.yaml"
    file = (path or CONTENT) / name
    if path is not None and not file.exists():
        return [], ()
    read_slugs, faults = frozenset[str](), list[Fault]()
    if file.exists():
        read_slugs, faults = read_readings(file, f"{path or 'item_bank/content'}/{name}", read.bank, today())
    left = unread(read.bank, read_slugs)
    if not left:
        return faults, ()
    named = ", ".join(left[:NAMED]) + (", …" if len(left) > NAMED else "")
    words = say("note.unread", count=len(left), all=len(read.bank.scenarios), names=named)
    return faults, (Row(shown, 0, "note.unread", words),)


def _row(fault: Fault) -> Row:
    return Row(fault.place.file, fault.place.line, fault.code, say(fault.code, fault.params))


def _shortages(read: Read, specification: Specification, shown: str) -> Iterator[Row]:
    """What keeps papers from being drawn. Nothing is drawn at all while the plan leaves values out."""
    blueprint = specification.blueprint
    for pathway in () if specification.missing else blueprint.pathways:
        for short in coverage.shortages(read.bank, blueprint, pathway):
            yield Row(shown, 0, short.code, say(short.code, short.params))


def _gaps(specification: Specification) -> Iterator[Row]:
    """What the source of a specification left open."""
    for gap in specification.missing:
        yield Row(specification.file, gap.line, "note.missing", say("note.missing", name=gap.name, words=gap.words))
    for theme in specification.blueprint.themes.values():
        if theme.lost:
            yield Row(specification.file, 0, "note.lost", say("note.lost", theme=theme.code, title=theme.title))


def _thin(bank: Bank, specification: Specification, shown: str) -> Iterator[Row]:
    """Pools below what is recommended before launch."""
    for thin in thin_pools(bank, specification.blueprint):
        code = "note.thin_pool" if thin.format else "note.thin_theme"
        yield Row(shown, 0, code, say(code, vars(thin)))


def _report(checked: Checked, specification: Specification) -> dict[str, object]:
    blueprint = specification.blueprint
    sound = not checked.faults
    counts = coverage.statements(checked.bank, blueprint) if sound else {}
    return {
        "faults": [vars(row) for row in checked.faults],
        "notes": [vars(row) for row in checked.notes],
        "pools": {theme: {"scenarios": n} for theme, n in coverage.pools(checked.bank, blueprint).items()},
        "statements": {code: {"questions": c.total(), "formats": dict(c)} for code, c in counts.items()},
    }


def _print(checked: Checked, specification: Specification) -> None:
    counts = coverage.statements(checked.bank, specification.blueprint)
    for theme, units in coverage.pools(checked.bank, specification.blueprint).items():
        codes = [s.code for s in specification.blueprint.themes[theme].statements]
        questions = ", ".join(f"{code} {counts[code].total()}" for code in codes)
        click.echo(f"{theme:<4} {units} scenarios; questions: {questions}")
    for row in checked.notes:
        place = f"{row.file}:{row.line}: " if row.line and row.code.startswith("style.") else ""
        click.echo(f"note: {place}{row.words}")
    click.echo("no fault")
