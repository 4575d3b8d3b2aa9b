"""``sjt spec``: check and list test specifications and frameworks of tags."""

from __future__ import annotations

import json
from pathlib import Path

import click

from item_bank.framework import Framework
from item_bank.sources import Fault
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles, missing_lines, shipped_specifications
from sjt.services.plan_files import check_file, check_frameworks
from sjt.words import say_fault


@click.group()
def spec() -> None:
    """Test specifications."""


@spec.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the result for a machine.")
def check(file: Path, as_json: bool) -> None:
    """Check a specification or framework FILE: every fault with its line, and what the plan leaves out."""
    checked = check_file(file)
    if as_json:
        rows = {"faults": [_row(f) for f in checked.faults], "notes": [_row(n) for n in checked.notes]}
        click.echo(json.dumps({"id": checked.id, **rows}, ensure_ascii=False))
    if checked.faults:
        raise BadFiles([say_fault(fault) for fault in checked.faults])
    if not as_json:
        click.echo(f"{checked.id}: no fault. {checked.summary}")
        for note in checked.notes:
            click.echo(say_fault(note))


def _row(fault: Fault) -> dict[str, object]:
    return {"file": fault.place.file, "line": fault.place.line, "code": fault.code, "words": say_fault(fault)}


@spec.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write the list for a machine.")
def list_(as_json: bool) -> None:
    """List the specifications and frameworks that come with the product."""
    found = shipped_specifications()
    frameworks = check_frameworks()
    if as_json:
        click.echo(json.dumps(list(map(_specification_row, found)), ensure_ascii=False))
        return
    for s in found:
        click.echo(f"{s.name:<14} {s.id:<38} {s.standard:<9} {s.title}")
        for words in missing_lines(s):
            click.echo(f"{'':<14} not stated: {words}")
    click.echo("\nFrameworks, whose points scenarios may be tagged with:")
    for f in frameworks:
        click.echo(f"{f.name:<14} {f.id:<38} {len(f.points)} points. {f.title}")


def _specification_row(s: Specification) -> dict[str, object]:
    return {
        "name": s.name,
        "id": s.id,
        "standard": s.standard,
        "title": s.title,
        "in_force_from": s.in_force_from.isoformat(),
        "in_force_until": s.in_force_until.isoformat() if s.in_force_until else None,
        "pathways": list(s.blueprint.pathways),
        "missing": missing_lines(s),
    }


@spec.command()
@click.option("--json", "as_json", is_flag=True, help="Write the list for a machine.")
def frameworks(as_json: bool) -> None:
    """List every point of the frameworks that come with the product."""
    found = check_frameworks()
    if as_json:
        rows = [{"name": f.name, "id": f.id, "title": f.title, "points": _points(f)} for f in found]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for framework in found:
        click.echo(f"{framework.id}: {framework.title}")
        for section in framework.sections:
            click.echo(f"  {section.title}")
            for point in section.points:
                click.echo(f"    {framework.name}.{point.code:<5} {point.text}")


def _points(framework: Framework) -> dict[str, str]:
    return {tag: point.text for tag, point in framework.points.items()}
