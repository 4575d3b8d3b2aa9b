"""``sjt bank``: check a bank of scenario files against a specification."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from item_bank import coverage
from item_bank.exchange import read_bank
from item_bank.scenarios import Bank
from item_bank.shipped import CONTENT
from sjt.clock import SystemClock
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles, find_specification
from sjt.words import say, say_fault


@click.group()
def bank() -> None:
    """Item banks."""


@bank.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--spec", "name", default="st0087-1.0", show_default=True, help="Short name or full id.")
@click.option("--json", "as_json", is_flag=True, help="Write the result for a machine.")
def check(path: Path | None, name: str, as_json: bool) -> None:
    """Check the bank in folder PATH (by default the one that comes with the product)."""
    specification = find_specification(name, today())
    shown = None if path else f"item_bank/content/{specification.name}"
    found, faults = read_bank(path or CONTENT / specification.name, specification.blueprint, shown or "")
    lines = [say_fault(fault) for fault in faults]
    rows: list[dict[str, object]] = [
        {"file": f.place.file, "line": f.place.line, "code": f.code, "words": say_fault(f)} for f in faults
    ]
    if not faults:
        shortages = [say("bank.short", vars(s)) for s in _shortages(found, specification)]
        lines += shortages
        rows += [{"file": shown or str(path), "line": 1, "code": "bank.short", "words": words} for words in shortages]
    if as_json:
        click.echo(json.dumps(_report(found, specification, rows), ensure_ascii=False))
    if lines:
        raise BadFiles(lines)
    if not as_json:
        _print(found, specification)


def today() -> dt.date:
    """Today's date in UTC, which decides the version in force."""
    return SystemClock().now().date()


def _shortages(found: Bank, specification: Specification) -> list[coverage.Shortage]:
    blueprint = specification.blueprint
    return [s for pathway in blueprint.pathways for s in coverage.shortages(found, blueprint, pathway)]


def _report(found: Bank, specification: Specification, rows: list[dict[str, object]]) -> dict[str, object]:
    blueprint = specification.blueprint
    counts = coverage.statements(found, blueprint) if not rows else {}
    return {
        "faults": rows,
        "notes": [],
        "pools": {theme: {"scenarios": n} for theme, n in coverage.pools(found, blueprint).items()},
        "statements": {code: {"questions": c.total(), "formats": dict(c)} for code, c in counts.items()},
    }


def _print(found: Bank, specification: Specification) -> None:
    counts = coverage.statements(found, specification.blueprint)
    for theme, scenarios in coverage.pools(found, specification.blueprint).items():
        codes = [s.code for s in specification.blueprint.themes[theme].statements]
        questions = ", ".join(f"{code} {counts[code].total()}" for code in codes)
        click.echo(f"{theme:<4} {scenarios} scenarios; questions: {questions}")
    click.echo("no fault")
