"""Versions: every state against every act, what a draft must have for review, and what a diff promises."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange import SLUG
from item_bank.scenarios import Guidance
from sjt.rules.authoring import (
    AFTER,
    Act,
    Asked,
    Content,
    State,
    control_characters,
    fields,
    guide_field,
    may,
    merged,
    missing,
    question_field,
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
        State.LIVE: {Act.WITHDRAW},
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
