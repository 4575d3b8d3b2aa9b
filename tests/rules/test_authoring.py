"""Versions: every state against every act, what a draft must have for review, and what a diff promises."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.blueprint import Blueprint
from item_bank.exchange import SLUG, markdown_faults
from item_bank.scenarios import Guidance
from sjt.rules.authoring import (
    AFTER,
    Act,
    Asked,
    Content,
    Due,
    State,
    control_characters,
    cutoffs,
    enemy_faults,
    fields,
    guide_field,
    may,
    merged,
    missing,
    names_in,
    question_field,
    review_due,
    slug_of,
    tidy,
    word_diff,
)
from tests.makers import a_blueprint

TEXTS = st.text(alphabet=st.sampled_from("ab \n.é"), max_size=60)


def complete(*statements: str, words: int = 150) -> Content:
    blueprint = a_blueprint()
    questions = (
        Asked(code, "What should you do?", {p.code: Guidance("- Yes", "- No") for p in blueprint.points(code)})
        for code in statements
    )
    return Content("A title", "word " * words, (), tuple(questions))


def faults(content: Content) -> set[tuple[str, str]]:
    return {(fault.name, fault.code) for fault in missing(content, "A", a_blueprint())}


@pytest.mark.parametrize(("state", "act"), list(product(State, Act)))
def test_every_act_in_every_state(state: State, act: Act) -> None:
    allowed = {
        State.DRAFT: {Act.EDIT, Act.SUBMIT},
        State.IN_REVIEW: {Act.APPROVE, Act.RETURN},
        State.APPROVED: {Act.PUBLISH, Act.WITHDRAW},
        State.LIVE: {Act.CONFIRM, Act.WITHDRAW},
        State.WITHDRAWN: set(),
    }
    assert may(state, act) == (act in allowed[state])


def test_nothing_leads_back_from_approval_to_a_draft() -> None:
    reached, more = {State.APPROVED}, True
    while more:
        found = {after for (state, _), after in AFTER.items() if state in reached}
        more, reached = not found <= reached, reached | found
    assert reached == {State.APPROVED, State.LIVE, State.WITHDRAWN}


def test_a_complete_draft_lacks_nothing() -> None:
    assert faults(complete("A.1", "A.2")) == set()


@pytest.mark.parametrize(("words", "sound"), [(119, False), (120, True), (250, True), (251, False)])
def test_a_situation_has_120_to_250_words(words: int, sound: bool) -> None:
    assert (faults(complete("A.1", "A.2", words=words)) == set()) == sound


def test_everything_that_is_missing_is_told_at_once() -> None:
    half = Asked("A.3", " ", {"P-A.3.1": Guidance("- Yes", "\n")})
    assert faults(Content(" ", "", (), (Asked("A.1", "What?"), half))) == {
        ("title", "authoring.no_title"),
        ("text", "authoring.length"),
        ("add", "authoring.essential"),
        (guide_field("A.1", "P-A.1.1", "meets"), "authoring.no_guide"),
        (guide_field("A.1", "P-A.1.1", "falls_short"), "authoring.no_guide"),
        (question_field("A.3"), "authoring.no_text"),
        (guide_field("A.3", "P-A.3.1", "falls_short"), "authoring.no_guide"),
    }


def test_a_theme_without_essential_statements_still_needs_a_question() -> None:
    blueprint = a_blueprint({"A.1": "other", "A.2": "other"}, drawn=1)
    content = replace(complete(), questions=())
    assert [fault.code for fault in missing(content, "A", blueprint)] == ["authoring.no_question"]


@given(TEXTS, TEXTS)
def test_a_diff_holds_both_texts(old: str, new: str) -> None:
    passages = word_diff(old, new)
    assert "".join(text for kind, text in passages if kind != "ins") == old
    assert "".join(text for kind, text in passages if kind != "del") == new
    assert all(text for _, text in passages)


def test_a_diff_is_by_words() -> None:
    assert word_diff("the rota is full", "the rota is thin now") == [
        ("same", "the rota is"),
        ("same", " "),
        ("del", "full"),
        ("ins", "thin now"),
    ]


def test_a_diff_of_very_long_texts_stays_quick() -> None:
    assert word_diff("a " * 10_000, "a " * 9_999 + "b") == [("del", "a " * 10_000), ("ins", "a " * 9_999 + "b")]


@given(st.text(max_size=200))
def test_a_slug_is_always_one_that_bank_files_take(title: str) -> None:
    assert SLUG.match(slug_of(title))


def test_slugs_are_readable() -> None:
    assert slug_of("  The child’s café: Day 2! ") == "the-childs-cafe-day-2"
    assert slug_of("日本") == "scenario"


def test_a_stale_page_loses_no_question_of_either_text() -> None:
    typed, newer = complete("A.1", words=10), complete("A.1", "A.3", words=20)
    both = merged(typed, newer)
    assert both.text == typed.text
    assert [asked.statement for asked in both.questions] == ["A.1", "A.3"]
    assert set(fields(both)) == set(fields(newer))


def test_line_ends_are_one_character_and_control_characters_are_seen() -> None:
    assert tidy("a\r\nb\rc\n") == "a\nb\nc\n"
    assert not control_characters("tabs\tand\nlines, naïve 日本 🙂 \u202b")
    assert control_characters("NUL \0 here") and control_characters("\x1b[31m") and control_characters("\ud800")


# ----------------------------------------------------------------------------------------------- formats and units
BEST = {"option_a": "Tell her", "option_b": "Wait", "option_c": "Write", "key": "a", "rationale": "It cannot wait."}


def alone(*formats: str) -> Blueprint:
    return replace(a_blueprint(), layout="questions", formats=formats or ("single-best", "short-answer"))


def test_a_question_that_stands_alone_needs_no_situation_and_is_one_question() -> None:
    one = Asked("A.1", "What first?", {}, "single-best", BEST)
    assert missing(Content("Telling her", "", (), (one,)), "A", alone()) == []
    two = Content("Telling her", "", (), (one, replace(one, statement="A.2")))
    assert [fault.code for fault in missing(two, "A", alone())] == ["authoring.one_question"]
    assert [fault.code for fault in missing(Content("Empty"), "A", alone())] == ["authoring.no_question"]


def test_a_format_tells_its_own_faults_beside_its_own_fields() -> None:
    asked = Asked("A.1", "What first?", {}, "single-best", {**BEST, "key": "a b", "rationale": ""})
    found = missing(Content("Telling her", "", (), (asked,)), "A", alone())
    assert {(f.name, f.code) for f in found} == {
        ("A.1-body-key", "format.key_two"),
        ("A.1-body-rationale", "format.no_rationale"),
    }
    wrong = replace(asked, format="rank")
    assert [f.code for f in missing(Content("T", "", (), (wrong,)), "A", alone())] == ["authoring.format"]


def test_every_text_has_one_name_whatever_the_format() -> None:
    asked = Asked("A.1", "What?", {}, "single-best", BEST)
    named = fields(Content("T", "Text", ("S",), (asked,), ("enemy-one",), ("nos.K1",)))
    assert named["enemies"] == "enemy-one" and named["tags"] == "nos.K1"
    assert named["A.1-body-option_a"] == "Tell her" and len(named) == 5 + 1 + len(BEST)


def test_blank_fields_of_a_format_are_not_kept() -> None:
    asked = Asked("A.1", "What?", {}, "single-best", {**BEST, "option_d": ""})
    (kept,) = Content("T", questions=(asked,)).without_blanks().questions
    assert kept.body == BEST


# ------------------------------------------------------------------------------------------------ HTML in Markdown
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Plain **bold** and a < b > c, `<b>` in code, <https://example.org>", []),
        ("Some <b>bold</b> words", ["<b>", "</b>"]),
        ("<script>alert(1)</script>\n\ntext", ["<script>alert(1)</script>"]),
        ("<!-- hidden --> text", ["<!-- hidden --> text"]),
        ("- an item <img src=x onerror=y>", ["<img src=x onerror=y>"]),
    ],
)
def test_html_in_markdown_is_named(text: str, named: list[str]) -> None:
    assert [params["found"] for code, params in markdown_faults(text) if code == "bank.html"] == named


def test_a_link_that_runs_something_is_refused_beside_its_field() -> None:
    """By the rule that files are read by, so that the desk lets in nothing that an import would refuse."""
    content = complete("A.1", "A.2")
    content = replace(content, text=content.text + " [press](javascript:alert(1))")
    (fault,) = missing(content, "A", a_blueprint())
    assert (fault.name, fault.code, fault.params["found"]) == ("text", "bank.link", "javascript:alert(1)")


def test_html_is_refused_beside_its_field() -> None:
    content = complete("A.1", "A.2")
    content = replace(content, text=content.text + " <b>again</b>")
    (fault,) = missing(content, "A", a_blueprint())
    assert (fault.name, fault.code, fault.params["tags"]) == ("text", "authoring.markup", "<b>  </b>")


# --------------------------------------------------------------------------------------------------------- enemies
def test_enemies_are_checked_by_name() -> None:
    others = {"b": ["c"], "c": [], "d": ["a"], "e": ["b"], "f": ["e"], "c2": ["d"]}
    codes = {fault.code for fault in enemy_faults("a", ["a", "nobody", "b", "d"], others)}
    assert codes == {"authoring.enemy_itself", "authoring.enemy_unknown", "authoring.enemy_twice"}
    (circle,) = enemy_faults("a", ["c2"], others)
    assert circle.code == "authoring.enemy_circle" and circle.params["chain"] == "c2, d, a"


@given(st.dictionaries(st.sampled_from("bcdef"), st.lists(st.sampled_from("abcdef"), max_size=4), min_size=1))
def test_a_scenario_without_faults_closes_no_circle(others: dict[str, list[str]]) -> None:
    sound = [name for name in sorted(others) if not list(enemy_faults("a", [name], others))]
    named = {**others, "a": sound}

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        ways = [start]
        while ways:
            for name in named.get(ways.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    ways.append(name)
        return seen

    assert "a" not in reach("a")
    assert all(("a" in reach(name)) for name in set(others) - set(sound))


# --------------------------------------------------------------------------------------------------- yearly review
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("reviewed", "due"),
    [
        (dt.datetime(2025, 11, 23, 12, 0, tzinfo=dt.UTC), Due.OVERDUE),
        (dt.datetime(2025, 11, 23, 12, 0, 1, tzinfo=dt.UTC), Due.SOON),
        (dt.datetime(2026, 1, 22, 12, 0, tzinfo=dt.UTC), Due.SOON),
        (dt.datetime(2026, 1, 22, 12, 0, 1, tzinfo=dt.UTC), Due.LATER),
        (NOON, Due.LATER),
    ],
)
def test_a_review_is_due_after_twelve_months_and_told_sixty_days_ahead(reviewed: dt.datetime, due: Due) -> None:
    cut = cutoffs(NOON, 12, 60)
    assert cut is not None and cut.of(reviewed) is due
    assert cutoffs(NOON, None, 60) is None


@given(st.integers(0, 40_000), st.integers(1, 36))
def test_a_review_is_due_on_the_same_day_of_the_month(days: int, months: int) -> None:
    at = dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=days)
    due = review_due(at, months)
    assert (due.year * 12 + due.month) - (at.year * 12 + at.month) == months
    assert due.day == at.day or (due.day < at.day and (due + dt.timedelta(days=1)).day == 1)


def test_names_are_taken_as_people_list_them() -> None:
    assert names_in(" a-b,\nc-d;  a-b\te ") == ("a-b", "c-d", "e")
