"""The list of scenarios with its search and filters, which statements are covered, and a new scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from flask import request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from item_bank.formats import FORMATS
from sjt.pages.authoring.forms import NewForm
from sjt.pages.authoring.loading import BADGES, NextReview, may, next_review, pages
from sjt.pages.authoring.work import my_work
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.authoring import IN_PROGRESS, Asked, Due, State, stands_alone
from sjt.rules.plan import Specification
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say

PAGE = 50  # scenarios
MOST_WORDS = 8  # of a search; more find nothing else
MOST_PAGES = 1_000_000


@dataclass(frozen=True)
class Row:
    """One scenario in the list."""

    newest: Version
    live: Version | None
    in_progress: Version | None
    review: NextReview | None


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to, as the address says it."""

    q: str = ""
    theme: str = ""
    pathway: str = ""
    statement: str = ""
    format: str = ""
    state: str = ""
    author: str = ""
    due: str = ""

    def __bool__(self) -> bool:
        return any(self.said.values())

    @property
    def said(self) -> dict[str, str]:
        """What is narrowed, for an address."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


@pages.get("/")
@requires("bank.read")
def bank(desk: Desk) -> Reply:
    """What waits for the person asking; then the scenarios of a specification, without their text, fifty a page."""
    specification = _asked_for(desk)
    filters, number = _filters(), _page_number()
    found = drafts.found(desk.conn, _wanted(desk, specification, filters), (number - 1) * PAGE, PAGE)
    if number > 1 and not found.scenarios:  # a page that the list does not have (any more)
        number, found = 1, drafts.found(desk.conn, _wanted(desk, specification, filters), 0, PAGE)
    rows = [_row(desk, specification, versions) for versions in found.scenarios]
    blueprint = specification.blueprint
    return show(
        "authoring/bank.html",
        specification=specification,
        specifications=authoring.specifications(),
        groups=[(t, of) for t in blueprint.themes.values() if (of := [r for r in rows if r.newest.theme == t.code])],
        rows=rows,
        total=found.total,
        page=number,
        pages=max(1, -(-found.total // PAGE)),
        first=(number - 1) * PAGE + 1,
        filters=filters,
        choices=_choices(desk, specification),
        work=None if filters or number > 1 else my_work(desk),
        alone=stands_alone(blueprint),
        may=may(desk),
        badges=BADGES,
    )


def _choices(desk: Desk, specification: Specification) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What each filter may be set to: values with their words."""
    blueprint = specification.blueprint
    statements = [s for theme in blueprint.themes.values() for s in theme.statements]
    return {
        "theme": [(t.code, f"{t.code} {t.title}") for t in blueprint.themes.values()],
        "pathway": [(p.code, p.title) for p in blueprint.pathways.values()],
        "statement": [(s.code, f"{s.code} {s.title}") for s in statements],
        "format": [(name, FORMATS[name].title) for name in blueprint.formats],
        "state": [(state.value, say(f"authoring.state.{state.value}")) for state in State],
        "author": drafts.writers(desk.conn, specification.name),
        "due": [(due.value, say(f"authoring.filter_due.{due.value}")) for due in (Due.OVERDUE, Due.SOON)],
    }


def _filters() -> Filters:
    args = {f.name: request.args.get(f.name, "").replace("\0", "").strip()[:200] for f in fields(Filters)}
    return Filters(**args)


def _page_number() -> int:
    typed = request.args.get("page", "1")
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:9]) < MOST_PAGES else 1


def _wanted(desk: Desk, specification: Specification, filters: Filters) -> drafts.Wanted:
    wanted = drafts.Wanted(
        spec_name=specification.name,
        words=filters.q.split()[:MOST_WORDS],
        themes=_themes(specification, filters),
        statement=filters.statement,
        format=filters.format,
        state=filters.state,
        author=filters.author,
    )
    if filters.due not in list(Due):
        return wanted
    return replace(wanted, due=Due(filters.due), cutoffs=authoring.review_cutoffs(specification, desk.now))


