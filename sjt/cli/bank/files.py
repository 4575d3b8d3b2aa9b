"""``sjt bank import`` and ``sjt bank export``: a bank into the database, and out of it, as files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from item_bank.exchange import open_bank
from sjt.rules.access import refusal
from sjt.rules.refusals import Refusal
from sjt.services.files import BadFiles, find_specification
from sjt.words import say, say_fault

if TYPE_CHECKING:  # the database is loaded only when one of these commands runs
    from sjt.services.bank_files import ImportPlan, Letting
    from sjt.services.product import Product

SHOWN_FROM = 200  # scenarios; fewer take less than a second


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--spec", "name", required=True, help="Short name or full id of the specification.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--by", "email", default=None, help="Whose import it is: an e-mail address of the product.")
@click.option("--live", is_flag=True, help="Publish at once, without review. Needs a manager's address and a reason.")
@click.option("--reason", default="", help="Why it goes live without review.")
@click.option("--json", "as_json", is_flag=True, help="Write the result for a machine.")
def import_bank(path: Path, name: str, dry: bool, email: str | None, live: bool, reason: str, as_json: bool) -> None:
    """Take in the bank in PATH, a folder or a .zip file.

    New scenarios and new versions wait for review by a second person. On any fault nothing is taken in.
    """
    from sjt.services.bank_files import Importer, import_read

    with _product() as product:
        now = product.clock.now()
        specification = find_specification(name, now.date())
        letting = _letting(product, email, live, reason.strip())
        with product.database.reading() as conn:
            known = _slugs(conn, specification.name)
        read = open_bank(path, specification.blueprint, str(path), known)
        planned = None
        if not read.faults:
            with _bar(len(read.bank.scenarios)) as bar:
                to = Importer(product.database, now, bar.update if bar else lambda count: None)
                planned = _refused_in_words(lambda: import_read(to, read, specification.name, letting, dry=dry))
    faults = planned.faults if planned else read.faults
    if as_json:
        rows = [
            {"file": f.place.file, "line": f.place.line, "code": f.code, "words": say(f.code, f.params)} for f in faults
        ]
        click.echo(json.dumps({"faults": rows, "dry_run": dry, **_report(planned)}, ensure_ascii=False))
    if faults:
        raise BadFiles([say_fault(fault) for fault in faults])
    if planned and not as_json:
        _print(planned, dry)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--spec", "name", required=True, help="Short name or full id of the specification.")
@click.option("--which", type=click.Choice(["newest", "live"]), default="newest", show_default=True)
def export_bank(folder: Path, name: str, which: str) -> None:
    """Write the bank of a specification to FOLDER, which must be empty. The export is recorded."""
    from sjt.services.bank_files import EXPORTED, exported, keep_folder
    from sjt.stores.people import record

    with _product() as product:
        now = product.clock.now()
        specification = find_specification(name, now.date())
        with product.database.reading() as conn:
            files = exported(conn, specification.name, which)
        if not files:
            raise BadFiles([say("export.nothing")])
        keep_folder(folder, files)
        with product.database.transaction() as conn:
            detail = {"purpose": "command line", "which": which, "scenarios": len(files)}
            record(conn, None, EXPORTED, "bank", specification.name, now, **detail)
    click.echo(f"{len(files)} written")


@contextmanager
def _product() -> Iterator[Product]:
    """The product of the SJT_… environment, its database up to date."""
    from sjt.config import BadSettings, read_settings
    from sjt.db import migrate
    from sjt.services.product import make_product

    try:
        settings = read_settings(os.environ)
    except BadSettings as bad:
        raise BadFiles(bad.lines) from bad
    migrate(settings.database_url)
    product = make_product(settings)
    try:
        yield product
    finally:
        product.database.dispose()


def _slugs(conn: Any, spec_name: str) -> frozenset[str]:
    from sjt.stores.bank import enemies_named

    return frozenset(enemies_named(conn, spec_name))


def _letting(product: Product, email: str | None, live: bool, reason: str) -> Letting:
    """Who lets the scenarios in, and how; BadFiles when they may not."""
    from sjt.services.bank_files import Letting
    from sjt.stores.people import by_email

    if live and not (email and reason):
        raise BadFiles([say("import.live_needs")])
    if reason and not live:
        raise BadFiles([say("import.reason_alone")])
    if email is None:
        return Letting()
    with product.database.reading() as conn:
        account = by_email(conn, email)
    if account is None:
        raise BadFiles([say("import.no_person", email=email)])
    if refusal("bank.import_live" if live else "bank.files", account.person.roles) is not None:
        raise BadFiles([say("import.not_manager" if live else "import.not_theirs", name=account.person.name)])
    return Letting(account.person.id, live, reason)


def _refused_in_words(act: Callable[[], ImportPlan]) -> ImportPlan:
    try:
        return act()
    except Refusal as refused:
        raise BadFiles([say(refused.code, refused.params)]) from refused


def _bar(count: int) -> Any:
    if count < SHOWN_FROM:
        return nullcontext()
    return click.progressbar(length=count, label="Importing", file=sys.stderr)


def _report(planned: ImportPlan | None) -> dict[str, object]:
    if planned is None:
        return {"added": [], "changed": [], "unchanged": []}
    return {
        "added": [{"slug": s.slug, "version": s.version} for s in planned.added],
        "changed": [
            {"slug": c.scenario.slug, "version": c.scenario.version, "before": c.before,
             "words_in": c.words_in, "words_out": c.words_out}
            for c in planned.changed
        ],
        "unchanged": list(planned.unchanged),
    }  # fmt: skip


def _print(planned: ImportPlan, dry: bool) -> None:
    for scenario in planned.added:
        click.echo(f"+ {scenario.slug} v{scenario.version}")
    for change in planned.changed:
        words = f"{change.words_in} words in, {change.words_out} out"
        click.echo(f"~ {change.scenario.slug} v{change.before} to v{change.scenario.version}: {words}")
    for slug in planned.unchanged:
        click.echo(f"= {slug}")
    done = f"{len(planned.added)} added, {len(planned.changed)} changed, {len(planned.unchanged)} unchanged"
    click.echo(f"{done}; a dry run, nothing was imported" if dry else done)
