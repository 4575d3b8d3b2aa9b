"""Comments beside fields, impact, the yearly review, what a withdrawal does, and that no author decides."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.rules.authoring import CHECKLIST, State
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores import tables as t
from tests import saved_authoring as saved
from tests import saved_marking
from tests.saved import saved_room
from tests.site import Site

APPROVAL = {"decision": "approve", "checks": list(CHECKLIST), "sure": "y", "purpose": "review", "then": "review"}


def test_a_comment_beside_a_field_stands_there_in_the_editor(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        version = saved.saved_in_review(conn, site, writer)
        authoring.open_text(conn, reviewer, [version], "review", site.now())
    client, address = site.signed_in(reviewer), f"/bank/version/{version.ref}/review"
    assert 'name="note-C1.1-P-C1a.1-meets"' in client.get(address).get_data(as_text=True)
    notes = {"note-text": "A real <street>.", "note-C1.1-text": "c" * 2_001}
    status, page = saved.send(client, address, {"edit": "1", "decision": "return", **notes})
    assert status == 400 and "A real &lt;street&gt;." in page and "longer than 2,000" in page
    notes = {"note-text": "A real <street>.", "note-C1.1-text": "Two questions in one.", "note-none": "Lost"}
    assert saved.send(client, address, {"edit": "1", "decision": "return", **notes})[0] == 303
    page = site.signed_in(writer).get(f"/bank/version/{version.ref}/edit").get_data(as_text=True)
    before, _, after = page.partition('name="text"')
    assert "A real &lt;street&gt;." in before and "Two questions in one." in after and "Lost" not in page
    assert f"{reviewer.name}:" in page and "2 comments stand" in page


def test_the_reviewer_sees_what_an_approval_would_change(site: Site) -> None:
    room = saved_room(site)
    for number in (1, 2):
        room.seat(f"Candidate {number}", number)
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        v, pq = t.scenario_versions, t.paper_questions
        asked = sa.select(v.c.scenario_id).join(pq, pq.c.scenario_version_id == v.c.id).where(pq.c.statement == "C4.2")
        used = conn.scalar(sa.select(t.scenarios.c.slug).where(t.scenarios.c.id.in_(asked)).limit(1))
        made = authoring.open_draft(conn, writer, str(used), site.now())
        content = drafts.content_of(conn, made.id)
        others = tuple(q for q in content.questions if q.statement != "C4.2")
        fewer = replace(content, questions=others, enemies=(saved.SLUG,))
        authoring.save(conn, writer, made, made.edit, fewer, site.now())
        drafts.move(conn, made.id, [State.DRAFT], State.IN_REVIEW, submitted_at=site.now())
        authoring.open_text(conn, reviewer, [made], "review", site.now())
    page = site.signed_in(reviewer).get(f"/bank/version/{made.ref}/review").get_data(as_text=True)
    assert "takes the place of version 1" in page and "Drawn for a booked seat, not begun" in page
    assert "A key question leaves the bank" in page and "asks C4.2" in page
    row = page.partition("C4.2 ")[2].partition("</tr>")[0]
    assert ">2<" in row and ">1<" in row
    assert "No longer on one paper with" in page and "Phones at nine" in page


def test_a_live_version_is_read_again_by_somebody_who_did_not_write_it(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
    site.clock.advance(days=400)
    client, address = site.signed_in(reviewer), f"/bank/version/{live.ref}/yearly"
    assert "What do you need it for?" in client.get(address).get_data(as_text=True)
    assert saved.send(client, f"/bank/version/{live.ref}/open", {"then": "yearly", "purpose": "review"})[0] == 303
    status, page = saved.send(client, address, {"comment": "Typed"})
    assert status == 400 and "Tick this, or open a new version" in page and "Typed" in page
    status, page = saved.send(client, address, {"sure": "y", "comment": "The Act is still in force."})
    assert status == 303 and "fit for another year" in page and "The Act is still in force." in page
    assert "28 December 2028" in page  # a year after 28 December 2027
    assert saved.acts_on(site, live.ref)[-1] == "bank.confirmed"


def test_no_author_decides_by_any_route(site: Site) -> None:
    """Whoever began a version or changed one word of it: on every route that could approve or confirm it."""
    both = (Role.ITEM_WRITER, Role.REVIEWER)
    writer, second, reviewer = site.person(*both), site.person(*both), site.person(Role.REVIEWER)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer)
        authoring.save(conn, second, draft, draft.edit, replace(saved.whole_content(), title="Other"), site.now())
        assert authoring.submit(conn, writer, authoring.version(conn, draft.ref), site.now()) == []
    for author in (writer, second):
        client = site.signed_in(author)
        edit = str(saved.read_version(site, draft.ref).edit)
        for route in ("review", "yearly"):
            assert client.get(f"/bank/version/{draft.ref}/{route}").status_code == 403
            assert saved.send(client, f"/bank/version/{draft.ref}/{route}", {**APPROVAL, "edit": edit})[0] == 403
        saved.send(client, f"/bank/version/{draft.ref}/open", APPROVAL)
        data = saved.draft_fields(draft, saved.whole_content(), act="approve", **{"state": "approved"})
        for route in ("edit", "autosave", "publish", "discard", "withdraw"):
            saved.send(client, f"/bank/version/{draft.ref}/{route}", {**data, "reason": "x", "sure": "y"})
            version = saved.read_version(site, draft.ref)
            assert version.state == State.IN_REVIEW and version.approved_at is None, route
    with site.writing() as conn:
        waiting = authoring.version(conn, draft.ref)
        authoring.open_text(conn, reviewer, [waiting], "review", site.now())
    page = f"/bank/version/{draft.ref}/review"
    assert saved.send(site.signed_in(reviewer), page, {**APPROVAL, "edit": str(waiting.edit)})[0] == 303


def test_a_withdrawal_says_before_and_after_what_it_does(site: Site) -> None:
    room = saved_room(site)
    room.seat("Waiting", 1)
    room.begun(room.seat("Running", 2))
    saved_marking.handed_in(room, "Sat", 3)
    with site.reading() as conn:
        pq, v = t.paper_questions, t.scenario_versions
        in_all = (
            sa.select(t.scenarios.c.slug).join(v, v.c.scenario_id == t.scenarios.c.id)
            .join(pq, pq.c.scenario_version_id == v.c.id)
            .group_by(t.scenarios.c.slug).order_by(sa.func.count(sa.distinct(pq.c.paper_id)).desc()).limit(1)
        )  # fmt: skip
        slug = str(conn.scalar(in_all))
        (live,) = drafts.of_scenario(conn, slug)
        use = authoring.in_use(conn, live.scenario_id)
    client = site.signed_in(room.manager)
    page = " ".join(client.get(f"/bank/version/{live.ref}/withdraw").get_data(as_text=True).split())
    for count, words in ((use.waiting, "drawn and not begun"), (use.running, "running now"), (use.sat, "sat:")):
        assert f"{'1 paper' if count else 'No paper'}</strong> {words}" in page
    sent = {"reason": "The law changed", "sure": "y"}
    status, page = saved.send(client, f"/bank/version/{live.ref}/withdraw", sent)
    assert status == 303 and f"Incidents raised for papers that are running: {use.running}." in page
    assert f"Papers drawn anew: {use.waiting}." in page or "Seats left without a paper: 1." in page
