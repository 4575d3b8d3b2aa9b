"""Seats: one candidate in one sitting, and what the register says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.db import for_update
from sjt.stores.tables import attempts, candidates, papers, seats, sittings


@dataclass(frozen=True)
class SeatCandidate:
    """As much of a candidate as an invigilator needs."""

    id: int
    ref: str
    number: str
    name: str
    pathway: str
    photo_id: str | None = None  # the kind seen at the gateway


@dataclass(frozen=True)
class Seat:
    """One candidate in one sitting. ``…_by`` are ids of people."""

    id: int
    ref: str
    sitting_id: int
    number: int
    mode: str
    candidate: SeatCandidate
    keycode_issue: int
    identity_at: dt.datetime | None
    identity_by: int | None
    identity_document: str | None
    admitted_at: dt.datetime | None
    admitted_by: int | None
    refused_at: dt.datetime | None
    refused_by: int | None
    refused_reason: str | None
    absent_at: dt.datetime | None
    absent_by: int | None
    cancelled_at: dt.datetime | None
    lockdown: str  # the level of its sitting: proctoring.lockdown.Level
    room: str | None = None
    label: str | None = None
    identity_result: str | None = None

    @property
    def place(self) -> str:
        """What stands on the desk: its label, or else its number; and the room, where there are several."""
        desk = self.label or str(self.number)
        return f"{desk}, {self.room}" if self.room else desk


@dataclass(frozen=True)
class NewSeat:
    """A booking that is to be made."""

    ref: str
    sitting_id: int
    candidate_id: int
    number: int
    mode: str
    keycode_hash: str


OWN = [
    seats.c.id, seats.c.ref, seats.c.sitting_id, seats.c.number, seats.c.mode, seats.c.keycode_issue,
    seats.c.identity_at, seats.c.identity_by, seats.c.identity_document, seats.c.admitted_at, seats.c.admitted_by,
    seats.c.refused_at, seats.c.refused_by, seats.c.refused_reason, seats.c.absent_at, seats.c.absent_by,
    seats.c.cancelled_at, sittings.c.lockdown, seats.c.room, seats.c.label, seats.c.identity_result,
]  # fmt: skip
STANDS = seats.c.cancelled_at.is_(None)
OF_CANDIDATE = [
    candidates.c.id.label("candidate_id"), candidates.c.ref.label("candidate_ref"),
    candidates.c.number.label("candidate_number"), candidates.c.name.label("candidate_name"),
    candidates.c.pathway.label("candidate_pathway"), candidates.c.photo_id.label("candidate_photo_id"),
]  # fmt: skip


LABEL = "of_seat_"  # before the columns of a seat in a statement that reads its attempt as well
LABELLED = [*(column.label(LABEL + column.name) for column in OWN), *OF_CANDIDATE]
_EVERY = sa.select(*OWN, *OF_CANDIDATE).select_from(seats).join(candidates).join(sittings)
_BY_ID = _EVERY.where(seats.c.id == sa.bindparam("seat_id"))  # built once, for the candidates' requests


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Seat]:
    """The seats of a sitting by number, without cancelled bookings."""
    return _seats(conn, sa.and_(STANDS, seats.c.sitting_id == sitting_id))


def of_candidate(conn: sa.Connection, candidate_id: int) -> list[Seat]:
    """Every seat that a candidate has or had, cancelled ones too, oldest first."""
    return sorted(_seats(conn, seats.c.candidate_id == candidate_id), key=lambda seat: seat.id)


def by_ref(conn: sa.Connection, ref: str, sitting_id: int | None = None) -> Seat | None:
    """A booked seat by its reference; with ``sitting_id`` only one of that sitting is found."""
    here = sa.true() if sitting_id is None else seats.c.sitting_id == sitting_id
    return _one(conn, sa.and_(STANDS, seats.c.ref == ref, here))


def by_id(conn: sa.Connection, seat_id: int) -> Seat | None:
    """A seat by its id, cancelled or not."""
    row = conn.execute(_BY_ID, {"seat_id": seat_id}).one_or_none()
    return _seat(row._mapping) if row else None


def by_keycode_hash(conn: sa.Connection, keycode_hash: str) -> Seat | None:
    """The seat that a keycode opens; a cancelled booking's opens nothing."""
    return _one(conn, sa.and_(STANDS, seats.c.keycode_hash == keycode_hash))


