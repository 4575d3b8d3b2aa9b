"""Questions of every format in the editor, questions that stand alone, trial answers, HTML and too much text."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape

import pytest

from item_bank.formats import FORMATS
from sjt.rules.access import Role
from sjt.rules.authoring import State, fields, format_field
from sjt.services import authoring
from sjt.stores import drafts
from tests import saved_authoring as saved
from tests.site import Site


def test_a_question_that_stands_alone_is_begun_with_its_statement_and_format(site: Site) -> None:
    client = site.signed_in(site.person(Role.ITEM_WRITER))
    new = f"/bank/new?spec={saved.PRACTICE}"
    assert "New question" in client.get(new).get_data(as_text=True)
    data = {"spec": saved.PRACTICE, "title": "Telling her", "statement": "none", "format": "extended-answer"}
    status, page = saved.send(client, "/bank/new", data, new)
    assert status == 400 and "Choose the statement" in page and "Choose one of the formats" in page
    first = next(iter(authoring.specification(saved.PRACTICE, site.now()).blueprint.by_code()))
    status, page = saved.send(client, "/bank/new", {**data, "statement": first, "format": "single-best"}, new)
    assert status == 303 and 'name="text"' not in page and "Option A" in page
    (version,) = saved.read_versions(site, "telling-her")
    assert version.statements == (first,) and version.spec_name == saved.PRACTICE


@pytest.mark.parametrize("name", sorted(name for name, form in FORMATS.items() if not form.by_points))
def test_the_editor_keeps_every_field_of_every_format(site: Site, name: str) -> None:
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        draft = saved.saved_question(conn, site, writer, name, {})
        content = drafts.content_of(conn, draft.id)
    form, client = FORMATS[name], site.signed_in(writer)
    body = {f.name: f"Text of {f.name}" for f in form.fields({})}
    body.update({f.name: " ".join(o.id for o in f.choices[:2]) for f in form.fields(body) if f.choices})
    (asked,) = content.questions
    typed = replace(content, questions=(replace(asked, body=body),))
    data = {"edit": str(draft.edit), **fields(typed), format_field(asked.statement): name}
    assert saved.send(client, f"/bank/version/{draft.ref}/edit", data)[0] == 303
    with site.reading() as conn:
        assert drafts.content_of(conn, draft.id) == typed.without_blanks()
    page = unescape(client.get(f"/bank/version/{draft.ref}/edit").get_data(as_text=True))
    assert all(text in page for text in body.values() if text.startswith("Text of")), name
    newer = {**data, "title": "Stale"}
    status, page = saved.send(client, f"/bank/version/{draft.ref}/edit", newer)
    assert status == 409 and f'value="{name}"' in page
    assert all(f'name="{field}"' in page for field in fields(typed) if field != "text")


def test_a_key_on_two_options_is_refused_beside_its_field(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        draft = saved.saved_question(conn, site, writer, body={**saved.BEST, "key": "z"})
        content = drafts.content_of(conn, draft.id)
    data = {"edit": str(draft.edit), **fields(content), "act": "send"}
    data[format_field(content.questions[0].statement)] = "single-best"
    status, page = saved.send(site.signed_in(writer), f"/bank/version/{draft.ref}/edit", data)
    assert status == 400 and unescape(page).count("The key names “z”, and there is no such option.") == 2
    assert "z (there is no such option)" in page  # what was chosen is still chosen
    assert saved.read_version(site, draft.ref).state == State.DRAFT
    data[format_field(content.questions[0].statement)] = "essay"
    assert saved.send(site.signed_in(writer), f"/bank/version/{draft.ref}/edit", data)[0] == 400


def test_html_is_refused_beside_its_field_when_it_is_sent_for_review(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    whole = saved.whole_content()
    typed = replace(whole, text=whole.text + " <script>alert(1)</script>")
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer, whole)
    client, address = site.signed_in(writer), f"/bank/version/{draft.ref}/edit"
    status, page = saved.send(client, address, saved.draft_fields(draft, typed, act="send"))
    assert status == 400 and page.count("HTML cannot be used here.") == 2 and "<script>alert" not in page
    assert unescape(page).count("<script>alert(1)</script>") >= 1
    assert saved.read_version(site, draft.ref).state == State.DRAFT


def test_enemies_and_framework_points_are_checked_when_a_draft_is_sent(site: Site) -> None:
    saved.saved_bank(site)
    writer = site.person(Role.ITEM_WRITER)
    whole = replace(saved.whole_content(), enemies=("nobody", "the-quiet-rota"), tags=("no-such.point",))
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer, whole)
    client, address = site.signed_in(writer), f"/bank/version/{draft.ref}/edit"
    status, page = saved.send(client, address, saved.draft_fields(draft, whole, act="send"))
    assert status == 400 and "There is no scenario called nobody" in page and "names the scenario itself" in page
    assert "The framework has no such points: no-such.point." in page
    sound = replace(whole, enemies=(saved.SLUG,), tags=())
    current = saved.read_version(site, draft.ref)
    assert saved.send(client, address, saved.draft_fields(current, sound, act="send"))[0] == 303


# --------------------------------------------------------------------------------------------------- trial answers
def test_a_trial_answer_is_judged_point_by_point_and_kept_for_the_reviewer(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        version = saved.saved_in_review(conn, site, writer)
    client, address = site.signed_in(writer), f"/bank/version/{version.ref}/try/C1.1"
    page = client.get(address).get_data(as_text=True)
    assert "Only asserts." not in page and "What should you do about C1.1?" in page  # the guide comes afterwards
    assert saved.send(client, address, {"answer": " "})[0] == 400
    status, page = saved.send(client, address, {"answer": "I would ask <her> first."})
    assert status == 200 and "Only asserts." in page and "I would ask &lt;her&gt; first." in page
    judged = {"answer": "I would ask <her> first.", "comment": "Say how many sources.", "verdict_1": "met"}
    status, page = saved.send(client, address, {**judged, "verdict_2": "unmet"})
    assert status == 400 and "Say why this point is not met." in page and "Say how many sources." in page
    status, page = saved.send(client, address, {**judged, "verdict_2": "unmet", "reason_2": "No source."})
    assert status == 303 and "1 of 2 points met" in page and "No source." in page
    with site.writing() as conn:
        authoring.open_text(conn, reviewer, [version], "review", site.now())
    page = site.signed_in(reviewer).get(f"/bank/version/{version.ref}/review").get_data(as_text=True)
    assert "Say how many sources." in page and "1 of 2 points met" in page


def test_a_keyed_answer_is_scored_at_once_with_the_keys_rationale(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        draft = saved.saved_question(conn, site, writer)
    client, address = site.signed_in(writer), f"/bank/version/{draft.ref}/try/{draft.statements[0]}"
    page = client.get(address).get_data(as_text=True)
    assert "It cannot wait." not in page
    status, page = saved.send(client, address, {"answer": json.dumps({"best": "z"})})
    assert status == 400 and "does not fit its question" in page
    status, page = saved.send(client, address, {"answer": '{"best":"b"}'})
    assert status == 303 and "0 of 1 points" in page and "It cannot wait." in page and "Wait for the meeting" in page


def test_a_short_answer_gets_whole_marks(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    guide = {"two": "Two signs", "one": "One sign", "none": "None"}
    with site.writing() as conn:
        draft = saved.saved_question(conn, site, writer, "short-answer", guide)
    client, address = site.signed_in(writer), f"/bank/version/{draft.ref}/try/{draft.statements[0]}"
    status, page = saved.send(client, address, {"answer": "Bruises."})
    assert status == 200 and "Two signs" in page
    assert saved.send(client, address, {"answer": "Bruises.", "comment": "", "marks": "3"})[0] == 400
    status, page = saved.send(client, address, {"answer": "Bruises.", "comment": "", "marks": "1"})
    assert status == 303 and "1 of 2 points" in page


def test_an_unfinished_key_scores_nothing(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        draft = saved.saved_question(conn, site, writer, "rank", {"option_a": "One"})
    client, address = site.signed_in(writer), f"/bank/version/{draft.ref}/try/{draft.statements[0]}"
    assert client.get(f"/bank/version/{draft.ref}").status_code == 200
    status, page = saved.send(client, address, {"answer": '{"places":{"a":1}}'})
    assert status == 400 and "not finished yet" in page
    assert client.get(f"/bank/version/{draft.ref}/try/C9.9").status_code == 404
