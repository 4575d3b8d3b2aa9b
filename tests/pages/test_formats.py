"""Every format on the apprentice's pages: what the page carries, what the save takes, what the review says."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import render_template

from item_bank.formats import FORMATS, Held, control, staff_view
from item_bank.formats.base import canonical
from sjt.pages.static import FOLDER, compressed, lean
from sjt.rules.access import Role
from sjt.stores import scripts
from tests.bodies import a_body
from tests.saved import Room, Typist
from tests.saved_formats import ON_THE_PAPER, QUESTIONS, reversed_, saved_formats_room, saved_formats_seat
from tests.site import Site

ROOT = Path(__file__).parents[2]
CHOSEN = {
    "a-card-from-a-parent@1": {"best": "c"},
    "bruises-at-handover@1": {"least": "d", "most": "a"},
    "missing-since-supper@1": {"picked": ["a", "b", "d"]},
    "angry-at-the-door@1": {"places": {"a": 3, "b": 1, "c": 5, "d": 4, "e": 2}},
    "a-worker-and-social-media@1": {"ratings": {"a": 4, "b": 1, "c": 2, "d": 4}},
}


@pytest.fixture
def room(site: Site) -> Room:
    return saved_formats_room(site)


def pages(typist: Typist) -> list[str]:
    """The pages of the paper and its review."""
    paths = [f"scenario/{n}" for n in range(1, len(ON_THE_PAPER) + 1)] + ["review"]
    return [typist.client.get(f"{typist.base}/{path}").get_data(as_text=True) for path in paths]


def sat(room: Room) -> Typist:
    booked = saved_formats_seat(room)
    return Typist(room.begun(booked), booked.attempt_ref)


def test_no_page_carries_a_key_or_a_rationale(room: Room) -> None:
    typist = sat(room)
    typist.save({code: canonical(value) for code, value in CHOSEN.items()})
    whole = "".join(pages(typist))
    for question in QUESTIONS.values():
        for name, text in question.body.items():
            if not name.startswith(("option_", "pick", "scale")) and len(text) > 12:
                assert text[:40] not in whole, (question.slug, name)
    assert "rationale" not in whole.lower()
    bare = [re.sub(r'data-question[^>]*value="[^"]*"', "", page) for page in pages(sat_again(room))]
    assert not any(re.search(r'data-key|class="[^"]*\bkey\b|checked', page) for page in bare[:-1])


def sat_again(room: Room) -> Typist:
    booked = saved_formats_seat(room, 2)
    return Typist(room.begun(booked), booked.attempt_ref)


def test_two_questions_that_differ_in_their_key_alone_give_the_same_page(room: Room) -> None:
    """The strongest proof that the key does not reach the page: it has no influence on it."""
    for slug in ON_THE_PAPER:
        for question in (q for q in QUESTIONS.values() if q.slug.startswith(slug) and q.body):
            form = FORMATS[question.format]
            hidden = {name: "" for name in question.body if not name.startswith(("option_", "pick", "scale"))}
            assert control(form, question.body) == control(form, {**question.body, **hidden})


def test_options_stand_in_the_order_of_the_paper(room: Room) -> None:
    first, second = saved_formats_seat(room, 1), saved_formats_seat(room, 2, reversed_)
    shown = []
    for booked in (first, second):
        page = pages(Typist(room.begun(booked), booked.attempt_ref))[2]
        shown.append(re.findall(r'type="radio" id="q3-(.)"', page))
    assert shown == [["a", "b", "c", "d"], ["d", "c", "b", "a"]]


def test_a_question_that_stands_alone_has_no_scenario_beside_it(room: Room) -> None:
    shown = pages(sat(room))
    assert 'class="scenario"' in shown[0] and "scenario 1 of 7" in shown[0]
    assert 'class="scenario"' not in shown[1] and "scenario 2 of 7" not in shown[1]


def test_words_are_counted_where_words_are_written(room: Room) -> None:
    shown = pages(sat(room))
    assert ["data-words" in page for page in shown[:-1]] == [True, True, False, False, False, False, False]


# --- the save
def test_choices_are_kept_as_they_were_sent(room: Room) -> None:
    booked = saved_formats_seat(room)
    typist = Typist(room.begun(booked), booked.attempt_ref)
    sent = {code: canonical(value) for code, value in CHOSEN.items()}
    assert typist.save(sent).status_code == 200
    with room.site.reading() as conn:
        held = sorted(answer.text for answer in scripts.current(conn, room.attempt(booked)).values())
    assert held == sorted(sent.values())
    assert typist.save(dict.fromkeys(sent, "")).status_code == 200  # a choice can be taken back


IMPOSSIBLE = {
    "a-card-from-a-parent@1": '{"best":"h"}',
    "bruises-at-handover@1": '{"least":"a","most":"a"}',
    "missing-since-supper@1": '{"picked":["b","a"]}',
    "angry-at-the-door@1": '{"places":{"a":6}}',
    "a-worker-and-social-media@1": "Very appropriate",
}


def test_an_impossible_choice_is_refused_in_words_and_not_stored(room: Room) -> None:
    booked = saved_formats_seat(room)
    typist = Typist(room.begun(booked), booked.attempt_ref)
    for code, text in IMPOSSIBLE.items():
        response = typist.save({"say-it-briefly@1": "Two duties.", code: text})
        assert response.status_code == 400
        assert response.get_json()["words"].endswith("An answer does not fit its question. Nothing was saved.")
    with room.site.reading() as conn:
        assert scripts.current(conn, room.attempt(booked)) == {}


def test_four_of_three_are_kept_because_the_page_never_takes_a_choice_away(room: Room) -> None:
    typist = sat(room)
    four = canonical({"picked": ["a", "b", "d", "h"]})
    assert typist.save({"missing-since-supper@1": four}).status_code == 200
    assert "Answered in part" in pages(typist)[-1]


def test_the_review_tells_whole_from_part_from_nothing(room: Room) -> None:
    typist = sat(room)
    typist.save({"bruises-at-handover@1": '{"most":"a"}', "a-card-from-a-parent@1": '{"best":"b"}'})
    review = pages(typist)[-1]
    assert "5 questions have no answer" in review
    assert "One question is answered in part" in review
    assert review.count("Answered in part") == 1 and review.count("Not answered") == 5
    navigator = pages(typist)[0]
    assert navigator.count('class="q q-answered"') == 2


# --- the page's weight
def test_a_page_of_choices_stays_within_its_budget(room: Room) -> None:
    page = pages(sat(room))[2]
    sizes, packed = {}, compressed(FOLDER)
    for ending in ("css", "js"):
        names = set(re.findall(rf"/static/\w+/({ending}/\w+\.{ending})", page))
        sizes[ending] = sum(len(packed[name]) for name in names)
    assert 0 < sizes["css"] <= 8 * 1024 and 0 < sizes["js"] <= 12 * 1024, sizes


def test_what_is_sent_lean_means_the_same(site: Site) -> None:
    for path in sorted(FOLDER.rglob("*.js")):
        text = path.read_text()
        texts = [re.sub(r"/\[.*?\]/", "", line).count("`") for line in text.splitlines()]
        assert all(count % 2 == 0 for count in texts), f"{path.name}: a text over a line's end"
        assert "/*" not in text, path.name
    client = site.visitor()
    address = re.findall(r'href="(/static/\w+/css/main.css)"', client.get("/sit/").get_data(as_text=True))[0]
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    content = plain.get_data()
    plain.close()
    assert content == (FOLDER / "css" / "main.css").read_bytes()
    assert packed.headers["Content-Encoding"] == "gzip" and packed.mimetype == plain.mimetype == "text/css"
    assert gzip.decompress(packed.get_data()) == lean("main.css", content)
    assert "Accept-Encoding" in plain.headers["Vary"] and "immutable" in packed.headers["Cache-Control"]


# --- what stands beside the formats
TEMPLATES = sorted((ROOT / "item_bank" / "formats").rglob("*.html"))


def test_every_format_brings_its_templates_and_they_keep_the_law(site: Site) -> None:
    for name in FORMATS:
        for wanted in ("control.html", "marker.html", "print.html"):
            assert (ROOT / "item_bank" / "formats" / name.replace("-", "_") / wanted).is_file(), (name, wanted)
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<script|\sstyle\s*=|<style|javascript:|autoescape|\|\s*safe|\son[a-z]+\s*=", text), path


@pytest.mark.parametrize("name", FORMATS)
def test_what_people_wrote_is_escaped_in_every_template(site: Site, name: str) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'"
    body = {
        key: text + hostile if key.startswith(("option_", "rationale", "two")) else text
        for key, text in a_body(name).items()
    }
    form = FORMATS[name]
    answer = hostile if not form.keyed else canonical({"best": hostile})
    asked, shown = control(form, body, (), Held(1, "q@1", hostile)), staff_view(form, body, answer)
    with site.app.test_request_context():
        for template in (asked.template, asked.print_template, shown.template):
            assert "<img" not in render_template(template, control=asked, shown=shown), template


def test_staff_read_the_answer_beside_its_key_with_its_score(site: Site) -> None:
    shown = staff_view(FORMATS["single-best"], a_body("single-best"), '{"best":"b"}')
    with site.app.test_request_context():
        page = render_template(shown.template, shown=shown)
    assert "B: Ask the deputy to do it" in page and "1 of 1 points. Blind choosing gives 0.25" in page
    assert "first the person, then the paper" in page
    bad = staff_view(FORMATS["single-best"], a_body("single-best"), "what?")
    with site.app.test_request_context():
        assert "this cannot be an answer" in render_template(bad.template, shown=bad)


def test_an_auditor_reads_a_choice_in_words(room: Room) -> None:
    booked = saved_formats_seat(room)
    Typist(room.begun(booked), booked.attempt_ref).save({"a-card-from-a-parent@1": '{"best":"c"}'})
    auditor = room.site.signed_in(room.site.person(Role.AUDITOR))
    page = auditor.get(f"/evidence/{booked.sitting_ref}/seats/{booked.seat_ref}").get_data(as_text=True)
    assert "C: Tell Dionne that you cannot keep this to yourself" in page