def _one(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> Seat | None:
    found = _seats(conn, condition)
    return found[0] if found else None


def _seats(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Seat]:
    query = _EVERY.where(condition).order_by(seats.c.sitting_id, seats.c.number)
    return [_seat(row._mapping) for row in conn.execute(query)]


def _seat(row: sa.RowMapping, label: str = "") -> Seat:
    candidate = {name: row[f"candidate_{name}"] for name in ("id", "ref", "number", "name", "pathway", "photo_id")}
    own = {column.name: row[label + column.name] for column in OWN}
    return Seat(**own, candidate=SeatCandidate(**candidate))


def labelled(row: sa.Row[Any]) -> Seat:
    """The seat in a row that holds its ``LABELLED`` columns beside others."""
    return _seat(row._mapping, LABEL)


def without_paper(conn: sa.Connection, sitting_id: int) -> list[Seat]:
    """Booked seats of a sitting for which no paper is drawn."""
    drawn = sa.select(attempts.c.seat_id).join(papers).where(attempts.c.sitting_id == sitting_id)
    return _seats(conn, sa.and_(STANDS, seats.c.sitting_id == sitting_id, seats.c.id.not_in(drawn)))


def booked(conn: sa.Connection, candidate_ids: Collection[int]) -> set[int]:
    """Those candidates for whom a booking stands, past or coming."""
    query = sa.select(seats.c.candidate_id).where(STANDS, seats.c.candidate_id.in_(list(candidate_ids)))
    return set(conn.scalars(query))


def overlapping(
    conn: sa.Connection, candidate_ids: Collection[int], starts_at: dt.datetime, ends_at: dt.datetime, but: int
) -> Mapping[int, str]:
    """Candidates who have a seat in another sitting of that time, each with that sitting's title.

    ``but`` is the sitting asked for; one that only touches (ends when this starts) does not overlap.
    """
    query = (
        sa.select(seats.c.candidate_id, sittings.c.title)
        .join(sittings, sittings.c.id == seats.c.sitting_id)
        .where(
            seats.c.candidate_id.in_(list(candidate_ids)),
            sittings.c.id != but,
            STANDS,
            sittings.c.cancelled_at.is_(None),
            sittings.c.starts_at < ends_at,
            sittings.c.ends_at > starts_at,
        )
    )
    return {row.candidate_id: row.title for row in conn.execute(query)}


def add(conn: sa.Connection, new: NewSeat, by: int, now: dt.datetime) -> int:
    """Book a seat; returns its id.

    IntegrityError when the candidate already sits there or the number is taken.
    """
    row = {
        "ref": new.ref, "sitting_id": new.sitting_id, "candidate_id": new.candidate_id, "number": new.number,
        "mode": new.mode, "keycode_hash": new.keycode_hash, "booked_by": by, "booked_at": now,
    }  # fmt: skip
    return int(conn.execute(seats.insert().values(**row).returning(seats.c.id)).scalar_one())


def cancel(conn: sa.Connection, seat_id: int, by: int, reason: str, now: dt.datetime) -> bool:
    """Cancel a booking: true for the one who did it.

    False once the register knows of the candidate. The row stays, because evidence hangs on it; its number
    and its candidate are free again.
    """
    untouched = sa.and_(
        STANDS,
        seats.c.id == seat_id,
        seats.c.identity_at.is_(None),
        seats.c.refused_at.is_(None),
        seats.c.absent_at.is_(None),
    )
    changes = {"cancelled_at": now, "cancelled_by": by, "cancelled_reason": reason}
    return conn.execute(seats.update().where(untouched).values(**changes)).rowcount == 1


def arrange(conn: sa.Connection, seat_id: int, room: str | None, label: str | None, mode: str) -> bool:
    """Say where a seat is and how it is sat; its mode stays once the gate was opened: then false."""
    opened = sa.select(attempts.c.seat_id).where(attempts.c.opened_at.is_not(None))
    still = sa.or_(seats.c.mode == mode, seats.c.id.not_in(opened))
    changed = seats.update().where(STANDS, seats.c.id == seat_id, still).values(room=room, label=label, mode=mode)
    return conn.execute(changed).rowcount == 1


def lock(conn: sa.Connection, seat_id: int) -> bool:
    """Hold a seat until the transaction ends: true while its booking stands."""
    held = conn.execute(for_update(sa.select(seats.c.id).where(STANDS, seats.c.id == seat_id)))
    return held.one_or_none() is not None
