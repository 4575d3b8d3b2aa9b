"""Banks as files over HTTP: out for a purpose, in after a preview, every fault at once."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from item_bank.exchange import bank_files, open_bank, write_zip
from item_bank.scenarios import Bank
from sjt.pages.bank import files, forms
from sjt.rules.access import Role
from sjt.services.bank_files import AT_ONCE
from sjt.stores import bank, drafts
from sjt.stores import tables as t
from tests.banks import many_scenarios
from tests.makers import st0087, st0087_bank
from tests.site import Site, csrf

SPEC = "st0087-1.0"
FILES = "/bank/files"
FEW = Bank(many_scenarios(3).scenarios)


def zipped(of: Bank, **more: str) -> bytes:
    return write_zip({**bank_files(of), **more})


def send(client: FlaskClient, data: bytes, address: str = f"{FILES}/import") -> TestResponse:
    form = {"csrf_token": csrf(client, FILES), "spec": SPEC, "file": (io.BytesIO(data), "bank.zip")}
    return client.post(address, data=form, content_type="multipart/form-data")


def press(client: FlaskClient, preview: TestResponse) -> TestResponse:
    """Press the button of a preview."""
    page = preview.get_data(as_text=True)
    names = ("csrf_token", "spec", "name", "content", "mark")
    data = {name: html.unescape(re.findall(rf'name="{name}"[^>]* value="([^"]*)"', page)[-1]) for name in names}
    return client.post(f"{FILES}/confirm", data=data, content_type="multipart/form-data")


def states(site: Site) -> dict[str, tuple[int, str]]:
    """The newest version of each scenario and its state."""
    s, v = t.scenarios, t.scenario_versions
    query = sa.select(s.c.slug, v.c.number, v.c.state).join(v).where(s.c.spec_name == SPEC).order_by(v.c.number)
    with site.reading() as conn:
        return {row.slug: (row.number, row.state) for row in conn.execute(query)}


def test_a_file_is_previewed_and_imported_on_the_second_press_only(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    client = site.signed_in(writer)
    preview = send(client, zipped(FEW))
    page = preview.get_data(as_text=True)
    assert preview.status_code == 200 and "3 to add, 0 to change" in page and states(site) == {}
    response = press(client, preview)
    assert response.status_code == 303
    assert states(site) == {s.slug: (1, "in_review") for s in FEW.scenarios}
    with site.reading() as conn:
        authors = conn.execute(sa.select(t.scenario_authors.c.person_id)).scalars().all()
    assert authors == [writer.id] * 3


def test_who_imported_cannot_approve(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER, Role.REVIEWER)
    client = site.signed_in(writer)
    press(client, send(client, zipped(FEW)))
    with site.reading() as conn:
        (ref, *_) = conn.execute(sa.select(t.scenario_versions.c.ref)).scalars().all()
    assert client.get(f"/bank/version/{ref}/review").status_code in (302, 303, 403)
    with site.writing() as conn:
        version = drafts.by_ref(conn, ref)
        assert version is not None and not drafts.approve(conn, version.id, version.edit, writer.id, site.now())


def test_a_preview_of_another_time_is_shown_anew(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    preview = send(client, zipped(FEW))
    with site.writing() as conn:
        bank.import_bank(conn, SPEC, Bank(FEW.scenarios[:1]), site.now())
    response = press(client, preview)
    page = response.get_data(as_text=True)
    assert response.status_code == 409 and "This preview is new" in page and "2 to add" in page
    assert len(states(site)) == 1
    assert press(client, response).status_code == 303 and len(states(site)) == 3


def test_a_new_version_shows_how_many_words_come_and_go(site: Site) -> None:
    with site.writing() as conn:
        bank.import_bank(conn, SPEC, FEW, site.now())
    old = FEW.scenarios[0]
    questions = tuple(replace(q, version=2, text=f"{q.text} More words.") for q in old.questions)
    client = site.signed_in(site.person(Role.MANAGER))
    preview = send(client, zipped(Bank((replace(old, version=2, questions=questions), *FEW.scenarios[1:]))))
    page = preview.get_data(as_text=True)
    assert "0 to add, 1 to change, 2 already" in page
    assert press(client, preview).status_code == 303
    assert states(site)[old.slug] == (2, "in_review")


FAULTY = {
    "HTML": (b"What should you do", b"<script>x</script> What should you do", "is HTML or a script"),
    "a link that runs": (b"- say what", b"- [say](javascript:alert(1))", "may not stand here"),
    "an unknown statement": (b"statement: ", b"statement: Z", "must be one of"),
    "another encoding": (b"Thursday", b"Thursd\xe4y", "not UTF-8"),
}


@pytest.mark.parametrize(("old", "new", "words"), FAULTY.values(), ids=FAULTY)
def test_every_fault_is_named_with_file_and_line_and_nothing_is_stored(
    site: Site, old: bytes, new: bytes, words: str
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in bank_files(FEW).items():
            assert old in text.encode()
            archive.writestr(name, text.encode().replace(old, new))
    response = send(site.signed_in(site.person(Role.ITEM_WRITER)), made.getvalue())
    page = html.unescape(response.get_data(as_text=True))
    assert response.status_code == 400 and states(site) == {}
    assert page.count(words) >= 3 and "bank.zip/C1/case-00000.yaml, line " in page


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04"])
def test_what_is_no_archive_is_refused_in_words(site: Site, data: bytes) -> None:
    response = send(site.signed_in(site.person(Role.MANAGER)), data)
    assert response.status_code == 400
    assert "error-summary" in response.get_data(as_text=True)


def test_a_file_that_is_too_large_is_not_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, forms):
        monkeypatch.setattr(module, "LARGEST_UPLOAD", 1_000)
    response = send(site.signed_in(site.person(Role.MANAGER)), b"\0" * 2_000)
    assert response.status_code == 400 and "larger than 1000 bytes" in response.get_data(as_text=True)


def test_a_changed_preview_does_nothing_foreign(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    token = csrf(client, FILES)
    for content in ("", "&&&", "UEsDBA==", "é"):
        data = {"csrf_token": token, "spec": SPEC, "name": "x.zip", "content": content, "mark": "x"}
        assert client.post(f"{FILES}/confirm", data=data).status_code == 400
    wrong = {"csrf_token": token, "spec": "nothing", "name": "x", "content": "", "mark": ""}
    assert client.post(f"{FILES}/confirm", data=wrong).status_code == 404


def test_more_than_one_press_may_do_is_left_to_the_command(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    preview = send(client, zipped(many_scenarios(AT_ONCE + 1)))
    assert "Too many for one press" in preview.get_data(as_text=True)
    assert 'name="mark"' not in preview.get_data(as_text=True)


def test_an_export_is_recorded_with_person_and_purpose(site: Site) -> None:
    with site.writing() as conn:
        bank.import_bank(conn, SPEC, st0087_bank(), site.now())
    manager = site.person(Role.MANAGER)
    client = site.signed_in(manager)
    data = {"csrf_token": csrf(client, FILES), "spec": SPEC, "which": "live", "purpose": "quality"}
    response = client.post(f"{FILES}/export", data=data)
    assert response.content_type == "application/zip"
    assert "st0087-1.0-live-2026-11-23.zip" in response.headers["Content-Disposition"]
    read = open_bank(response.data, st0087().blueprint, "out.zip")
    assert read.faults == () and bank_files(read.bank) == bank_files(st0087_bank())
    with site.reading() as conn:
        row = conn.execute(sa.select(t.records).where(t.records.c.act == "bank.exported")).one()
    assert (row.person_id, row.object_ref, row.detail) == (manager.id, SPEC, {"purpose": "quality", "which": "live"})


def test_without_a_purpose_nothing_goes_out(site: Site) -> None:
    client = site.signed_in(site.person(Role.ITEM_WRITER))
    data = {"csrf_token": csrf(client, FILES), "spec": SPEC, "which": "newest"}
    response = client.post(f"{FILES}/export", data=data)
    assert response.status_code == 400 and "Say what the file is for." in response.get_data(as_text=True)
    with site.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.records)) == 0


def test_an_empty_bank_gives_no_file(site: Site) -> None:
    client = site.signed_in(site.person(Role.ITEM_WRITER))
    data = {"csrf_token": csrf(client, FILES), "spec": SPEC, "which": "newest", "purpose": "quality"}
    assert client.post(f"{FILES}/export", data=data).status_code == 303


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.MARKER, Role.INVIGILATOR])
def test_files_are_for_writers_and_managers(site: Site, role: Role) -> None:
    assert site.signed_in(site.person(role)).get(FILES).status_code == 403
