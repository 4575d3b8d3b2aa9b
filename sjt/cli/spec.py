"""``sjt spec``: check and list test specifications."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sjt.services.files import BadFiles, check_specification, shipped_specifications
from sjt.words import say_fault


@click.group()
def spec() -> None:
    """Test specifications."""


@spec.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the result for a machine.")
def check(file: Path, as_json: bool) -> None:
    """Check a specification FILE and report every fault with its line."""
    found, faults = check_specification(file)
    lines = [say_fault(fault) for fault in faults]
    if as_json:
        rows = [{"file": f.place.file, "line": f.place.line, "code": f.code, "words": say_fault(f)} for f in faults]
        click.echo(json.dumps({"id": found.id, "faults": rows}, ensure_ascii=False))
    if lines:
        raise BadFiles(lines)
    if not as_json:
        pathways = ", ".join(found.blueprint.pathways)
        click.echo(f"{found.id}: no fault. Pathways: {pathways}. {found.duration_minutes} minutes.")


@spec.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write the list for a machine.")
def list_(as_json: bool) -> None:
    """List the specifications that come with the product."""
    rows = [
        {
            "name": s.name,
            "id": s.id,
            "standard": s.standard,
            "title": s.title,
            "in_force_from": s.in_force_from.isoformat(),
            "in_force_until": s.in_force_until.isoformat() if s.in_force_until else None,
            "pathways": list(s.blueprint.pathways),
        }
        for s in shipped_specifications()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['name']:<14} {row['id']:<28} {row['standard']}  {row['title']}")
