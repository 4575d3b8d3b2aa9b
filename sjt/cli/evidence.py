"""``sjt verify``, which needs no server, and ``sjt evidence``, which reads the product's database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from proctoring import bundle
from sjt.words import say

UNKNOWN_SIGNER = 3
KEY_BYTES = 32


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the organisation's public keys, one a line, kept from before.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def verify(file: Path, trust: Path | None, as_json: bool) -> None:
    """Check an evidence bundle by itself: no server, no database, no setting.

    Exit code 0: whole, and signed by a key that you trust. 1: broken; the first thing that does not fit is named.
    3: whole in itself, but without --trust nobody knows who signed it.
    """
    try:
        verdict = bundle.verify(file.read_bytes(), _keys(trust) if trust else ())
    except bundle.Broken as broken:
        words = say(broken.code, broken.params)
        told = {"verdict": "broken", "line": broken.line, "code": broken.code, "words": words}
        click.echo(json.dumps(told) if as_json else f"{file}:{broken.line}: {words}")
        sys.exit(1)
    found = {"verdict": "whole" if verdict.is_trusted else "signer unknown", **vars(verdict)}
    click.echo(json.dumps(found) if as_json else _in_words(verdict))
    sys.exit(0 if verdict.is_trusted else UNKNOWN_SIGNER)


def _in_words(verdict: bundle.Verdict) -> str:
    tail = verdict.events - verdict.sealed_to
    lines = [
        say("bundle.whole" if verdict.is_trusted else "bundle.unknown_signer", vars(verdict)),
        say("bundle.tail", first=verdict.sealed_to + 1, last=verdict.events) if tail else say("bundle.sealed"),
    ]
    return "\n".join(lines)


def _keys(path: Path) -> list[bytes]:
    """The public keys in a file: the first word of each line, 64 hexadecimal digits."""
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip():
            try:
                found.append(bytes.fromhex(line.split()[0]))
            except ValueError:
                found.append(b"")
            if len(found[-1]) != KEY_BYTES:
                raise click.UsageError(say("bundle.bad_key", file=path, line=number))
    if not found:
        raise click.UsageError(say("bundle.bad_key", file=path, line=1))
    return found


@click.group()
def evidence() -> None:
    """Evidence of the product described by the SJT_… environment."""


@evidence.command()
@click.option("--seat", "ref", required=True, help="The seat's reference, or its attempt's.")
@click.option("--reason", required=True, help="What it is exported for; this is kept.")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Default: standard output.")
def export(ref: str, reason: str, out: Path | None) -> None:
    """Write the evidence bundle of one seat, with everything an auditor may read."""
    from sjt.cli.run import product_of_environment
    from sjt.rules.access import Role
    from sjt.services import bundles
    from sjt.stores import attempts, seats

    product = product_of_environment()
    now = product.clock.now()
    with product.database.reading() as conn:
        seat = seats.by_ref(conn, ref)
        attempt = attempts.by_seat(conn, seat.id) if seat else attempts.by_ref(conn, ref)
        if attempt is None:
            raise click.ClickException(say("bundle.no_seat", ref=ref))
        made = bundles.export(conn, product, attempt, frozenset({Role.AUDITOR}), now)
    with product.database.transaction() as conn:  # kept before anything leaves
        bundles.note_export(conn, attempt, None, reason, now)
    if out:
        out.write_bytes(made)
    else:
        click.echo(made, nl=False)


@evidence.command()
def key() -> None:
    """Print the public keys that bundles are checked against, that in use first: keep them outside the product."""
    from sjt.cli.run import product_of_environment
    from sjt.services import sealing

    for number, public in sealing.public_keys(product_of_environment()).items():
        click.echo(f"{public.hex()}  {number}")
