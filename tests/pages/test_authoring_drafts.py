"""The editor: what is saved, what is refused in words, and that nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import unescape

from flask.testing import FlaskClient

from item_bank.exchange import LONGEST_TEXT
from sjt.rules.access import Role
from sjt.rules.authoring import Content, State, question_field
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests.site import Site, csrf

WHOLE = saved.whole_content()


def begin(site: Site, content: Content = WHOLE) -> tuple[Person, Version, FlaskClient]:
    """A writer with a draft and a browser."""
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer, content)
    return writer, draft, site.signed_in(writer)


def write(client: FlaskClient, draft: Version, content: Content, **more: str) -> tuple[int, str]:
    status, page = saved.send(client, f"/bank/version/{draft.ref}/edit", saved.draft_fields(draft, content, **more))
    return status, unescape(page)


def autosave(client: FlaskClient, draft: Version, data: Mapping[str, str]) -> tuple[int, dict]:
    filled = {"csrf_token": csrf(client, "/bank/"), **data}
    answer = client.post(f"/bank/version/{draft.ref}/autosave", data=filled, headers={"Accept": "application/json"})
    return answer.status_code, answer.get_json()


def content(site: Site, draft: Version) -> Content:
    with site.reading() as conn:
        return drafts.content_of(conn, draft.id)


def test_a_draft_is_saved_as_a_whole_with_the_servers_time(site: Site) -> None:
    _, draft, client = begin(site)
    typed = replace(WHOLE, title="New title", text="One line.\n\n- é 🙂\n", sources=("A", "B"))
    site.clock.advance(minutes=92, seconds=5)
    status, page = write(client, draft, typed)
    assert status == 303 and "Draft saved 10:32:05." in page
    assert content(site, draft) == typed
    assert "Nothing had changed" in write(client, saved.read_version(site, draft.ref), typed)[1]


def test_line_ends_of_a_browser_are_no_change(site: Site) -> None:
    _, draft, client = begin(site, replace(WHOLE, text="One.\n\nTwo."))
    assert "Nothing had changed" in write(client, draft, replace(WHOLE, text="One.\r\n\r\nTwo."))[1]


def test_a_stale_page_shows_both_texts_and_loses_neither(site: Site) -> None:
    _, draft, client = begin(site)
    other = site.person(Role.ITEM_WRITER)
    newer = replace(WHOLE, title="Newer title", questions=WHOLE.questions[:2])
    with site.writing() as conn:
        authoring.save(conn, other, draft, draft.edit, newer, site.now())
    typed = replace(WHOLE, title="Typed title", questions=WHOLE.questions[1:])
    status, page = write(client, draft, typed)
    assert status == 409
    assert "Newer title" in page and "Typed title" in page and other.name in page
    assert content(site, draft) == newer
    kept = WHOLE.questions[0].statement  # only the newer text has it: it stays
    assert f'name="{question_field(kept)}"' in page
    current = saved.read_version(site, draft.ref)
    assert f'name="edit" type="hidden" value="{current.edit}"' in page
    assert write(client, current, replace(typed, title="Both"))[0] == 303
    assert content(site, draft).title == "Both"


def test_what_was_typed_is_shown_when_the_draft_has_gone_to_review(site: Site) -> None:
    writer, draft, client = begin(site)
    with site.writing() as conn:
        authoring.submit(conn, writer, draft, site.now())
    status, page = write(client, draft, replace(WHOLE, title="Too late"))
    assert status == 409 and "Too late" in page and "is not a draft any more" in page
    assert content(site, draft) == WHOLE
    assert client.get(f"/bank/version/{draft.ref}/edit").status_code == 409


def test_autosave_says_when_and_refuses_a_stale_page(site: Site) -> None:
    _, draft, client = begin(site)
    site.clock.advance(seconds=65)
    status, said = autosave(client, draft, saved.draft_fields(draft, replace(WHOLE, title="Saved by itself")))
    assert (status, said["words"], said["edit"]) == (200, "Draft saved 09:01:05.", draft.edit + 1)
    assert content(site, draft).title == "Saved by itself"
    status, said = autosave(client, draft, saved.draft_fields(draft, replace(WHOLE, title="Stale")))
    assert status == 409 and "side by side" in said["words"]
    status, said = autosave(client, draft, saved.draft_fields(draft, replace(WHOLE, title="NUL \0")))
    assert status == 400 and "cannot be shown" in said["words"]
    assert content(site, draft).title == "Saved by itself"


def test_an_edit_that_is_no_number_is_a_stale_page(site: Site) -> None:
    _, draft, client = begin(site)
    for edit in ("", "-1", "x", "9" * 40, "²"):
        assert write(client, draft, replace(WHOLE, title="Other"), edit=edit)[0] == 409, edit


def test_too_much_text_is_refused_in_words_and_kept_on_the_page(site: Site) -> None:
    _, draft, client = begin(site)
    huge = "x" * 1_000_000
    status, page = write(client, draft, replace(WHOLE, text=huge))
    assert status == 400 and "This is longer than 20,000 characters." in page and huge in page
    status, page = write(client, draft, replace(WHOLE, text="x" * 3_000_000))
    assert status == 413 and "too large" in page
    assert content(site, draft) == WHOLE
    assert write(client, draft, replace(WHOLE, text="🙂" * LONGEST_TEXT))[0] == 303


def test_every_fault_of_a_form_is_shown_beside_its_field(site: Site) -> None:
    _, draft, client = begin(site)
    typed = replace(WHOLE, title="t" * 201, text="NUL \0 here", sources=("s" * 501,))
    status, page = write(client, draft, typed)
    assert status == 400
    assert "longer than 200 characters" in page and "A source is longer than 500" in page
    assert page.count("This holds characters that cannot be shown") == 2  # in the summary and beside the field
    assert content(site, draft) == WHOLE


def test_markup_is_shown_as_text_and_never_obeyed(site: Site) -> None:
    _, draft, client = begin(site)
    typed = replace(WHOLE, text="<script>alert(1)</script> **bold** [x](javascript:alert(1)) <img src=x onerror=y>")
    assert write(client, draft, typed, act="preview")[0] == 200
    answer = client.post(
        f"/bank/version/{draft.ref}/preview",
        data={"csrf_token": csrf(client, "/bank/"), **saved.draft_fields(draft, typed)},
    )
    html = answer.get_data(as_text=True)
    assert "<strong>bold</strong>" in html and "&lt;script&gt;" in html
    assert "<script" not in html and "<img" not in html and "href" not in html
    assert "<html" not in html  # the inside of the preview only
    assert content(site, draft) == WHOLE  # a preview saves nothing


def test_questions_are_added_and_removed_with_what_was_typed(site: Site) -> None:
    _, draft, client = begin(site, replace(WHOLE, questions=WHOLE.questions[:1]))
    typed = replace(WHOLE, title="Kept", questions=WHOLE.questions[:1])
    status, page = write(client, draft, typed, act="add", add="")
    assert status == 400 and "Choose the statement" in page and "Kept" in page
    assert write(client, draft, typed, act="add", add="C2.1")[0] == 400
    assert write(client, draft, typed, act="add", add="C1.3")[0] == 303
    now = content(site, draft)
    assert now.title == "Kept" and [q.statement for q in now.questions] == ["C1.1", "C1.3"]
    current = saved.read_version(site, draft.ref)
    assert write(client, current, now, act="remove:C1.1")[0] == 303
    assert [q.statement for q in content(site, draft).questions] == ["C1.3"]


def test_an_incomplete_draft_is_saved_but_not_sent(site: Site) -> None:
    _, draft, client = begin(site)
    typed = replace(WHOLE, title="", text="Too short", questions=WHOLE.questions[:1])
    status, page = write(client, draft, typed, act="send")
    assert status == 400 and "Your draft is saved. It cannot go to review yet:" in page
    assert "The situation has 2 words; it should have 120 to 250." in page and "Give the scenario a title." in page
    assert "needs a question on it" in page
    assert saved.read_version(site, draft.ref).state == State.DRAFT and content(site, draft).text == "Too short"
    current = saved.read_version(site, draft.ref)
    assert f'name="edit" type="hidden" value="{current.edit}"' in page
    status, page = write(client, current, WHOLE, act="send")
    assert status == 303 and "was sent for review" in page
    assert saved.read_version(site, draft.ref).state == State.IN_REVIEW


def test_whoever_changes_a_draft_is_an_author_and_whoever_does_not_is_none(site: Site) -> None:
    writer, draft, _ = begin(site)
    second, third = site.person(Role.ITEM_WRITER), site.person(Role.ITEM_WRITER)
    write(site.signed_in(third), draft, WHOLE)
    write(site.signed_in(second), draft, replace(WHOLE, title="Changed"))
    assert set(saved.read_version(site, draft.ref).authors) == {writer.id, second.id}


def test_only_writers_write(site: Site) -> None:
    _, draft, _ = begin(site)
    for role in (Role.REVIEWER, Role.MANAGER, Role.AUDITOR):
        client = site.signed_in(site.person(role))
        for act in ("edit", "autosave", "preview"):
            data = saved.draft_fields(draft, WHOLE)
            assert saved.send(client, f"/bank/version/{draft.ref}/{act}", data)[0] == 403, (role, act)
