"""Review by a second person, publication and withdrawal, over HTTP."""

from __future__ import annotations

import sqlalchemy as sa
from flask.testing import FlaskClient

from sjt.rules.access import Role
from sjt.rules.authoring import CHECKLIST, State
from sjt.services import authoring
from sjt.stores import tables as t
from sjt.stores.bank import live_bank
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests.site import Site

APPROVAL = {"decision": "approve", "checks": list(CHECKLIST)}
WHO = {  # publish, withdraw, review: 403 is the role, 409 and 400 come after it
    Role.MANAGER: (403, 400, 403),
    Role.REVIEWER: (409, 403, 400),
    Role.ITEM_WRITER: (409, 400, 400),
    Role.AUDITOR: (403, 403, 403),
}


def waiting(site: Site) -> tuple[Person, Person, Version]:
    """A version in review, its writer, and a reviewer who has opened it."""
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        version = saved.saved_in_review(conn, site, writer)
        authoring.open_text(conn, reviewer, [version], "review", site.now())
    return writer, reviewer, version


def post(client: FlaskClient, version: Version, act: str, **data: object) -> tuple[int, str]:
    filled = {"edit": str(version.edit), **data}
    return saved.send(client, f"/bank/version/{version.ref}/{act}", filled)


def acts(site: Site, version: Version) -> list[str]:
    r = t.records
    with site.reading() as conn:
        query = sa.select(r.c.act).where(r.c.object_ref == version.ref, r.c.act != "bank.opened")
        return list(conn.scalars(query.order_by(r.c.id)))


def test_from_draft_to_live_every_act_is_recorded(site: Site) -> None:
    writer, reviewer, version = waiting(site)
    client = site.signed_in(reviewer)
    page = client.get(f"/bank/version/{version.ref}/review").get_data(as_text=True)
    assert "word149" in page and "Only asserts." in page and "A source" in page
    status, page = post(client, version, "review", **APPROVAL)
    assert status == 303 and "is approved and will never change" in page
    with site.reading() as conn:
        assert live_bank(conn, saved.SPEC).scenarios == ()
    status, page = post(site.signed_in(writer), version, "publish")
    assert status == 303 and "Version 1 is live" in page
    with site.reading() as conn:
        (live,) = live_bank(conn, saved.SPEC).scenarios
    assert live.title == "The quiet rota" and not live.sample
    assert acts(site, version) == ["bank.begun", "bank.submitted", "bank.approved", "bank.published"]


def test_no_author_gets_to_the_review(site: Site) -> None:
    writer, _, version = waiting(site)
    client = site.signed_in(writer)
    assert client.get(f"/bank/version/{version.ref}/review").status_code == 403
    status, page = post(client, version, "review", **APPROVAL)
    assert status == 403 and "another part in this very piece of work" in page
    assert saved.read_version(site, version.ref).state == State.IN_REVIEW


def test_a_reviewer_opens_the_text_first(site: Site) -> None:
    _, _, version = waiting(site)
    client = site.signed_in(site.person(Role.REVIEWER))
    assert "word149" not in client.get(f"/bank/version/{version.ref}/review").get_data(as_text=True)
    status, page = post(client, version, "review", decision="approve")
    assert status == 200 and "word149" not in page and "What do you need it for?" in page
    status, page = post(client, version, "open", purpose="review", then="review")
    assert status == 303 and "word149" in page and "Your decision" in page
    assert saved.read_version(site, version.ref).state == State.IN_REVIEW


def test_an_approval_needs_every_tick_and_a_return_needs_words(site: Site) -> None:
    _, reviewer, version = waiting(site)
    client = site.signed_in(reviewer)
    status, page = post(client, version, "review", decision="approve", checks=list(CHECKLIST[1:]))
    assert status == 400 and "every point must be ticked" in page
    status, page = post(client, version, "review", decision="return", comment=" ")
    assert status == 400 and "Say what should change." in page
    status, page = post(client, version, "review", comment="Typed and kept")
    assert status == 400 and "Choose a decision." in page and "Typed and kept" in page
    status, page = post(client, version, "review", decision="return", comment="c" * 2_001)
    assert status == 400 and "longer than 2,000 characters" in page
    assert saved.read_version(site, version.ref).state == State.IN_REVIEW


def test_what_was_returned_comes_back_to_its_author_with_the_comment(site: Site) -> None:
    writer, reviewer, version = waiting(site)
    assert post(site.signed_in(reviewer), version, "review", decision="return", comment="Say <why>")[0] == 303
    client = site.signed_in(writer)
    assert "Returned to me" in client.get("/bank/").get_data(as_text=True)
    assert "Say &lt;why&gt;" in client.get(f"/bank/version/{version.ref}/edit").get_data(as_text=True)
    status, page = post(site.signed_in(reviewer), version, "review", **APPROVAL)
    assert status == 409 and "is not waiting for a review any more" in page


def test_another_text_than_the_one_read_is_not_approved(site: Site) -> None:
    _, reviewer, version = waiting(site)
    client = site.signed_in(reviewer)
    for edit in ("0", "", "x"):
        assert post(client, version, "review", **{**APPROVAL, "edit": edit})[0] == 409, edit


def test_only_an_approved_version_is_published(site: Site) -> None:
    writer, _, version = waiting(site)
    status, page = post(site.signed_in(writer), version, "publish")
    assert status == 409 and "cannot be published" in page


def test_a_withdrawal_needs_a_reason_and_takes_the_version_off_new_papers(site: Site) -> None:
    saved.saved_bank(site)
    (live,) = saved.read_versions(site, saved.SLUG)
    client = site.signed_in(site.person(Role.MANAGER))
    assert "does not come back" in client.get(f"/bank/version/{live.ref}/withdraw").get_data(as_text=True)
    status, page = post(client, live, "withdraw", reason=" ")
    assert status == 400 and "Give a reason." in page and "Tick this to go on." in page
    status, page = post(client, live, "withdraw", reason="The law changed", sure="y")
    assert status == 303 and "Version 1 is withdrawn" in page and "The law changed" in page
    with site.reading() as conn:
        assert saved.SLUG not in {s.slug for s in live_bank(conn, saved.SPEC).scenarios}
    assert client.get(f"/bank/version/{live.ref}/withdraw").status_code == 409
    assert post(client, live, "withdraw", reason="Again", sure="y")[0] == 409
    writer = site.signed_in(site.person(Role.ITEM_WRITER))
    assert saved.send(writer, f"/bank/scenario/{saved.SLUG}/draft")[0] == 303  # a new version may follow


def test_who_may_decide(site: Site) -> None:
    _, _, version = waiting(site)
    for role, statuses in WHO.items():
        person = site.person(role)
        with site.writing() as conn:
            authoring.open_text(conn, person, [version], "review", site.now())
        client = site.signed_in(person)
        assert tuple(post(client, version, act)[0] for act in ("publish", "withdraw", "review")) == statuses, role
