"""Candidates by file: every fault by row and column, a preview of what will change, then all of it or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules import entries
from sjt.rules.refusals import NotNow
from sjt.services.registration import candidates as entering
from sjt.services.registration import plans
from sjt.services.registration.csv_files import BadTable, CellFault, Row, read_table, write_table
from sjt.stores import candidates, people, seats
from sjt.stores.candidates import Candidate, CandidateFacts, Search
from sjt.stores.people import Person


@dataclass(frozen=True)
class Planned:
    """One row of an import: what will stand, what stands now, and the entries that differ."""

    row: int
    facts: CandidateFacts
    before: Candidate | None
    differs: tuple[str, ...]


@dataclass(frozen=True)
class ImportPlan:
    """What an import will do. ``mark`` changes when the file or the candidates do."""

    added: tuple[Planned, ...]
    changed: tuple[Planned, ...]
    same: int

    @property
    def mark(self) -> str:
        """A mark of what was shown, so that nothing else is ever confirmed."""
        seen = [(p.facts, entering.seen(p.before) if p.before else "") for p in (*self.added, *self.changed)]
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def plan(conn: sa.Connection, data: bytes) -> ImportPlan:
    """What a file of candidates would do. BadTable names every fault by row and column."""
    rows = read_table(data, entries.COLUMNS)
    kept = [(row, entries.tidy_candidate(row.cells)) for row in rows]
    known = plans.pathways()
    faults = [
        CellFault(row.number, *fault) for row, values in kept for fault in entries.candidate_faults(values, known)
    ]
    faults += _doubled(kept)
    standing = candidates.by_numbers(conn, [values["number"] for _, values in kept])
    if not faults:
        planned = [_planned(row, values, standing) for row, values in kept]
        faults = _change_faults(conn, planned)
    if faults:
        raise BadTable(faults)
    added = tuple(p for p in planned if p.before is None)
    changed = tuple(p for p in planned if p.before is not None and p.differs)
    return ImportPlan(added, changed, len(planned) - len(added) - len(changed))


def carry_out(conn: sa.Connection, planned: ImportPlan, by: Person, now: dt.datetime) -> None:
    """Do what was planned. NotNow when somebody else entered or booked one of them at this moment."""
    before = {p.before.id: p.before for p in planned.changed if p.before}
    candidates.lock(conn, before)
    if candidates.by_ids(conn, before) != before or _change_faults(conn, planned.changed):
        raise NotNow("candidate.raced")
    try:
        with conn.begin_nested():
            refs = candidates.add(conn, [p.facts for p in planned.added], by.id, now)
            refs += [entering.keep_change(conn, p.before, p.facts) for p in planned.changed if p.before]
    except sa.exc.IntegrityError:
        raise NotNow("candidate.raced") from None
    detail = {"added": len(planned.added), "changed": len(planned.changed), "candidates": refs}
    people.record(conn, by.id, "candidates.imported", "import", planned.mark[:32], now, **detail)


def template() -> bytes:
    """A file to fill in: the header and one invented row."""
    known = plans.pathways()
    name = next(iter(known))
    example = ["A-0001", "Ashley Example", "ashley@example.org", "Example Council", "Example College"]
    return write_table(entries.COLUMNS, [[*example, name, next(iter(known[name]))]])


def export(conn: sa.Connection, wanted: Search) -> bytes:
    """The candidates that a search finds, as a file that can be imported again."""
    rows = [entering.entered(candidate) for candidate in candidates.search(conn, wanted)]
    return write_table(entries.COLUMNS, [[row[column] for column in entries.COLUMNS] for row in rows])


def _planned(row: Row, values: Mapping[str, str], standing: Mapping[str, Candidate]) -> Planned:
    facts, before = entering.facts_of(values), standing.get(values["number"])
    return Planned(row.number, facts, before, tuple(entering.changed_fields(before, facts)) if before else ())


def _doubled(kept: Sequence[tuple[Row, Mapping[str, str]]]) -> list[CellFault]:
    first: dict[str, int] = {}
    faults = []
    for row, values in kept:
        number = values["number"]
        if number and first.setdefault(number, row.number) != row.number:
            faults.append(CellFault(row.number, "number", "csv.number_twice", {"number": number, "row": first[number]}))
    return faults


def _change_faults(conn: sa.Connection, planned: Sequence[Planned]) -> list[CellFault]:
    held = {p.before.id: p for p in planned if p.before is not None and p.differs}
    booked = seats.booked(conn, held.keys())
    return [
        CellFault(p.row, *fault)
        for p in held.values()
        if p.before is not None
        for fault in entering.change_faults(conn, p.before, p.facts, booked)
    ]
