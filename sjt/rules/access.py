"""Who may do what: every act of the product in one table, and who must be kept apart from whom.

Roles say what a person may do at all; relations say what they are to this very object. A small team
can share roles, because separation is per object: nobody approves a version they wrote, marks a script
they invigilated, or gives a second mark on a response they marked first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is here. An auditor has no other role."""

    APPRENTICE = "apprentice"
    INVIGILATOR = "invigilator"
    ITEM_WRITER = "item writer"
    REVIEWER = "reviewer"
    MARKER = "marker"
    LEAD_MARKER = "lead marker"
    MODERATOR = "moderator"
    INTERVIEWER = "interviewer"
    APPEAL_DECIDER = "appeal decider"
    TRANSCRIBER = "transcriber"
    PROVIDER_CONTACT = "provider contact"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Relation(StrEnum):
    """What a person is to one object."""

    OWN = "it is theirs"
    STAFF = "named for this sitting"
    AUTHOR = "wrote this version"
    MARKED = "marked this response"
    INVIGILATED = "invigilated this sitting"


ANY = None


@dataclass(frozen=True)
class Rule:
    """Which roles may do an act, each with the relation it needs, and whom the object itself rules out."""

    roles: Mapping[Role, Relation | None]
    never: frozenset[Relation] = field(default_factory=frozenset)


def _rule(*roles: Role, on: Mapping[Role, Relation] | None = None, never: Collection[Relation] = ()) -> Rule:
    return Rule({**dict.fromkeys(roles, ANY), **(on or {})}, frozenset(never))


R, N = Role, Relation
OF_THE_SITTING = {R.INVIGILATOR: N.STAFF}

ACTS: Mapping[str, Rule] = {
    # act                          who                                              never
    "home.open":             _rule(*Role),
    "today.read":            _rule(R.MANAGER, R.AUDITOR),
    "candidates.read":       _rule(R.MANAGER, R.AUDITOR),
    "candidates.change":     _rule(R.MANAGER),
    "sittings.read":         _rule(R.MANAGER, R.AUDITOR),
    "sittings.change":       _rule(R.MANAGER),
    "pack.read":             _rule(R.MANAGER, R.AUDITOR, on=OF_THE_SITTING),
    "keycodes.read":         _rule(R.MANAGER, on=OF_THE_SITTING),
    "interests.read":        _rule(R.MANAGER, R.INVIGILATOR, R.MARKER, R.LEAD_MARKER, R.AUDITOR),
    "interests.declare":     _rule(R.MANAGER, R.INVIGILATOR, R.MARKER, R.LEAD_MARKER),
    "interests.withdraw":    _rule(R.MANAGER, on={R.INVIGILATOR: N.OWN, R.MARKER: N.OWN, R.LEAD_MARKER: N.OWN}),
    "people.read":           _rule(R.MANAGER, R.ADMINISTRATOR, R.AUDITOR),
    "people.change":         _rule(R.ADMINISTRATOR),
    "invigilation.list":     _rule(R.INVIGILATOR, R.MANAGER, R.AUDITOR),
    "invigilation.watch":    _rule(R.MANAGER, R.AUDITOR, on=OF_THE_SITTING),
    "invigilation.act":      _rule(R.MANAGER, on=OF_THE_SITTING),
    "lockdown.change":       _rule(R.MANAGER),
    "invigilation.reopen_signed_off": _rule(R.MANAGER),
    "invigilation.lift_hold": _rule(R.MANAGER),
    "bank.read":             _rule(R.ITEM_WRITER, R.REVIEWER, R.MANAGER, R.AUDITOR),
    "bank.write":            _rule(R.ITEM_WRITER),
    "bank.approve":          _rule(R.REVIEWER, R.ITEM_WRITER, never=[N.AUTHOR]),
    "bank.try":              _rule(R.ITEM_WRITER, R.REVIEWER),
    "bank.publish":          _rule(R.REVIEWER, R.ITEM_WRITER),
    "bank.withdraw":         _rule(R.ITEM_WRITER, R.MANAGER),
    "bank.files":            _rule(R.ITEM_WRITER, R.MANAGER),
    "bank.import_live":      _rule(R.MANAGER),
    "marking.queue":         _rule(R.MARKER, R.LEAD_MARKER),
    "marking.mark":          _rule(on={R.MARKER: N.OWN, R.LEAD_MARKER: N.OWN}, never=[N.INVIGILATED]),
    "marking.overview":      _rule(R.LEAD_MARKER, R.MANAGER, R.AUDITOR),
    "results.read":          _rule(R.MANAGER, R.AUDITOR),
    "results.release":       _rule(R.MANAGER),
    "results.read_own":      _rule(on={R.APPRENTICE: N.OWN}),
    "audit.read":            _rule(R.AUDITOR, R.MANAGER),
    "audit.export":          _rule(R.AUDITOR, R.MANAGER),
}  # fmt: skip

EXCLUSIVE = frozenset({Role.AUDITOR})  # reads everything, changes nothing, and is nothing else


def refusal(act: str, roles: Collection[Role], relations: Collection[Relation] = ()) -> str | None:
    """Why a person may not do an act: a message code, or None when they may.

    KeyError when the act is not in the table: an act nobody has thought about is never allowed.
    """
    rule = ACTS[act]
    if not any(role in rule.roles and _related(rule.roles[role], relations) for role in roles):
        return "access.role"
    if rule.never & set(relations):
        return "access.separated"
    return None


def may_ever(act: str, roles: Collection[Role]) -> bool:
    """Whether the roles allow the act on some object: what a menu shows."""
    return any(role in ACTS[act].roles for role in roles)


def _related(needed: Relation | None, relations: Collection[Relation]) -> bool:
    return needed is ANY or needed in relations


def role_faults(roles: Collection[Role]) -> list[str]:
    """What is wrong with a set of roles held by one person: message codes."""
    faults = [] if roles else ["people.no_role"]
    if EXCLUSIVE & set(roles) and len(set(roles)) > 1:
        faults.append("people.auditor_alone")
    if Role.APPRENTICE in roles and len(set(roles)) > 1:
        faults.append("people.apprentice_alone")
    return faults
