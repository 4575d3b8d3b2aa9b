"""What the database holds to: one live version, one draft, no approval by an author, nothing approved changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.authoring import CHECKLIST, Due, State
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


def said(edit: int) -> authoring.Decision:
    return authoring.Decision(edit, "Not yet", ticked=CHECKLIST)


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
        lambda conn: authoring.approve(conn, first, waiting, said(waiting.edit), now),
        lambda conn: authoring.send_back(conn, second, waiting, said(waiting.edit), now),
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
        authoring.approve(conn, reviewer, made, said(made.edit), site.now())
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
            authoring.approve(conn, author, waiting, said(edit), site.now())
        with pytest.raises(NotAllowed), site.writing() as conn:  # even if the service were told otherwise
            authoring.open_text(conn, author, [waiting], "review", site.now())
            authoring.approve(conn, author, replace(waiting, authors={}), said(edit), site.now())
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
        authoring.approve(conn, reviewer, waiting, said(waiting.edit - 1), site.now())
    assert saved.read_version(site, waiting.ref).state == State.IN_REVIEW


def test_nobody_decides_on_a_text_that_they_have_not_opened(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        waiting = saved.saved_in_review(conn, site, writer)
    with pytest.raises(NotNow, match="read_first"), site.writing() as conn:
        authoring.approve(conn, reviewer, waiting, said(waiting.edit), site.now())


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
        found = drafts.found(conn, drafts.Wanted(saved.SPEC), 0, 50)
    assert [of_one[0].slug for of_one in found.scenarios] == ["twins", "twins-2"] and found.total == 2


def slugs(site: Site, spec: str = saved.SPEC, **wanted: object) -> set[str]:
    with site.reading() as conn:
        found = drafts.found(conn, drafts.Wanted(spec, **wanted), 0, 50)  # type: ignore[arg-type]
    assert found.total == len(found.scenarios)
    return {of_one[0].slug for of_one in found.scenarios}


def test_a_search_takes_words_as_they_are(site: Site) -> None:
    saved.saved_bank(site)
    assert slugs(site, words=["AGNIESZKA", "phones"]) == {saved.SLUG}
    assert slugs(site, words=["%"]) == set()
    assert slugs(site, "other", words=["phones"]) == set()


def test_the_list_is_narrowed_by_the_database(site: Site) -> None:
    saved.saved_bank(site)
    writer, _ = saved.two_people(site)
    with site.writing() as conn:
        mine = saved.saved_draft(conn, site, writer, replace(saved.whole_content(), questions=()))
        made = authoring.open_draft(conn, writer, saved.SLUG, site.now())
    assert slugs(site, author=writer.ref) == {mine.slug, saved.SLUG}
    assert slugs(site, state="draft") == {mine.slug, made.slug} and saved.SLUG in slugs(site, state="live")
    assert mine.slug not in slugs(site, statement="C1.1") and slugs(site, statement="C9.9") == set()
    assert slugs(site, format="extended-answer", state="draft") == {saved.SLUG} and slugs(site, format="rank") == set()
    assert slugs(site, themes={"C2"}) == set() and mine.slug in slugs(site, themes={"C1", "C2"})
    cut = authoring.review_cutoffs(authoring.specification(saved.SPEC, site.now()), site.now())
    assert slugs(site, due=Due.OVERDUE, cutoffs=cut) == set()
    site.clock.advance(days=366)
    cut = authoring.review_cutoffs(authoring.specification(saved.SPEC, site.now()), site.now())
    assert saved.SLUG in slugs(site, due=Due.OVERDUE, cutoffs=cut) and slugs(site, due=Due.SOON, cutoffs=cut) == set()


def test_a_page_of_the_list_costs_the_same_whatever_the_size(site: Site) -> None:
    saved.saved_bank(site)
    writer, _ = saved.two_people(site)

    def statements() -> int:
        counted: list[str] = []

        def count(conn: object, cursor: object, statement: str, *more: object) -> None:
            counted.append(statement)

        sa.event.listen(site.product.database.engine, "before_cursor_execute", count)
        with site.reading() as conn:
            found = drafts.found(conn, drafts.Wanted(saved.SPEC, words=["the"]), 0, 50)
            drafts.piles(conn, writer.id, {saved.SPEC: site.now()}, ("drafts", "reviews", "due"), 5)
        sa.event.remove(site.product.database.engine, "before_cursor_execute", count)
        assert len(found.scenarios) <= 50 and not any("sources" in sql for sql in counted)
        return sum("PRAGMA" not in sql for sql in counted)

    few = statements()
    with site.writing() as conn:
        for number in range(8):
            saved.saved_draft(conn, site, writer, saved.whole_content(f"The rota {number}"))
    assert statements() <= few + 3  # the pile of drafts was empty before


def test_a_text_that_a_person_changed_is_no_published_sample(site: Site) -> None:
    saved.saved_bank(site)
    writer, _ = saved.two_people(site)
    with site.writing() as conn:
        made = authoring.open_draft(conn, writer, saved.SLUG, site.now())
        content = drafts.content_of(conn, made.id)
        authoring.save(conn, writer, made, made.edit, content, site.now())
        assert authoring.version(conn, made.ref).sample  # nothing was changed
        authoring.save(conn, writer, made, made.edit, replace(content, title="Mine"), site.now())
        assert not authoring.version(conn, made.ref).sample
        copied = authoring.copy(conn, writer, drafts.of_scenario(conn, saved.SLUG)[1], "A copy", site.now())
    assert not copied.sample and copied.number == 1 and set(copied.authors) == {writer.id}


def test_a_copy_stands_on_its_own_and_says_where_it_came_from(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
        made = authoring.copy(conn, reviewer, live, "The loud rota", site.now())
        alone = saved.saved_question(conn, site, writer)
        twin = authoring.copy(conn, reviewer, alone, "Telling him", site.now())
    with site.reading() as conn:
        assert drafts.content_of(conn, made.id) == replace(drafts.content_of(conn, live.id), title="The loud rota")
        assert drafts.copied_from(conn, [made.ref, live.ref]) == {made.ref: (live.slug, 1)}
        assert drafts.content_of(conn, twin.id).enemies == (alone.slug,)
        named = sa.select(t.questions.c.slug).where(
            t.questions.c.scenario_id.in_([alone.scenario_id, twin.scenario_id])
        )
        assert set(conn.scalars(named)) == {alone.slug, twin.slug}  # a question that stands alone has its unit's slug
    assert made.slug == "the-loud-rota"


def test_a_discarded_draft_leaves_its_record_and_nothing_else(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
        kept = drafts.content_of(conn, live.id)
        made = authoring.open_draft(conn, writer, live.slug, site.now())
        judged = {"P-C1a.1": {"met": True, "reason": ""}}
        authoring.keep_trial(conn, writer, made, "C1.1", "An answer", judged, "", site.now())
        with pytest.raises(Stale):
            authoring.discard(conn, writer, made, made.edit - 1, site.now())
        authoring.discard(conn, writer, made, made.edit, site.now())
        assert drafts.content_of(conn, live.id) == kept
        first = saved.saved_draft(conn, site, writer)
        authoring.discard(conn, writer, first, first.edit, site.now())
        assert drafts.scenario_id(conn, first.slug) is None
    assert states(site, live.slug) == [State.LIVE]
    assert saved.acts_on(site, made.ref)[-1] == "bank.discarded"
    for version in (live, saved.read_version(site, live.ref)):
        with pytest.raises(NotNow), site.writing() as conn:
            authoring.discard(conn, writer, version, version.edit, site.now())


def test_a_question_that_leaves_a_draft_takes_its_trials_with_it(site: Site) -> None:
    writer, _ = saved.two_people(site)
    whole = saved.whole_content()
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer, whole)
        authoring.keep_trial(conn, writer, draft, "C1.1", "An answer", {}, "", site.now())
        authoring.save(conn, writer, draft, draft.edit, replace(whole, questions=whole.questions[1:]), site.now())
        assert drafts.trials_of(conn, draft.id) == []
        with pytest.raises(NotNow):
            authoring.keep_trial(conn, writer, draft, "C1.1", "An answer", {}, "", site.now())


def test_no_author_confirms_a_yearly_review_and_only_what_is_live_is_confirmed(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
        authoring.open_text(conn, writer, [live], "review", site.now())
    with pytest.raises(NotAllowed), site.writing() as conn:
        authoring.confirm(conn, writer, live, "Fine", site.now())
    with pytest.raises(NotAllowed), site.writing() as conn:
        authoring.confirm(conn, writer, replace(live, authors={}), "Fine", site.now())
    with site.writing() as conn:
        authoring.confirm(conn, reviewer, live, "Fine", site.now())
        authoring.withdraw(conn, writer, live, "Enough", site.now())
    with pytest.raises(NotNow), site.writing() as conn:
        authoring.confirm(conn, reviewer, live, "Fine", site.now())
    assert saved.read_version(site, live.ref).confirmed_at is not None


def test_only_somebody_who_wrote_nothing_is_asked_to_review(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer)
        assert {p.id for p in authoring.may_be_asked(conn, draft)} == {reviewer.id}
        for asked in (writer.ref, "nobody"):
            assert [f.code for f in authoring.submit(conn, writer, draft, site.now(), asked)] == [
                "authoring.cannot_be_asked"
            ]
        assert authoring.submit(conn, writer, draft, site.now(), reviewer.ref) == []
    assert saved.read_version(site, draft.ref).asked_to == reviewer.name


def test_an_enemy_must_be_in_the_bank_and_stay_sound_until_the_approval(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        first = saved.saved_draft(conn, site, writer, replace(saved.whole_content("One"), enemies=("two", "none")))
        assert [f.code for f in authoring.submit(conn, writer, first, site.now())] == ["authoring.enemy_unknown"] * 2
        second = saved.saved_draft(conn, site, writer, saved.whole_content("Two"))
        edit, _ = authoring.save(
            conn, writer, first, first.edit, replace(saved.whole_content("One"), enemies=("two",)), site.now()
        )
        assert authoring.submit(conn, writer, authoring.version(conn, first.ref), site.now()) == []
        back = replace(saved.whole_content("Two"), enemies=("one",))
        authoring.save(conn, writer, second, second.edit, back, site.now())
        authoring.open_text(conn, reviewer, [first], "review", site.now())
    with pytest.raises(NotNow, match="enemies_changed"), site.writing() as conn:
        authoring.approve(conn, reviewer, saved.read_version(site, first.ref), said(edit), site.now())
