"""What each test lays down, as its dated file says it: for reading and for printing. Nothing is changed here."""

from __future__ import annotations

from flask import Blueprint

from item_bank.framework import Framework, shipped_frameworks
from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.replies import Reply, show
from sjt.rules.pass_rules import Marks
from sjt.rules.plan import Specification
from sjt.rules.refusals import NotFound
from sjt.services import plan_words, specifications
from sjt.services.files import missing_lines

pages = Blueprint("specifications", __name__, url_prefix="/specifications")


def _specification(desk: Desk, name: str) -> Loaded:
    return Loaded(specifications.find(name, desk.now))


def _framework(desk: Desk, name: str) -> Loaded:
    found = next((framework for framework in shipped_frameworks() if framework.name == name), None)
    if found is None:
        raise NotFound("plan.no_framework")
    return Loaded(found)


@pages.get("/")
@requires("bank.read")
def listed(desk: Desk) -> Reply:
    """All specifications, and apart from them the frameworks of tags."""
    return show(
        "specifications/list.html",
        specifications=specifications.in_order(),
        frameworks=shipped_frameworks(),
        tell=plan_words,
        today=desk.now.date(),
    )


@pages.get("/<name>")
@requires("bank.read", on=_specification)
def specification(desk: Desk, found: Specification) -> Reply:
    """One specification: what it asks, how it is passed, and what was taken where the plan is silent."""
    marks = found.pass_rule if isinstance(found.pass_rule, Marks) else None
    return show(
        "specifications/specification.html",
        plan=found,
        tell=plan_words,
        missing=missing_lines(found),
        refused=specifications.not_schedulable(found),
        grades=marks.grades if marks else (),
        frameworks=specifications.frameworks_of(found),
        others=[version for version in specifications.versions(found.name) if version.id != found.id],
    )


@pages.get("/frameworks/<name>")
@requires("bank.read", on=_framework)
def framework(desk: Desk, found: Framework) -> Reply:
    """The points of one framework, as tags."""
    return show("specifications/framework.html", framework=found)
