"""What the database holds to: one live version, one draft, no approval by an author, nothing approved changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.authoring import CHECKLIST, State
from sjt.rules.refusals import NotAllowed, NotNow, Refusal, Stale
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores import tables as t
from tests import saved_authoring as saved
from tests.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(database_url, tmp_path)
    yield made
    made.close()


def at_once(site: Site, *acts: Callable[[sa.Connection], object]) -> list[str]:
    """Do acts in as many threads, let go together; how each ended: its refusal's code, or ``done``."""
    ready = threading.Barrier(len(acts))

    def one(act: Callable[[sa.Connection], object]) -> str:
        ready.wait()
        try:
            with site.writing() as conn:
                act(conn)
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def states(site: Site, slug: str) -> list[State]:
    return [version.state for version in saved.read_versions(site, slug)]


def test_two_saves_of_the_same_edit_never_overwrite_each_other(site: Site) -> None:
    writer, other = saved.two_people(site)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer)
    contents = [replace(saved.whole_content(), title=f"Title {n}") for n in range(4)]
    ended = at_once(
        site,
        *(
            lambda conn, c=content: authoring.save(conn, other, draft, draft.edit, c, site.now())
            for content in contents
        ),
    )
    assert ended == ["authoring.stale"] * 3 + ["done"]
    assert saved.read_version(site, draft.ref).edit == draft.edit + 1


def test_two_people_open_one_draft(site: Site) -> None:
    writer, other = saved.two_people(site)
    saved.saved_bank(site)
    ended = at_once(
        site,
        *(lambda conn, p=p: authoring.open_draft(conn, p, saved.SLUG, site.now()) for p in (writer, other)),
    )
    assert ended == ["authoring.in_progress", "done"]
    assert states(site, saved.SLUG) == [State.DRAFT, State.LIVE]


def test_an_approval_and_a_return_at_once_give_one_decision(site: Site) -> None:
    writer, first = saved.two_people(site)
    _, second = saved.two_people(site)
    with site.writing() as conn:
        waiting = saved.saved_in_review(conn, site, writer)
        for reviewer in (first, second):
            authoring.open_text(conn, reviewer, [waiting], "review", site.now())
    now = site.now()
    ended = at_once(
        site,
        lambda conn: authoring.approve(conn, first, waiting, waiting.edit, "", CHECKLIST, now),
        lambda conn: authoring.send_back(conn, second, waiting, "Not yet", now),
    )
    assert ended == ["authoring.not_in_review", "done"]
    with site.reading() as conn:
        assert len(drafts.reviews_of(conn, [waiting.id])) == 1


def test_publishing_takes_the_old_live_version_off_in_the_same_moment(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
        made = authoring.open_draft(conn, writer, live.slug, site.now())
        authoring.submit(conn, writer, made, site.now())
        authoring.open_text(conn, reviewer, [made], "review", site.now())
        authoring.approve(conn, reviewer, made, made.edit, "", CHECKLIST, site.now())
    assert states(site, live.slug) == [State.APPROVED, State.LIVE]
    ended = at_once(site, *[lambda conn: authoring.publish(conn, writer, made, site.now())] * 3)
    assert ended == ["authoring.not_approved"] * 2 + ["done"]
    new, old = saved.read_versions(site, live.slug)
    assert (new.state, old.state) == (State.LIVE, State.WITHDRAWN)
    assert old.withdrawn_reason == "Replaced by version 2." and old.withdrawn_at == new.live_at


def test_no_author_approves_by_any_route(site: Site) -> None:
    """The one who began it, and one who only changed it later; through the service, the store and plain SQL."""
    writer, second = saved.two_people(site)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer)
        edit, _ = authoring.save(
            conn, second, draft, draft.edit, replace(saved.whole_content(), title="Another"), site.now()
        )
        waiting = authoring.version(conn, draft.ref)
        assert authoring.submit(conn, writer, waiting, site.now()) == []
    waiting = saved.read_version(site, draft.ref)
    for author in (writer, second):
        with pytest.raises(NotAllowed), site.writing() as conn:
            authoring.approve(conn, author, waiting, edit, "", CHECKLIST, site.now())
        with pytest.raises(NotNow), site.writing() as conn:  # even if the service were told otherwise
            authoring.open_text(conn, author, [waiting], "review", site.now())
            authoring.approve(conn, author, replace(waiting, authors={}), edit, "", CHECKLIST, site.now())
        with site.writing() as conn:
            assert not drafts.approve(conn, waiting.id, edit, author.id, site.now())
    v = t.scenario_versions
    with pytest.raises(sa.exc.IntegrityError), site.writing() as conn:
        conn.execute(v.update().where(v.c.id == waiting.id).values(approved_by=writer.id))


