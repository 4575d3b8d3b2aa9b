"""Signals and flags: order changes nothing, more never makes less of it, and what is exempt is never flagged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.flags import HELPS, Flag, Level, Seen, Subject, flags
from proctoring.signals import AMOUNTS, Kind, Signal, Tally, fault_of, tally
from sjt.services.lockdown.policy import policy_on, read_policy, shipped
from sjt.words import WORDS
from tests.site import MORNING

POLICY = policy_on(MORNING.date())
PAGE = "0123456789abcdef"


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    kind = draw(st.sampled_from(list(Kind)))
    most = AMOUNTS.get(kind)
    amount = draw(st.integers(0, most)) if most else None
    at = MORNING + dt.timedelta(seconds=draw(st.integers(0, 7200)))
    return Signal(PAGE, draw(st.integers(1, 10_000)), kind, draw(st.integers(0, 10**6)), at, amount)


many = st.lists(signals(), max_size=60, unique_by=lambda one: one.number)
helps = st.frozensets(st.sampled_from(HELPS))


def a_signal(kind: Kind, amount: int | None = None, number: int = 1, second: int = 0) -> Signal:
    return Signal(PAGE, number, kind, second * 1000, MORNING + dt.timedelta(seconds=second), amount)


def told(found: Sequence[Signal], helps: frozenset[str] = frozenset(), dropped: int = 0) -> tuple[Flag, ...]:
    return flags(tally(found), dropped, POLICY, helps)


def levels(found: Sequence[Signal], dropped: int = 0) -> dict[Subject, Level]:
    return {flag.subject: flag.level for flag in told(found, dropped=dropped)}


@given(many, st.randoms())
def test_the_order_of_signals_changes_nothing_and_the_same_one_twice_counts_once(
    found: list[Signal], random: Any
) -> None:
    mixed = [*found, *found[:5]]
    random.shuffle(mixed)
    assert told(mixed) == told(found)


@given(many, many, st.integers(0, 10), st.integers(0, 2000))
def test_more_signals_never_lower_a_flag(some: list[Signal], more: list[Signal], dropped: int, again: int) -> None:
    seen = {one.number for one in some}
    added = [*some, *(one for one in more if one.number not in seen)]
    before, after = levels(some, dropped), levels(added, dropped + again)
    assert all(after.get(subject, 0) >= level for subject, level in before.items())


@given(many, helps)
def test_what_an_adjustment_explains_is_never_flagged_and_nothing_else_changes(
    found: list[Signal], approved: frozenset[str]
) -> None:
    exempt = POLICY.exempts(approved)
    assert told(found, approved) == tuple(flag for flag in told(found) if flag.subject not in exempt)


@given(many, st.integers(0, 99), st.integers(0, 3))
def test_what_a_person_has_seen_stays_closed_until_there_is_more_of_it(
    found: list[Signal], times: int, level: int
) -> None:
    seen = {subject.value: Seen(times, level) for subject in Subject}
    for flag in flags(tally(found), 0, POLICY, seen=seen):
        more = flag.sum.times > times or flag.level > level
        assert flag.is_open is (flag.level > Level.INFO and more)


@given(many)
def test_copying_and_pasting_inside_the_paper_is_never_flagged(found: list[Signal]) -> None:
    inside = (Kind.COPIED, Kind.CUT, Kind.PASTED_OWN)
    assert told([one for one in found if one.kind in inside]) == ()


def test_a_hidden_page_that_lost_the_focus_counts_once() -> None:
    found = [a_signal(kind, number=n) for n, kind in enumerate((Kind.FOCUS_LOST, Kind.HIDDEN), 1)]
    found += [a_signal(kind, 29, n) for n, kind in enumerate((Kind.FOCUS_REGAINED, Kind.SHOWN), 3)]
    (flag,) = told(found)
    assert (flag.subject, flag.level, flag.sum.times, flag.sum.total) == (Subject.AWAY, Level.INFO, 1, 29)


@pytest.mark.parametrize(
    ("kind", "amount", "level"),
    [
        (Kind.PASTED_OUTSIDE, 59, Level.INFO), (Kind.PASTED_OUTSIDE, 60, Level.LOOK),
        (Kind.PASTED_OUTSIDE, 1000, Level.ACT), (Kind.PRINTED, None, Level.LOOK),
        (Kind.SECOND_SCREEN, None, Level.LOOK),
        (Kind.RESIZED, 400, Level.INFO), (Kind.FULL_SCREEN_REFUSED, None, Level.INFO),
    ],
)  # fmt: skip
def test_the_shipped_thresholds_at_their_edges(kind: Kind, amount: int | None, level: Level) -> None:
    assert set(levels([a_signal(kind, amount)]).values()) == {level}


def test_what_was_dropped_is_a_flag_of_its_own() -> None:
    assert levels([], dropped=1) == {Subject.FLOODED: Level.LOOK}
    assert levels([], dropped=0) == {}


def test_nothing_is_flagged_of_nobody_and_the_shipped_policy_says_something_of_every_subject() -> None:
    assert told([]) == ()
    assert set(POLICY.thresholds) == set(Subject) and set(POLICY.exempt) == set(HELPS)
    assert [policy.id for policy in shipped()] == ["watched-2026-11"]
    assert policy_on(dt.date(1999, 1, 1)) == shipped()[0]


def test_the_thresholds_of_a_subject_rise_with_the_level() -> None:
    for steps in POLICY.thresholds.values():
        for measure in ("times", "total", "most"):
            bounds = [getattr(step, measure) for _, step in sorted(steps.items())]
            given_ = [bound for bound in bounds if bound is not None]
            assert given_ == sorted(given_)


def test_a_policy_that_names_what_no_code_knows_is_refused() -> None:
    head = "schema: lockdown-policy/1\nid: x\nin_force: {from: 2020-01-01}\nbasis: recommended\nmost_a_minute: 1\n"
    head += "most_a_seat: 1\n"
    for tail in (
        "flags: {mood: {info: {times: 1}}}\nexempt: {}", "flags: {away: {worse: {times: 1}}}\nexempt: {}",
        "flags: {}\nexempt: {telepathy: [away]}", "flags: {}\nexempt: {}\nmore: 1",
    ):  # fmt: skip
        with pytest.raises(ValueError):
            read_policy(head + tail)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (("pasted_outside", 1, 0, 12, "slug@1"), None), (("printed", 1, 0, None, None), None),
        (("mood", 1, 0, None, None), "signals.kind"), (("", 1, 0, None, None), "signals.kind"),
        (("printed", 1, 0, 1, None), "signals.amount"), (("shown", 1, 0, None, None), "signals.amount"),
         (("pasted_outside", 1, 0, -1, None), "signals.amount"),
        (("pasted_outside", 1, 0, 1_000_001, None), "signals.amount"),
        (("printed", 0, 0, None, None), "signals.number"),
        (("printed", 1_000_001, 0, None, None), "signals.number"), (("printed", 1, -1, None, None), "signals.number"),
        (("printed", 1, 14 * 86_400_000 + 1, None, None), "signals.number"),
        (("pasted_outside", 1, 0, 1, "what I typed"), "signals.question"),
    ],
)  # fmt: skip
def test_what_is_no_signal_is_refused_by_its_code(told: tuple, code: str | None) -> None:
    assert fault_of(*told) == code
    assert code is None or code in WORDS


def test_every_subject_kind_level_and_help_has_words() -> None:
    assert all(f"flag.what.{subject.value}" in WORDS for subject in Subject)
    assert all(f"signal.{kind.value}" in WORDS for kind in Kind)
    assert all(f"flag.level.{level.name.lower()}" in WORDS for level in Level)
    assert all(f"adjustment.kind.{one}" in WORDS and f"adjustment.what.{one}" in WORDS for one in HELPS)


def test_an_empty_tally_reaches_nothing() -> None:
    assert not any(step.is_reached(Tally()) for steps in POLICY.thresholds.values() for step in steps.values())
