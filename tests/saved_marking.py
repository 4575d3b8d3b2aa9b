"""Makers for marking: closed attempts with frozen scripts, and judgements on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable

import sqlalchemy as sa

from proctoring.events import text_hash
from sjt.rules.access import Role
from sjt.rules.marking import SHIPPED, Draft, Said
from sjt.services import marking
from sjt.services.marking.queue import claim
from sjt.services.marking.standing import bars
from sjt.stores import marks
from sjt.stores import tables as t
from sjt.stores.marks import Mark
from sjt.stores.people import Person, new_ref
from tests.saved import Booked, Room
from tests.site import Site


def handed_in(room: Room, name: str = "Amina Yusuf", number: int = 1, **changes: object) -> Booked:
    """A candidate whose attempt is submitted, every question answered.

    ``unanswered`` leaves statements out, ``blank`` gives them white space only; ``closed_as`` is how it ended.
    """
    booked = room.seat(name, number)
    unanswered, blank = changes.get("unanswered", ()), changes.get("blank", ())
    assert isinstance(unanswered, Collection) and isinstance(blank, Collection)
    now = room.site.now()
    with room.site.writing() as conn:
        attempt = t.attempts.c.ref == booked.attempt_ref
        closed = {"started_at": now, "finished_at": now, "closed_at": now}
        way = changes.get("closed_as", "submitted")
        conn.execute(t.attempts.update().where(attempt).values(**closed, closed_as=way, script=1))
        asked = conn.execute(
            sa.select(t.paper_questions, t.attempts.c.id.label("attempt_id"), t.attempts.c.sitting_id)
            .join(t.papers, t.papers.c.id == t.paper_questions.c.paper_id).join(t.attempts).where(attempt)
        ).all()  # fmt: skip
        rows = []
        for q in asked:
            text = "\n \t" if q.statement in blank else f"An answer on {q.statement}.\n\nWith two paragraphs."
            held = (0, "") if q.statement in unanswered else (1, text)
            rows.append(
                {"ref": new_ref(), "sitting_id": q.sitting_id, "attempt_id": q.attempt_id, "statement": q.statement,
                 "question_version_id": q.question_version_id, "key": q.key, "position": q.position,
                 "revision": held[0], "text": held[1], "text_hash": text_hash(held[1])}
            )  # fmt: skip
        conn.execute(t.responses.insert(), rows)
    return booked


def markers(site: Site, count: int) -> list[Person]:
    """People who mark, and nothing else."""
    return [site.person(Role.MARKER, name=f"Marker Number{n}") for n in range(1, count + 1)]


def response_id(conn: sa.Connection, booked: Booked, statement: str) -> int:
    """The response of a script to the question on a statement."""
    r, a = t.responses, t.attempts
    query = sa.select(r.c.id).join(a).where(a.c.ref == booked.attempt_ref, r.c.statement == statement)
    return int(conn.execute(query).scalar_one())


def question_of(conn: sa.Connection, response: int) -> int:
    """The question version that a response answers."""
    return marks.unmarked(conn, response).question_version_id


def claimed(site: Site, booked: Booked, statement: str, person: Person) -> Mark:
    """This very answer, claimed by a person; what lies idle is sent back first, as with any claim."""
    with site.writing() as conn:
        marks.park_idle(conn, site.now() - SHIPPED.idle_after, site.now())
        barred = bars(conn, person.id)
        found = marks.standings(conn, response_id=response_id(conn, booked, statement))
        mark = next((claim(conn, standing, barred, site.now()) for standing in found), None)
    assert mark is not None, f"{person.name} cannot take {statement}"
    return mark


def a_draft(mark: Mark, conn: sa.Connection, unmet: Iterable[int] = (), comment: str = "") -> Draft:
    """A complete judgement: every point met but these numbers."""
    response = marks.unmarked(conn, mark.response_id)
    missed = set(unmet)
    points = {
        point.code: Said(False, f"Point {n} is not there.") if n in missed else Said(True)
        for n, point in enumerate(marking.points_of(response.spec_id, response.statement), 1)
    }
    return Draft(points, comment)


def judged(
    site: Site, booked: Booked, statement: str, person: Person, unmet: Iterable[int] = (), comment: str = ""
) -> Mark:
    """A final judgement by a person on this very answer."""
    mark = claimed(site, booked, statement, person)
    with site.writing() as conn:
        marking.commit(conn, mark, mark.edit, a_draft(mark, conn, unmet, comment), site.now())
    return mark


def all_marked(site: Site, people: list[Person], failing: Collection[str] = ()) -> None:
    """Everything that is open is judged by these people; answers on ``failing`` statements miss their first point."""
    for person in people:
        with site.writing() as conn:
            for queued in marking.queue(conn, person.id, site.now()).questions:
                while mark := marking.next_answer(conn, queued.asked.id, person.id, site.now()):
                    unmet = [1] if queued.asked.statement in failing else []
                    marking.commit(conn, mark, mark.edit, a_draft(mark, conn, unmet), site.now())


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Run these in threads that start together; returns what each returned."""
    start = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(index: int) -> None:
        start.wait()
        found[index] = acts[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


KEY, OTHER = "C4.2", "C4.1"  # a statement whose question is key, and one whose is not, on every paper
