"""The simulated cohort is marked by simulated markers and released, and what came of it is counted."""

from __future__ import annotations

import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sjt.clock import HeldClock
from sjt.config import Settings
from sjt.db import migrate
from sjt.rules.marking import FIRST, SECOND, THIRD, Draft, MarkingPolicy, Said, drawn, is_borderline
from sjt.rules.simulating import chance, judged, sampled, wilson, wrong_fail
from sjt.services import marking, results
from sjt.services.marking.queue import claim
from sjt.services.marking.seconds import policy_on
from sjt.services.marking.standing import bars, markable, turn_for
from sjt.services.product import Product, make_product
from sjt.services.results.outcomes import Preview, outcomes
from sjt.services.simulation.cohort import Staff, Wanted, sat
from sjt.stores import marks
from sjt.stores.marks import Mark, Standing
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting

RULES_RUN = 100_000
TURNS = {FIRST: "first", SECOND: "second", THIRD: "third"}


def simulate(wanted: Wanted, clock: HeldClock, tell: Callable[[str], None]) -> dict[str, Any]:
    """Run it in a throw-away SQLite database; returns what the command prints. ``tell`` hears of the progress."""
    with tempfile.TemporaryDirectory(prefix="sjt-simulate-") as home:
        url = f"sqlite:///{Path(home) / 'simulation.db'}"
        migrate(url)
        settings = Settings(url, uuid.uuid4().hex * 2, "demo", Path(home))
        product = make_product(settings, clock)
        try:
            return _run(product, wanted, clock, tell)
        finally:
            product.database.dispose()


def _run(product: Product, wanted: Wanted, clock: HeldClock, tell: Callable[[str], None]) -> dict[str, Any]:
    # Simulated markers are experienced: what a new marker costs does not grow with the cohort.
    policy = replace(policy_on(clock.now().date()), new_marker_scripts=0)
    staff, sittings = sat(product, clock, wanted, tell)
    _mark(product, wanted, staff.markers, clock, policy, tell)
    scripts = _released(product, staff, sittings, clock)
    tell(f"released: {len(scripts)}")
    with product.database.reading() as conn:
        return _counted(conn, wanted, scripts, policy)


