"""Marking: how many judgements a response needs, what they come to, and what a judgement must say.

A question of a key statement is judged twice, blind, and every point on which the two differ goes to a
third person. Elsewhere one judgement is enough unless the policy asks for a second; where there are two, a
differing question outcome goes to a third. How many judgements are wanted is data: ``MarkingPolicy``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

FIRST, SECOND, THIRD = 1, 2, 3
LONGEST_WORDS = 2_000  # code points of a reason or a comment, as the tables have it


@dataclass(frozen=True)
class MarkingPolicy:
    """How many judgements a response gets before any third, and how long a marker may hold or recall one.

    ``near`` are the provisional passes (both ends inside) of scripts that are judged twice throughout;
    ``new_marker_scripts`` how many first scripts of a marker are; ``share`` the random share of the rest, 0 to 1.
    """

    on_key: int = 2
    elsewhere: int = 1
    near: tuple[int, int] | None = None
    new_marker_scripts: int = 0
    share: float = 0.0
    recall_within: dt.timedelta = dt.timedelta(minutes=10)
    idle_after: dt.timedelta = dt.timedelta(minutes=30)


SHIPPED = MarkingPolicy()  # the plan's own rule; what an organisation asks for beyond it stands in a dated file
NEW_MARKER, SHARE, BORDERLINE = "new_marker", "share", "borderline"


def drawn(seed: str, ref: str, share: float) -> bool:
    """Whether a response is in the random share. The seed is stored with the paper, and no marker sees it."""
    digest = hashlib.sha256(f"{seed}/{ref}/second mark".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def second_reason(policy: MarkingPolicy, *, scripts: int, seed: str, ref: str) -> str | None:
    """Why one response that is no key question is judged again once its first judgement is final, if it is.

    ``scripts`` counts the scripts that its marker has judged any answer of, this one included.
    """
    if scripts <= policy.new_marker_scripts:
        return NEW_MARKER
    return SHARE if drawn(seed, ref, policy.share) else None


def is_borderline(policy: MarkingPolicy, first: Collection[bool | None]) -> bool:
    """Whether a whole script is judged again: each first judgement is there, and the passes are near the line."""
    if policy.near is None or None in first:
        return False
    least, most = policy.near
    return least <= sum(map(bool, first)) <= most


@dataclass(frozen=True)
class Judgement:
    """One person's final judgement: point code -> met."""

    marker: int
    points: Mapping[str, bool]


@dataclass(frozen=True)
class Verdict:
    """Where a response stands: the turns still wanted, the final points once none is, and what is disputed."""

    wanted: tuple[int, ...]
    points: Mapping[str, bool] | None
    disputed: frozenset[str] = frozenset()

    @property
    def passed(self) -> bool | None:
        """Whether the question is passed: every point finally met. None while a judgement is wanted."""
        return None if self.points is None else all(self.points.values())


def decide(
    points: Sequence[str],
    *,
    key: bool,
    answered: bool,
    judgements: Mapping[int, Judgement],
    again: bool = False,
    policy: MarkingPolicy = SHIPPED,
) -> Verdict:
    """What the final judgements (turn -> judgement) of one response come to.

    An unanswered response (never saved, or nothing but white space) is not passed without a marker and never
    enters a queue: the plan counts it as not passed, and nobody can judge what is not there. Otherwise there
    is no question result without a judgement on every point. Agreed points stand; the third judgement decides
    the disputed ones and no other. Without a third, a point is met when every judgement found it met. ``again``
    asks for a second judgement outside the key questions. ValueError without points.
    """
    if not points:
        raise ValueError("a question without criterion points cannot be judged")
    if not answered:
        return Verdict((), dict.fromkeys(points, False))
    given = _counting(points, judgements)
    rounds = policy.on_key if key else max(policy.elsewhere, SECOND if again else FIRST)
    wanted = tuple(turn for turn in range(FIRST, rounds + 1) if turn not in given)
    if wanted:
        return Verdict(wanted, None)
    disputed = _disputed(points, given, key)
    if disputed and THIRD not in given:
        return Verdict((THIRD,), None, disputed)
    return Verdict((), _final(points, given, disputed), disputed)


def _counting(points: Sequence[str], judgements: Mapping[int, Judgement]) -> dict[int, Mapping[str, bool]]:
    """The judgements that count: complete ones, each by another person."""
    given: dict[int, Mapping[str, bool]] = {}
    markers: set[int] = set()
    for turn in sorted(judgements):
        judgement = judgements[turn]
        if set(points) <= set(judgement.points) and judgement.marker not in markers:
            given[turn] = judgement.points
            markers.add(judgement.marker)
    return given


def _disputed(points: Sequence[str], given: Mapping[int, Mapping[str, bool]], key: bool) -> frozenset[str]:
    """Points for a third person: on a key question all that differ, elsewhere only if the outcomes do."""
    if not {FIRST, SECOND} <= set(given):
        return frozenset()
    first, second = given[FIRST], given[SECOND]
    outcomes_differ = all(first[p] for p in points) != all(second[p] for p in points)
    return frozenset(p for p in points if first[p] != second[p]) if key or outcomes_differ else frozenset()


def _final(
    points: Sequence[str], given: Mapping[int, Mapping[str, bool]], disputed: Collection[str]
) -> dict[str, bool]:
    blind = [judged for turn, judged in given.items() if turn != THIRD]
    return {p: given[THIRD][p] if p in disputed else all(judged[p] for judged in blind) for p in points}


def may_recall(
    final_at: dt.datetime, now: dt.datetime, *, another_is_final: bool, released: bool, policy: MarkingPolicy = SHIPPED
) -> bool:
    """Whether its marker may take a final judgement back; the last permitted instant is inside."""
    return now - final_at <= policy.recall_within and not another_is_final and not released


def is_held(final: bool, touched_at: dt.datetime, now: dt.datetime, policy: MarkingPolicy = SHIPPED) -> bool:
    """Whether a mark keeps its turn from others: a final one always, one in hand until it lies idle."""
    return final or now - touched_at < policy.idle_after


@dataclass(frozen=True)
class Said:
    """What a marker has put down on one point so far; ``met`` is None while undecided."""

    met: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class Draft:
    """A judgement in the making: point code -> what was said, and an overall comment."""

    points: Mapping[str, Said] = field(default_factory=dict)
    comment: str = ""


def draft_faults(draft: Draft) -> Iterator[tuple[str | None, str, Mapping[str, object]]]:
    """What keeps a draft from being kept: (point or None for the comment, code, parameters)."""
    for point, said in draft.points.items():
        if len(said.reason) > LONGEST_WORDS:
            yield point, "marking.too_long", {"limit": LONGEST_WORDS}
    if len(draft.comment) > LONGEST_WORDS:
        yield None, "marking.too_long", {"limit": LONGEST_WORDS}


def final_faults(points: Sequence[str], draft: Draft) -> Iterator[tuple[str | None, str, Mapping[str, object]]]:
    """What keeps a draft from becoming final: every point judged, every "not met" with its reason."""
    for number, point in enumerate(points, 1):
        said = draft.points.get(point, Said())
        if said.met is None:
            yield point, "marking.undecided", {"number": number}
        elif not said.met and not said.reason.strip():
            yield point, "marking.no_reason", {"number": number}
    yield from draft_faults(draft)
