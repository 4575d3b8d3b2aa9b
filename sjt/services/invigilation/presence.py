"""Who is in the room: signing in, handing over, and whether they are enough for the gate to open.

Invariant 39: a start needs invigilators present at or within the ruleset's ratio; an override has a name and a reason.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules import ratio
from sjt.rules.ratio import Override
from sjt.rules.refusals import NotNow
from sjt.services.papers_drawn import specifications
from sjt.stores import people, shifts, sittings
from sjt.stores.people import Person
from sjt.stores.shifts import Said, Shift
from sjt.stores.sittings import Sitting


@dataclass(frozen=True)
class Presence:
    """Who is and was there, for how many candidates, and how many the ratio asks for."""

    shifts: tuple[Shift, ...]
    inside: int
    needed: int
    overrides: tuple[Said, ...]

    @property
    def present(self) -> tuple[Shift, ...]:
        """Who is signed in now."""
        return tuple(one for one in self.shifts if one.until_at is None)


def presence(conn: sa.Connection, sitting: Sitting) -> Presence:
    """The room as it stands."""
    inside = shifts.inside(conn, sitting.id)
    asked = ratio.needed(inside, most(sitting), sitting.staff_needed)
    found = shifts.of_sitting(conn, sitting.id)
    return Presence(tuple(found), inside, asked, tuple(shifts.overrides(conn, sitting.id)))


def most(sitting: Sitting) -> int | None:
    """The plan's ceiling of candidates to one invigilator."""
    stated = specifications()[sitting.spec_id].ratio
    return stated.candidates if stated else None


def sign_in(conn: sa.Connection, person: Person, sitting: Sitting, now: dt.datetime) -> bool:
    """This person is in the room from now on. False when they were already.

    NotNow for somebody who is not named for the sitting, and for one who is still signed in elsewhere; a shift
    that nobody ended in a sitting that is over ends with it.
    """
    held = _held(conn, sitting)
    if not sittings.is_staff(conn, held.id, person.id):
        raise NotNow("shift.not_named")
    _leave_what_is_over(conn, person, held, now)
    if not shifts.begin(conn, held.id, person.id, now):
        return False
    people.record(conn, person.id, "shift.began", "sitting", held.ref, now)
    return True


def _leave_what_is_over(conn: sa.Connection, person: Person, sitting: Sitting, now: dt.datetime) -> None:
    other = shifts.elsewhere(conn, person.id, sitting.id)
    if other is None:
        return
    if not other.over and other.ends_at > now:
        raise NotNow("shift.elsewhere", title=other.title)
    shifts.end(conn, other.id, person.id, "The sitting was over.", now)


def sign_out(
    conn: sa.Connection, person: Person, sitting: Sitting, person_ref: str, reason: str, relieve: bool, now: dt.datetime
) -> str:
    """End the shift of somebody, and return their name.

    With ``relieve`` whoever does it takes over, signed in by the same act. NotNow when they are not
    signed in (any more).
    """
    held = _held(conn, sitting)
    shift = next((one for one in presence(conn, held).present if one.person_ref == person_ref), None)
    if shift is None:
        raise NotNow("shift.gone")
    takes_over = relieve and shift.person_id != person.id
    if takes_over:
        sign_in(conn, person, held, now)
    relieved_by = person.id if takes_over else None
    if not shifts.end(conn, shift.id, person.id, reason, now, relieved_by):
        raise NotNow("shift.gone")
    told = {"person": person_ref, "reason": reason, "relieved": takes_over}
    people.record(conn, person.id, "shift.ended", "sitting", held.ref, now, **told)
    return shift.name


def override(
    conn: sa.Connection,
    person: Person,
    sitting: Sitting,
    candidates: int,
    reason: str,
    request_id: str,
    now: dt.datetime,
) -> bool:
    """Let the gate open for so many candidates with those who are signed in. False for a double press."""
    held = _held(conn, sitting)
    _is_there(conn, person, held, now)
    covers = Override(candidates, shifts.present(conn, held.id))
    if not shifts.override(conn, held.id, covers, reason, person.id, request_id, now):
        return False
    told = {"candidates": candidates, "present": covers.present, "reason": reason}
    people.record(conn, person.id, "ratio.overridden", "sitting", held.ref, now, **told)
    return True


def require_enough(conn: sa.Connection, person: Person, sitting: Sitting, more: int, now: dt.datetime) -> None:
    """NotNow when those signed in are too few for ``more`` candidates besides those who sit already.

    Somebody who is named for the sitting and opens the gate is there: the act signs them in.
    """
    held = _held(conn, sitting)
    _is_there(conn, person, held, now)
    candidates, present = shifts.inside(conn, held.id) + more, shifts.present(conn, held.id)
    given = [said.covers for said in shifts.overrides(conn, held.id)]
    if more and not ratio.enough(candidates, present, most(held), held.staff_needed, given):
        asked = ratio.needed(candidates, most(held), held.staff_needed)
        raise NotNow("ratio.short", present=present, needed=asked, candidates=candidates)


def _is_there(conn: sa.Connection, person: Person, held: Sitting, now: dt.datetime) -> None:
    """Sign in whoever acts here and is named for the sitting, unless they are signed in, here or elsewhere."""
    if not sittings.is_staff(conn, held.id, person.id) or shifts.elsewhere(conn, person.id, held.id):
        return
    if shifts.begin(conn, held.id, person.id, now):
        people.record(conn, person.id, "shift.began", "sitting", held.ref, now, because="acted at the gate")


def _held(conn: sa.Connection, sitting: Sitting) -> Sitting:
    """The sitting, locked: nobody leaves while the gate opens, and it is not cancelled meanwhile."""
    held = sittings.by_ref(conn, sitting.ref, lock=True) or sitting
    if held.cancelled_at is not None:
        raise NotNow("invigilation.cancelled")
    if held.signed_off_at is not None:
        raise NotNow("invigilation.signed_off")
    return held
