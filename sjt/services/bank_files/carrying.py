"""Carrying an import out: in chunks that nobody sees, and one moment at which all of it appears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from item_bank.exchange import Read
from sjt.db import Database
from sjt.rules.refusals import NotNow
from sjt.services.bank_files.planning import ImportPlan, plan
from sjt.stores import bank
from sjt.stores.bank import Flip

AT_ONCE = 100  # scenarios that one transaction may put in; more are for the command line, which takes them in chunks
CHUNK = 20  # scenarios in a transaction of which there are many: a save waits a few milliseconds for it
ALONE = "import"  # the name under which imports keep out of each other's way

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Letting:
    """How scenarios are let in: for review by a second person, or live at once; by whom, and why."""

    person_id: int | None = None
    live: bool = False
    reason: str = ""

    def flip(self, spec_name: str) -> Flip:
        """The store's own words for it."""
        return Flip(spec_name, self.live, self.person_id, self.reason)


@dataclass(frozen=True)
class Importer:
    """Where an import goes, when, and whom it tells how many scenarios are in."""

    database: Database
    now: dt.datetime
    progress: Progress = lambda count: None


def import_read(to: Importer, read: Read, spec_name: str, letting: Letting, *, dry: bool = False) -> ImportPlan:
    """Put all scenarios of a bank in, or none. The plan says what was done; with faults, nothing was.

    The process may end at any moment: until the last transaction nothing is seen, and the next import takes
    away what was left. NotNow when another import is at work, or when the bank was changed meanwhile.
    """
    if dry:
        with to.database.reading() as conn:
            return plan(conn, read, spec_name)
    with to.database.alone(ALONE) as alone:
        if not alone:
            raise NotNow("import.busy")
        _clear(to.database)
        with to.database.reading() as conn:
            planned = plan(conn, read, spec_name)
        if planned.coming and not planned.faults:
            _in_chunks(to, planned, letting)
            if len(planned.coming) > AT_ONCE:
                to.database.learn(*bank.TABLES)
        return planned


def clear_left_over(database: Database) -> None:
    """Take away what a broken import left; NotNow when it is not broken but at work."""
    with database.alone(ALONE) as alone:
        if not alone:
            raise NotNow("import.busy")
        _clear(database)


def put_in(conn: sa.Connection, planned: ImportPlan, letting: Letting, now: dt.datetime) -> None:
    """Put a few scenarios in within the caller's transaction. NotNow for too many, or when the bank was changed."""
    if len(planned.coming) > AT_ONCE:
        raise NotNow("import.too_many", count=len(planned.coming), limit=AT_ONCE)
    name = bank.import_name()
    try:
        with conn.begin_nested():
            bank.stage(conn, name, planned.coming, now)
            bank.flip(conn, name, letting.flip(planned.spec_name), now, **_detail(planned))
    except sa.exc.IntegrityError as error:
        raise NotNow("import.overtaken") from error


def _in_chunks(to: Importer, planned: ImportPlan, letting: Letting) -> None:
    name = bank.import_name()
    try:
        for start in range(0, len(planned.coming), CHUNK):
            chunk = planned.coming[start : start + CHUNK]
            with to.database.transaction() as conn:
                bank.stage(conn, name, chunk, to.now)
            to.progress(len(chunk))
        with to.database.transaction() as conn:
            bank.flip(conn, name, letting.flip(planned.spec_name), to.now, **_detail(planned))
    except sa.exc.IntegrityError as error:
        _clear(to.database)
        raise NotNow("import.overtaken") from error


def _clear(database: Database) -> None:
    left = True
    while left:
        with database.transaction() as conn:
            left = bank.clear_staged(conn)


def _detail(planned: ImportPlan) -> dict[str, object]:
    changed = [[change.scenario.slug, change.scenario.version] for change in planned.changed]
    return {"added": [scenario.slug for scenario in planned.added], "changed": changed}
