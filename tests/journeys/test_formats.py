"""Every format sat by keyboard alone: reloads and a lost connection included, and scored as its table says."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from item_bank.formats import FORMATS
from sjt.stores import scripts
from sjt.stores import tables as t
from tests.journeys.conftest import House, Visit
from tests.journeys.test_sitting import begun, ready
from tests.saved import Booked, Room, Typist
from tests.saved_formats import ON_THE_PAPER, QUESTIONS, reversed_, saved_formats_room, saved_formats_seat

Check = Callable[[Page, str], None]
EXPECTED = {  # the stored answer, and what the table gives for it
    "the-quiet-week-1": ("I would begin with the children.", None),
    "say-it-briefly": ("To see and to record.", None),
    "a-card-from-a-parent": ('{"best":"c"}', Fraction(1)),
    "bruises-at-handover": ('{"least":"c","most":"a"}', Fraction(1)),
    "missing-since-supper": ('{"picked":["a","b","c"]}', Fraction(8)),
    "angry-at-the-door": ('{"places":{"a":3,"b":1,"c":4,"d":5,"e":2}}', Fraction(18)),
    "a-worker-and-social-media": ('{"ratings":{"a":3,"b":1,"c":4}}', Fraction(3, 2)),
}


@pytest.fixture
def room(house: House) -> Room:
    return saved_formats_room(house.site)


def reach(page: Page, wanted: Locator) -> None:
    """Go there by the Tab key alone."""
    expect(wanted).to_be_attached()
    for _ in range(80):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def press(page: Page, wanted: Locator, *keys: str) -> None:
    reach(page, wanted)
    for key in keys or ("Enter",):
        page.keyboard.press(key)


def seated(house: House, room: Room, booked: Booked, given: dict[str, str] | None = None) -> Visit:
    """A browser with this paper before it, and some answers; how one gets there is told elsewhere."""
    client, visit = room.begun(booked), house.visit()
    if given:
        assert Typist(client, booked.attempt_ref).save(given).status_code == 200
    for name in ("sjt", "sjt-device"):
        cookie = client.get_cookie(name)
        assert cookie is not None, name
        visit.context.add_cookies([{"name": name, "value": cookie.value, "url": house.base}])
    ready(visit.go(f"/sit/{booked.attempt_ref}/scenario/1"))
    return visit


def saved(page: Page) -> None:
    page.locator("[data-flag]").first.focus()  # leaving the control sends what it holds
    expect(page.locator(".answer-foot .saved").first).to_contain_text("Saved 0", timeout=8000)


def go_to(page: Page, number: int) -> None:
    """The navigator, by keyboard."""
    press(page, page.locator(f".navigator [href$='#q{number}']"))
    expect(page.locator(f"#q{number}")).to_be_attached()
    ready(page)


def stored(room: Room, booked: Booked) -> dict[str, str]:
    with room.site.reading() as conn:
        held = scripts.current(conn, room.attempt(booked))
        slugs = {row.id: row.slug for row in conn.execute(ASKED)}
    return {slugs[question_id]: answer.text for question_id, answer in held.items()}


ASKED = sa.select(t.question_versions.c.id, t.questions.c.slug).select_from(t.question_versions.join(t.questions))


def test_every_format_is_sat_by_keyboard_alone_and_scored_as_its_table_says(
    house: House, room: Room, accessible: Check
) -> None:
    booked = saved_formats_seat(room)
    page = begun(house, room, booked).page

    reach(page, page.get_by_label("Your answer to question 1"))
    page.keyboard.type("I would begin with the children.")
    go_to(page, 2)
    reach(page, page.get_by_label("Your answer to question 2"))
    page.keyboard.type("To see and to record.")
    go_to(page, 3)  # single best: arrows move and choose
    press(page, page.get_by_label("Put the card back"), "Space", "ArrowDown", "ArrowDown")
    accessible(page, "single best")
    go_to(page, 4)
    most_and_least(page, accessible)
    go_to(page, 5)
    pick_three(page, accessible)
    go_to(page, 6)
    rank(page, accessible)
    go_to(page, 7)  # rate: a row at a time, arrows within it
    firsts = [row.locator("input").first for row in page.locator(".matrix tbody tr").all()]
    press(page, firsts[0], "Space", "ArrowRight")
    press(page, firsts[1], "Space", "ArrowLeft")
    press(page, firsts[2], "Space")
    accessible(page, "rate")
    after_reloads(page)

    press(page, page.get_by_role("link", name="Review and submit"))
    expect(page.get_by_text("One question is answered in part")).to_be_visible()
    ready(page)
    accessible(page, "review with choices")
    press(page, page.get_by_role("button", name="Submit my paper"))
    expect(page.get_by_text("7 of 10")).to_be_visible()
    held = stored(room, booked)
    assert held == {slug: text for slug, (text, _) in EXPECTED.items()}
    for slug, (_, points) in EXPECTED.items():
        form = FORMATS[QUESTIONS[slug].format]
        assert points is None or form.score(QUESTIONS[slug].body, held[slug]).points == points, slug
    assert house.complaints() == []


def most_and_least(page: Page, accessible: Check) -> None:
    """The same one cannot be both: said beside, and nothing is taken away."""
    most, least = (page.locator(f"[data-into={end}]") for end in ("most", "least"))
    press(page, most.first, "Space")
    press(page, least.first, "Space")
    expect(page.locator("[data-note]")).to_contain_text("as most and as least appropriate")
    expect(most.first).to_be_checked()
    expect(least.first).to_be_checked()
    accessible(page, "most and least, the same")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-note]")).to_have_text("Choose one for each.")


def pick_three(page: Page, accessible: Check) -> None:
    """Says how many, and never takes one away."""
    boxes = page.locator("[data-into='picked[]']")
    for n in range(4):
        press(page, boxes.nth(n), "Space")
    told = "4 chosen, 1 too many. More than 3 score nothing, so take one away."
    expect(page.locator("[data-note]")).to_have_text(told)
    expect(page.locator("[data-into='picked[]']:checked")).to_have_count(4)
    accessible(page, "pick three, four chosen")
    page.keyboard.press("Space")
    expect(page.locator("[data-note]")).to_have_text("3 of 3 chosen.")


def rank(page: Page, accessible: Check) -> None:
    """Up and down: the new place is said, and the focus stays with what moves."""
    note = page.locator("[data-note]")
    expect(note).to_contain_text("Not in order yet")
    item = page.locator("[data-option=b]")
    up = item.get_by_role("button", name="Up")
    press(page, up)  # a b c d e -> b a c d e
    expect(note).to_have_text("Place 1 of 5: " + item.locator("[data-text]").inner_text())
    page.keyboard.press("Enter")  # it is the first already
    assert up.evaluate("one => one === document.activeElement")
    last = page.locator("[data-option=e]").get_by_role("button", name="Up")
    press(page, last, *["Enter"] * 3)  # -> b e a c d
    assert last.evaluate("one => one === document.activeElement")
    expect(note).to_contain_text("Place 2 of 5")
    accessible(page, "rank")


def after_reloads(page: Page) -> None:
    """Everything stands where it stood."""
    go_to(page, 4)
    page.reload()
    ready(page)
    expect(page.locator("[data-into=most]").nth(0)).to_be_checked()
    expect(page.locator("[data-into=least]").nth(2)).to_be_checked()
    go_to(page, 6)
    page.reload()
    ready(page)
    order = page.locator("[data-option]").evaluate_all("all => all.map(one => one.dataset.option)")
    assert order == ["b", "e", "a", "c", "d"]


def test_a_choice_can_be_taken_back(house: House, room: Room) -> None:
    booked = saved_formats_seat(room)
    page = seated(house, room, booked).page
    go_to(page, 3)
    press(page, page.get_by_label("Put the card back"), "Space")
    saved(page)
    expect(page.locator(".q[aria-current]")).to_have_class("q q-answered")
    press(page, page.get_by_role("button", name="Clear my answer"))
    expect(page.locator(".q[aria-current]")).to_have_class("q")
    go_to(page, 6)
    press(page, page.get_by_role("button", name="Keep this order"))
    saved(page)
    assert stored(room, booked)["angry-at-the-door"] == '{"places":{"a":1,"b":2,"c":3,"d":4,"e":5}}'
    assert stored(room, booked)["a-card-from-a-parent"] == ""


def test_a_choice_made_without_a_connection_is_kept_and_sent_later(house: House, room: Room) -> None:
    booked = saved_formats_seat(room)
    visit = seated(house, room, booked)
    page = visit.page
    go_to(page, 3)
    visit.context.set_offline(True)
    press(page, page.get_by_label("Put the card back"), "Space")
    visit.close_browser()
    visit.context.set_offline(False)
    page = visit.reopen()
    page.goto(f"{house.base}/sit/{booked.attempt_ref}/scenario/3")
    ready(page)
    expect(page.get_by_label("Put the card back")).to_be_checked()
    saved(page)
    assert stored(room, booked)["a-card-from-a-parent"] == '{"best":"a"}'


def test_a_newer_choice_is_shown_and_said(house: House, room: Room) -> None:
    booked = saved_formats_seat(room)
    visit = seated(house, room, booked)
    first = visit.page
    go_to(first, 3)
    second = visit.reopen()
    second.goto(first.url)
    ready(second)
    second.get_by_label("Put the card back").check()
    saved(second)
    first.reload()
    ready(first)
    second.close()
    first.evaluate("document.querySelector('[data-question]').dataset.revision = 0")  # as an old page would have it
    first.get_by_label("Ring the aunt").check()
    expect(first.locator("[data-banner]")).to_contain_text("now shows what was chosen there")
    expect(first.get_by_label("Put the card back")).to_be_checked()
    first.get_by_label("Ring the aunt").check()
    saved(first)
    expect(first.locator(".exam-bar [data-saved]")).to_contain_text("Saved 0")
    first.reload()
    ready(first)
    expect(first.get_by_label("Ring the aunt")).to_be_checked()


def test_stored_answers_survive_another_order_of_the_options(house: House, room: Room) -> None:
    given = {f"{slug}@1": text for slug, (text, points) in EXPECTED.items() if points is not None}
    shown = []
    for number, order in ((1, lambda ids: ids), (2, reversed_)):
        booked = saved_formats_seat(room, number, order)
        page = seated(house, room, booked, given).page
        chosen = []
        for place in range(3, len(ON_THE_PAPER) + 1):
            page.goto(f"{house.base}/sit/{booked.attempt_ref}/scenario/{place}")
            ready(page)
            chosen.append(page.evaluate(CHOSEN_IN_WORDS))
        shown.append(chosen)
    assert shown[0] == shown[1] and all(shown[0])


CHOSEN_IN_WORDS = """() => [
  ...[...document.querySelectorAll("[data-into]:checked")].map(
    (one) => [one.dataset.into.split(".")[0], one.closest("tr, .choice").textContent.trim(),
              one.dataset.number && one.value].join()).sort(),
  ...[...document.querySelectorAll("[data-text]")].map((one, n) => `${n + 1} ${one.textContent}`),
]"""


def test_controls_fit_their_window_and_have_large_targets(house: House, room: Room) -> None:
    booked = saved_formats_seat(room)
    page = seated(house, room, booked).page
    for place in range(3, len(ON_THE_PAPER) + 1):
        page.goto(f"{house.base}/sit/{booked.attempt_ref}/scenario/{place}")
        ready(page)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            heights = page.locator(".control :is(.choice, .matrix label, button)").evaluate_all(
                "all => all.map(one => one.getBoundingClientRect().height)"
            )
            assert heights and min(heights) >= 44, (place, width, heights)
