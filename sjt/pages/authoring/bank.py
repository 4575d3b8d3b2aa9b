"""The list of scenarios, what waits for whom, and which statements are covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from sjt.pages.authoring.forms import NewForm
from sjt.pages.authoring.loading import BADGES, may, may_review, pages, versions_of
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.authoring import IN_PROGRESS, State
from sjt.rules.plan import Specification
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say

MOST_WORDS = 8  # of a search; more find nothing else
STATES = [(state.value, say(f"authoring.state.{state.value}")) for state in State]


@dataclass(frozen=True)
class Row:
    """One scenario in the list."""

    newest: Version
    live: Version | None
    in_progress: Version | None


@dataclass(frozen=True)
class Work:
    """What waits for the person asking."""

    returned: Sequence[Version]
    drafts: Sequence[Version]
    reviews: Sequence[Version]
    approved: Sequence[Version]

    def __bool__(self) -> bool:
        return any((self.returned, self.drafts, self.reviews, self.approved))


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to."""

    q: str
    theme: str
    state: str

    def __bool__(self) -> bool:
        return any((self.q, self.theme, self.state))

    def admit(self, row: Row, found: frozenset[str] | None) -> bool:
        """Whether a row is shown."""
        return (
            (found is None or row.newest.slug in found)
            and self.theme in ("", row.newest.theme)
            and self.state in ("", *(v.state.value for v in (row.newest, row.live) if v))
        )


@pages.get("/")
@requires("bank.read")
def bank(desk: Desk) -> Reply:
    """All scenarios of a specification by theme, without their text; first, what waits for the person asking."""
    specification = _asked_for(desk)
    everything = drafts.of_spec(desk.conn, specification.name)
    filters = Filters(*(request.args.get(name, "").replace("\0", "").strip()[:200] for name in ("q", "theme", "state")))
    words = filters.q.split()[:MOST_WORDS]
    found = drafts.holding_words(desk.conn, specification.name, words) if words else None
    rows = [row for row in map(_row, everything.values()) if filters.admit(row, found)]
    themes = specification.blueprint.themes
    return show(
        "authoring/bank.html",
        specification=specification,
        specifications=authoring.specifications(),
        groups=[(t, [row for row in rows if row.newest.theme == t.code]) for t in themes.values()],
        shown=len(rows),
        total=len(everything),
        filters=filters,
        states=STATES,
        work=_work(desk, everything.values()),
        may=may(desk),
        badges=BADGES,
    )


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


@pages.get("/new")
@requires("bank.write")
def new(desk: Desk) -> Reply:
    """The form for a new scenario."""
    return _new_page(_new_form(_asked_for(desk)), _asked_for(desk))


@pages.post("/new")
@requires("bank.write")
def begin(desk: Desk) -> Reply:
    """Begin a scenario and open its draft."""
    specification = _asked_for(desk)
    form = _new_form(specification)
    sound = form.validate()
    if form.theme.data not in specification.blueprint.themes:
        form.theme.errors = [*form.theme.errors, say("authoring.unknown_theme")]
        sound = False
    if not sound:
        return _new_page(form, specification, 400)
    ref = authoring.new_scenario(
        desk.conn, desk.person, specification.name, form.theme.data, form.title.data or "", desk.now
    )
    return go("authoring.editor", say("authoring.new"), ref=ref)


@pages.get("/scenario/<slug>")
@requires("bank.read", on=versions_of)
def scenario(desk: Desk, versions: Sequence[Version]) -> Reply:
    """A scenario: its versions, who did what to them and when. No text stands here."""
    newest = versions[0]
    specification = authoring.specification(newest.spec_name, desk.now)
    busy = next((v for v in versions if v.state in IN_PROGRESS), None)
    return show(
        "authoring/scenario.html",
        newest=newest,
        versions=versions,
        live=next((v for v in versions if v.state == State.LIVE), None),
        busy=busy,
        theme=specification.blueprint.themes[newest.theme],
        reviews=_by_version(drafts.reviews_of(desk.conn, [v.id for v in versions])),
        review_open=busy is not None and may_review(desk, busy),
        may=may(desk),
        badges=BADGES,
    )


@pages.post("/scenario/<slug>/draft")
@requires("bank.write", on=versions_of)
def open_draft(desk: Desk, versions: Sequence[Version]) -> Reply:
    """Open the next version as a draft."""
    made = authoring.open_draft(desk.conn, desk.person, versions[0].slug, desk.now)
    return go("authoring.editor", say("authoring.opened_draft", number=made.number), ref=made.ref)


def _asked_for(desk: Desk) -> Specification:
    name = request.values.get("spec") or authoring.specifications()[0].name
    return authoring.specification(name, desk.now)


def _row(versions: Sequence[Version]) -> Row:
    return Row(
        versions[0],
        next((v for v in versions if v.state == State.LIVE), None),
        next((v for v in versions if v.state in IN_PROGRESS), None),
    )


def _work(desk: Desk, scenarios: Iterable[Sequence[Version]]) -> Work:
    versions = [v for of_one in scenarios for v in of_one if v.state in IN_PROGRESS]
    mine = [v for v in versions if v.state == State.DRAFT and desk.person.id in v.authors]
    returned = {r.version_id for r in drafts.reviews_of(desk.conn, [v.id for v in mine])}
    publish = may(desk)["publish"]
    return Work(
        returned=[v for v in mine if v.id in returned],
        drafts=[v for v in mine if v.id not in returned],
        reviews=[v for v in versions if may_review(desk, v)],
        approved=[v for v in versions if v.state == State.APPROVED and publish],
    )


def _by_version(reviews: Iterable[drafts.Review]) -> dict[int, list[drafts.Review]]:
    found: dict[int, list[drafts.Review]] = {}
    for review in reviews:
        found.setdefault(review.version_id, []).append(review)
    return found


def _pathways_of(specification: Specification) -> Mapping[str, str]:
    """Which pathways ask each theme, in words."""
    blueprint = specification.blueprint
    return {
        code: "All"
        if all(code in p.themes for p in blueprint.pathways.values())
        else ", ".join(p.code.capitalize() for p in blueprint.pathways.values() if code in p.themes)
        for code in blueprint.themes
    }


def _new_form(specification: Specification) -> NewForm:
    form = NewForm(data={"spec": specification.name, "theme": request.args.get("theme", "")})
    form.theme.choices = [SelectChoice("", "Choose a theme")]
    form.theme.choices += [SelectChoice(t.code, f"{t.code} {t.title}") for t in specification.blueprint.themes.values()]
    return form


def _new_page(form: NewForm, specification: Specification, status: int = 200) -> Reply:
    return show("authoring/new.html", status, form=form, specification=specification)