# ------------------------------------------------------------------------------------------------ marking
def _mark(
    product: Product, wanted: Wanted, markers: Sequence[Person], clock: HeldClock, policy: MarkingPolicy,
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    """All questions in turn, each begun by the next marker, until nothing is wanted any more."""
    done = again = 0
    while again == 0 or done > again:
        again = done
        with product.database.reading() as conn:
            questions = sorted({s.response.question_version_id for s in markable(conn) if marking.verdict(s).wanted})
        for number, question in enumerate(questions):
            for n in range(len(markers)):
                person = markers[(number + n) % len(markers)]
                with product.database.transaction() as conn:
                    done += _mark_question(conn, wanted, question, person, clock, policy)
            tell(f"judgements: {done}")
        if not questions:
            return


def _mark_question(
    conn: sa.Connection, wanted: Wanted, question: int, person: Person, clock: HeldClock, policy: MarkingPolicy
) -> int:
    barred, done = bars(conn, person.id), 0
    for standing in markable(conn, question_version_id=question):
        free = turn_for(standing, barred, clock.now()) is not None
        mark = claim(conn, standing, barred, clock.now()) if free else None
        if mark is not None:
            marking.commit(conn, mark, mark.edit, _draft(conn, wanted, mark, standing), clock.now(), policy)
            done += 1
    return done


def _draft(conn: sa.Connection, wanted: Wanted, mark: Mark, standing: Standing) -> Draft:
    """A whole judgement: all points met, or the first one not."""
    number, statement = marks.answer_text(conn, mark.response_id).split()
    met = _judged(wanted, number, statement, mark.turn)
    first, *others = marking.points_of(standing.response.spec_id, standing.response.statement)
    points = {point.code: Said(True) for point in others}
    return Draft({first.code: Said(met, "" if met else "Not there."), **points})


def _true(wanted: Wanted, number: str, statement: str) -> bool:
    return chance(wanted.seed, "truth", number, statement) < wanted.ability


def _judged(wanted: Wanted, number: str, statement: str, turn: int) -> bool:
    return judged(_true(wanted, number, statement), wanted.seed, wanted.error, number, statement, turn)


# ---------------------------------------------------------------------------------------------- what came of it
def _released(product: Product, staff: Staff, sittings: Sequence[Sitting], clock: HeldClock) -> list[Preview]:
    found = []
    for sitting in sittings:
        with product.database.transaction() as conn:
            going = [p.attempt.ref for p in outcomes(conn, sitting.id) if p.attempt and p.can_go]
            results.release(conn, sitting, going, staff.manager, str(uuid.uuid4()), clock.now())
            found += [p for p in outcomes(conn, sitting.id) if p.released is not None]
    return found


def _counted(
    conn: sa.Connection, wanted: Wanted, scripts: Sequence[Preview], policy: MarkingPolicy
) -> dict[str, Any]:  # fmt: skip
    keys = len(wanted.specification.blueprint.keys(wanted.pathway))
    told = Counter(TURNS[m.turn] for p in scripts for s in p.script for m in s.marks if m.final_at)
    deserving = [p for p in scripts if all(_deserves(wanted, p, s) for s in p.script if s.response.key)]
    rule_single, rule_double = sampled(RULES_RUN, wanted.error, keys, wanted.seed)
    return {
        "candidates": len(scripts),
        "marks": {turn: told[turn] for turn in TURNS.values()},
        "marks_by_the_rules": _predicted(conn, wanted, scripts, policy),
        "wrong_fail_on_keys": {
            "exact": {name: _share(wrong_fail(wanted.error, keys, double=name == "double")) for name in WAYS},
            "rules": {"single": rule_single, "double": rule_double, "n": RULES_RUN},
            "observed": _rate(sum(not _keys_passed(p) for p in deserving), len(deserving)),
            "observed_single": _rate(sum(not _keys_first(p) for p in deserving), len(deserving)),
        },
        "outcomes": dict(sorted(Counter(p.released.outcome for p in scripts if p.released).items())),
    }


WAYS = ("single", "double")


def _share(rate: float) -> float:
    return round(rate, 6)


def _rate(hits: int, of: int) -> dict[str, float | int]:
    low, high = wilson(hits, of)
    return {"rate": _share(hits / of) if of else 0.0, "low": _share(low), "high": _share(high), "n": of}


def _deserves(wanted: Wanted, preview: Preview, standing: Standing) -> bool:
    return _true(wanted, preview.seat.candidate.number, standing.response.statement)


def _keys_passed(preview: Preview) -> bool:
    return all(q["passed"] for q in preview.released.questions if q["key"]) if preview.released else False


def _keys_first(preview: Preview) -> bool:
    """Whether the keys were passed by the first judgements alone."""
    first = [m for s in preview.script if s.response.key for m in s.marks if m.turn == FIRST]
    return all(judged.met for mark in first for judged in mark.points.values())


def _predicted(
    conn: sa.Connection, wanted: Wanted, scripts: Sequence[Preview], policy: MarkingPolicy
) -> dict[str, int]:  # fmt: skip
    """The judgements that the policy asks for, from the simulated judgements and the pure rules alone."""
    told: Counter[str] = Counter()
    for preview in scripts:
        number, seed = preview.seat.candidate.number, marks.seed_of(conn, preview.script[0].response.attempt_id)
        answers = [s.response for s in preview.script]
        first = {r.statement: _judged(wanted, number, r.statement, FIRST) for r in answers}
        near = is_borderline(policy, list(first.values()))
        twice = [r.statement for r in answers if r.key or near or drawn(seed, r.ref, policy.share)]
        told["first"] += len(first)
        told["second"] += len(twice)
        told["third"] += sum(first[s] != _judged(wanted, number, s, SECOND) for s in twice)
    return {turn: told[turn] for turn in TURNS.values()}