def _themes(specification: Specification, filters: Filters) -> frozenset[str] | None:
    """The themes that a theme and a pathway leave; None when neither is named."""
    if not filters.theme and not filters.pathway:
        return None
    blueprint = specification.blueprint
    named = {filters.theme} if filters.theme else set(blueprint.themes)
    if filters.pathway:
        pathway = blueprint.pathways.get(filters.pathway)
        named &= set(pathway.themes if pathway else ())
    return frozenset(named)


@pages.get("/coverage")
@requires("bank.read")
def coverage(desk: Desk) -> Reply:
    """How many live questions there are on each statement."""
    specification = _asked_for(desk)
    return show(
        "authoring/coverage.html",
        specification=specification,
        live=drafts.live_questions(desk.conn, specification.name),
        pathways=_pathways_of(specification),
    )


def _pathways_of(specification: Specification) -> Mapping[str, str]:
    """Which pathways ask each theme, in words."""
    blueprint = specification.blueprint
    return {
        code: "All"
        if all(code in p.themes for p in blueprint.pathways.values())
        else ", ".join(p.code.capitalize() for p in blueprint.pathways.values() if code in p.themes)
        for code in blueprint.themes
    }


# ------------------------------------------------------------------------------------------------ a new scenario
@pages.get("/new")
@requires("bank.write")
def new(desk: Desk) -> Reply:
    """The form for a new scenario, or for a new question that stands alone."""
    return _new_page(_new_form(_asked_for(desk)), _asked_for(desk))


@pages.post("/new")
@requires("bank.write")
def begin(desk: Desk) -> Reply:
    """Begin a scenario and open its draft."""
    specification = _asked_for(desk)
    form = _new_form(specification)
    alone = stands_alone(specification.blueprint)
    sound = form.validate()
    for name, code in _misplaced(form, specification, alone):
        form[name].errors = [*form[name].errors, say(code)]
        sound = False
    if not sound:
        return _new_page(form, specification, 400)
    theme, question = form.theme.data, None
    if alone:
        theme = specification.blueprint.statement(form.statement.data).theme
        question = Asked(form.statement.data, format=form.format.data)
    ref = authoring.new_scenario(
        desk.conn, desk.person, specification.name, theme, form.title.data or "", desk.now, question
    )
    return go("authoring.editor", say("authoring.new"), ref=ref)


def _misplaced(form: NewForm, specification: Specification, alone: bool) -> list[tuple[str, str]]:
    """The choices that are none: field and message code."""
    blueprint = specification.blueprint
    if not alone:
        return [] if form.theme.data in blueprint.themes else [("theme", "authoring.unknown_theme")]
    faults = [] if form.statement.data in blueprint.by_code() else [("statement", "authoring.choose_statement")]
    return faults if form.format.data in blueprint.formats else [*faults, ("format", "authoring.choose_format")]


def _asked_for(desk: Desk) -> Specification:
    name = request.values.get("spec") or authoring.specifications()[0].name
    return authoring.specification(name, desk.now)


def _row(desk: Desk, specification: Specification, versions: Sequence[Version]) -> Row:
    live = next((v for v in versions if v.state == State.LIVE), None)
    busy = next((v for v in versions if v.state in IN_PROGRESS), None)
    return Row(versions[0], live, busy, next_review(desk, specification, live))


def _new_form(specification: Specification) -> NewForm:
    asked = {name: request.args.get(name, "") for name in ("theme", "statement", "format")}
    form = NewForm(data={"spec": specification.name, **asked})
    themes = specification.blueprint.themes.values()
    form.theme.choices = [SelectChoice("", "Choose a theme")]
    form.theme.choices += [SelectChoice(t.code, f"{t.code} {t.title}") for t in themes]
    form.statement.choices = [SelectChoice("", "Choose a statement")]
    form.statement.choices += [SelectChoice(s.code, f"{s.code} {s.title}") for t in themes for s in t.statements]
    formats = specification.blueprint.formats
    form.format.choices = [SelectChoice("", "Choose a format")] if len(formats) > 1 else []
    form.format.choices += [SelectChoice(name, FORMATS[name].title) for name in formats]
    return form


def _new_page(form: NewForm, specification: Specification, status: int = 200) -> Reply:
    alone = stands_alone(specification.blueprint)
    specifications = authoring.specifications()
    return show(
        "authoring/new.html", status, form=form, specification=specification, alone=alone, specifications=specifications
    )