def test_an_approval_is_of_the_text_that_was_read(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        waiting = saved.saved_in_review(conn, site, writer)
        authoring.open_text(conn, reviewer, [waiting], "review", site.now())
    with pytest.raises(NotNow), site.writing() as conn:
        authoring.approve(conn, reviewer, waiting, waiting.edit - 1, "", CHECKLIST, site.now())
    assert saved.read_version(site, waiting.ref).state == State.IN_REVIEW


def test_nobody_decides_on_a_text_that_they_have_not_opened(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        waiting = saved.saved_in_review(conn, site, writer)
    with pytest.raises(NotNow, match="read_first"), site.writing() as conn:
        authoring.approve(conn, reviewer, waiting, waiting.edit, "", CHECKLIST, site.now())


def test_an_approved_version_never_changes(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        approved = saved.saved_approved(conn, site, writer, reviewer)
        kept = drafts.content_of(conn, approved.id)
    changed = replace(kept, title="Other", questions=kept.questions[:1])
    with pytest.raises(NotNow, match="not_draft"), site.writing() as conn:
        authoring.save(conn, writer, approved, approved.edit, changed, site.now())
    with pytest.raises(sa.exc.IntegrityError), site.writing() as conn:
        drafts.write_content(conn, approved.scenario_id, approved.id, changed)
    with site.reading() as conn:
        assert drafts.content_of(conn, approved.id) == kept


def test_a_new_version_leaves_the_old_one_as_it_was(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
        before = drafts.content_of(conn, live.id)
        made = authoring.open_draft(conn, writer, live.slug, site.now())
        fewer = replace(before, text="Shorter.", questions=before.questions[1:])
        authoring.save(conn, writer, made, made.edit, fewer, site.now())
    with site.reading() as conn:
        assert drafts.content_of(conn, live.id) == before
        assert drafts.content_of(conn, made.id) == fewer
        assert drafts.live_questions(conn, saved.SPEC) == {q.statement: 1 for q in before.questions}


def test_a_question_that_comes_back_is_the_same_question(site: Site) -> None:
    writer, _ = saved.two_people(site)
    whole = saved.whole_content()
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer, whole)
        edit = draft.edit
        for content in (replace(whole, questions=whole.questions[1:]), whole):
            edit, _ = authoring.save(conn, writer, draft, edit, content, site.now())
        assert drafts.content_of(conn, draft.id) == whole
        of_it = (
            sa.select(sa.func.count()).select_from(t.questions).where(t.questions.c.scenario_id == draft.scenario_id)
        )
        assert conn.scalar(of_it) == len(whole.questions)


def test_a_stale_save_changes_nothing(site: Site) -> None:
    writer, _ = saved.two_people(site)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer)
    with pytest.raises(Stale), site.writing() as conn:
        authoring.save(conn, writer, draft, draft.edit - 1, replace(saved.whole_content(), title="Late"), site.now())
    assert saved.read_version(site, draft.ref).title == "The quiet rota"


def test_two_scenarios_of_one_title_get_two_slugs(site: Site) -> None:
    writer, _ = saved.two_people(site)
    ended = at_once(
        site, *[lambda conn: authoring.new_scenario(conn, writer, saved.SPEC, "C1", "Twins", site.now())] * 2
    )
    assert ended == ["done", "done"]
    with site.reading() as conn:
        assert set(drafts.of_spec(conn, saved.SPEC)) == {"twins", "twins-2"}


def test_a_search_takes_words_as_they_are(site: Site) -> None:
    saved.saved_bank(site)
    with site.reading() as conn:
        assert drafts.holding_words(conn, saved.SPEC, ["AGNIESZKA", "phones"]) == {saved.SLUG}
        assert drafts.holding_words(conn, saved.SPEC, ["%"]) == frozenset()
        assert drafts.holding_words(conn, "other", ["phones"]) == frozenset()
