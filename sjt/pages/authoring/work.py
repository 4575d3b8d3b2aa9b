"""My work: what waits for the person asking, the longest waiting first, each with its age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sjt.pages.authoring.loading import BADGES, age, may, next_review, pages
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Report, Version
from sjt.words import say

SHOWN, ALL = 5, 500  # of each kind: on the desk's first page, and on the page of its own
KINDS = (  # what it is, the act it needs, where it leads
    ("returned", "write", "authoring.editor"),
    ("asked", "approve", "authoring.review"),
    ("drafts", "write", "authoring.editor"),
    ("reviews", "approve", "authoring.review"),
    ("approved", "publish", "authoring.scenario"),
    ("due", "approve", "authoring.yearly"),
)


@dataclass(frozen=True)
class Item:
    """One thing that waits: the version, since when in words, and whether that is too long."""

    version: Version
    since: str
    late: bool = False


@dataclass(frozen=True)
class Pile:
    """Things that wait for the same act. ``total`` counts those that are not shown too."""

    title: str
    act: str
    endpoint: str
    items: Sequence[Item]
    total: int


@dataclass(frozen=True)
class Work:
    """Everything that waits for a person."""

    piles: Sequence[Pile]
    reports: Sequence[tuple[Report, str]]
    reports_total: int

    @property
    def total(self) -> int:
        """How many things wait."""
        return sum(pile.total for pile in self.piles) + self.reports_total

    @property
    def hidden(self) -> bool:
        """Whether something waits that is not shown here."""
        return self.total > sum(len(pile.items) for pile in self.piles) + len(self.reports)


@pages.get("/work")
@requires("bank.read")
def work(desk: Desk) -> Reply:
    """All of it, on a page of its own."""
    return show("authoring/work.html", work=my_work(desk, ALL), may=may(desk), badges=BADGES)


def my_work(desk: Desk, most: int = SHOWN) -> Work:
    """What waits for the person asking, in a fixed number of statements."""
    allowed = may(desk)
    wanted = [(kind, endpoint) for kind, act, endpoint in KINDS if allowed[act]]
    soon = {}
    for specification in authoring.specifications():
        cutoffs = authoring.review_cutoffs(specification, desk.now)
        if cutoffs is not None:
            soon[specification.name] = cutoffs.soon
    found = drafts.piles(desk.conn, desk.person.id, soon, [kind for kind, _ in wanted], most)
    piles = [_pile(desk, kind, endpoint, found[kind]) for kind, endpoint in wanted if found[kind].total]
    reports = drafts.open_reports(desk.conn, desk.person.id) if allowed["write"] else []
    return Work(piles, [(report, age(desk, report.at)) for report in reports[:most]], len(reports))


def _pile(desk: Desk, kind: str, endpoint: str, found: drafts.Pile) -> Pile:
    items = [_item(desk, kind, version) for version in found.versions]
    return Pile(say(f"authoring.work.{kind}"), say(f"authoring.work_act.{kind}"), endpoint, items, found.total)


def _item(desk: Desk, kind: str, version: Version) -> Item:
    if kind == "due":
        review = next_review(desk, authoring.specification(version.spec_name, desk.now), version)
        return Item(version, review.words if review else "", review is not None and review.kind == "bad")
    at = {"asked": version.submitted_at, "reviews": version.submitted_at, "approved": version.approved_at}
    return Item(version, age(desk, at.get(kind, version.changed_at)))
