"""Taking a version out of use, and what a decision on a version changes for papers, coverage and enemies."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from item_bank.blueprint import Statement
from sjt.rules.authoring import Act, Content, State, may
from sjt.rules.refusals import NotNow
from sjt.services.authoring.reading import note, specification, version
from sjt.services.withdrawal import Aftermath, after_withdrawal
from sjt.stores import drafts
from sjt.stores.drafts import Named, Use, Version
from sjt.stores.people import Person


def withdraw(conn: sa.Connection, person: Person, used: Version, reason: str, now: dt.datetime) -> Aftermath | None:
    """Take a version out of use, with the reason; returns what that led to for papers. NotNow when it is in no use.

    Of a version that was approved and never live there is no paper, so nothing follows (None).
    """
    drafts.lock_scenario(conn, used.scenario_id)
    was = version(conn, used.ref).state
    values = {"withdrawn_at": now, "withdrawn_by": person.id, "withdrawn_reason": reason}
    states = [state for state in State if may(state, Act.WITHDRAW)]
    if not drafts.move(conn, used.id, states, State.WITHDRAWN, **values):
        raise NotNow("authoring.not_withdrawable", number=used.number)
    note(conn, person, "bank.withdrawn", used, now, reason=reason)
    return after_withdrawal(conn, used, reason, now) if was == State.LIVE else None


Enemies = tuple[Named, ...]


@dataclass(frozen=True)
class Covered:
    """A statement with the live questions on it, now and once the version is live."""

    statement: Statement
    now: int
    then: int


@dataclass(frozen=True)
class Impact:
    """What would change if a version went live in place of the one that is live now."""

    live: Version | None
    use: Use
    by_version: tuple[tuple[Version, Use], ...]
    covered: tuple[Covered, ...]
    keys: tuple[Statement, ...]  # key questions that this version asks
    keys_lost: tuple[Statement, ...]  # key questions that only the live version asks
    enemies_added: Enemies
    enemies_removed: Enemies


def impact(conn: sa.Connection, read: Version, content: Content, now: dt.datetime) -> Impact:
    """The impact of a version before it is approved."""
    blueprint = specification(read.spec_name, now).blueprint
    versions = drafts.of_scenario(conn, read.slug)
    live = next((v for v in versions if v.state == State.LIVE), None)
    used = drafts.uses(conn, read.scenario_id)
    asked, before = {q.statement for q in content.questions}, set(live.statements if live else ())
    counted = drafts.live_questions(conn, read.spec_name)
    statements = [blueprint.statement(code) for code in sorted(asked | before)]
    added, removed = _enemies(conn, content, live)
    return Impact(
        live=live,
        use=sum(used.values(), Use()),
        by_version=tuple((v, used[v.id]) for v in versions if v.id in used),
        covered=tuple(_covered(s, counted, asked, before) for s in statements),
        keys=tuple(s for s in statements if s.key and s.code in asked),
        keys_lost=tuple(s for s in statements if s.key and s.code not in asked),
        enemies_added=added,
        enemies_removed=removed,
    )


def _covered(statement: Statement, counted: Counter[str], asked: set[str], before: set[str]) -> Covered:
    now, code = counted[statement.code], statement.code
    return Covered(statement, now, now + (code in asked) - (code in before))


def _enemies(
    conn: sa.Connection, content: Content, live: Version | None
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Whom it may not stand beside any longer, and whom it may stand beside again."""
    before = set(drafts.content_of(conn, live.id).enemies) if live else set()
    after = set(content.enemies)
    named = {n.slug: n for n in drafts.named(conn, frozenset(before ^ after))}
    return _in_order(named, after - before), _in_order(named, before - after)


def _in_order(named: dict[str, Named], slugs: set[str]) -> Enemies:
    return tuple(named[slug] for slug in sorted(slugs) if slug in named)


def in_use(conn: sa.Connection, scenario_id: int) -> Use:
    """In how many papers any version of a scenario is: what a withdrawal would touch."""
    return sum(drafts.uses(conn, scenario_id).values(), Use())
