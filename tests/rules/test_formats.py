"""Formats: their published maximum and chance level, their scores, and answers that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, permutations, product
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.formats import (
    EXTENDED_ANSWER,
    FORMAT_WORDS,
    FORMATS,
    MOST_AND_LEAST,
    PICK_N,
    RANK,
    RATE,
    SHORT_ANSWER,
    SINGLE_BEST,
    BadAnswer,
    NeedsMarker,
)
from item_bank.formats.base import canonical
from tests.bodies import a_body

KEYED = [name for name, form in FORMATS.items() if form.keyed]
HALF = Fraction(1, 2)


def points(name: str, answer: object, body: dict[str, str] | None = None) -> Fraction:
    return FORMATS[name].score(body or a_body(name), canonical(answer)).points


def test_the_seven_formats_are_found_by_listing_their_folders() -> None:
    named = {EXTENDED_ANSWER, SHORT_ANSWER, SINGLE_BEST, MOST_AND_LEAST, PICK_N, RANK, RATE}
    assert set(FORMATS) == named
    assert all(form.name == name and form.title for name, form in FORMATS.items())


@pytest.mark.parametrize("name", FORMATS)
def test_a_sound_body_has_no_fault_and_words_for_its_key(name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    assert list(form.faults(body)) == []
    assert bool(form.key_in_words(body)) is bool(body)


@pytest.mark.parametrize("name", KEYED)
def test_the_key_itself_earns_the_maximum_and_no_answer_nothing(name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    best = max((form.score(body, answer) for answer in every(name)), key=lambda score: score.points)
    assert best.points == best.maximum == form.maximum(body)
    assert form.score(body, "") == type(best)(Fraction(0), best.maximum)
    assert not form.is_complete(body, "") and form.in_words(body, "") == ()


# --- every complete answer over the options of the sample bodies
def every(name: str) -> Iterator[str]:
    ids = [option.id for option in FORMATS[name].options(a_body(name))]
    answers: dict[str, Iterator[object]] = {
        SINGLE_BEST: ({"best": x} for x in ids),
        MOST_AND_LEAST: ({"most": x, "least": y} for x, y in permutations(ids, 2)),
        PICK_N: ({"picked": list(chosen)} for chosen in combinations(ids, 3)),
        RANK: ({"places": {x: n for n, x in enumerate(order, 1)}} for order in permutations(ids)),
        RATE: ({"ratings": dict(zip(ids, rated, strict=True))} for rated in product((1, 2, 3, 4), repeat=len(ids))),
    }
    return (canonical(answer) for answer in answers[name])


PUBLISHED: dict[str, tuple[Fraction, Fraction]] = {  # maximum, mean of blind choosing
    SINGLE_BEST: (Fraction(1), Fraction(1, 4)),
    MOST_AND_LEAST: (Fraction(2), HALF),
    PICK_N: (Fraction(12), Fraction(9, 2)),
    RANK: (Fraction(20), Fraction(12)),
    RATE: (Fraction(4), Fraction(3, 2)),
}


@pytest.mark.parametrize("name", KEYED)
def test_maximum_and_chance_are_those_of_the_table_and_of_counting(name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    scores = [form.score(body, answer).points for answer in every(name)]
    assert (form.maximum(body), form.chance(body)) == PUBLISHED[name]
    assert (max(scores), mean(scores)) == PUBLISHED[name]
    assert min(scores) >= 0
    assert all(form.is_complete(body, answer) for answer in every(name))


# --- single best, most and least
def test_most_and_least_give_a_point_each_and_take_none_away() -> None:
    body = a_body(MOST_AND_LEAST)  # most a, least d
    assert points(MOST_AND_LEAST, {"most": "a", "least": "d"}) == 2
    assert points(MOST_AND_LEAST, {"most": "a"}) == 1
    assert points(MOST_AND_LEAST, {"most": "d", "least": "a"}) == 0
    assert not FORMATS[MOST_AND_LEAST].is_complete(body, canonical({"most": "a"}))


# --- pick N
def test_three_of_eight_give_four_each_and_a_fourth_choice_loses_all() -> None:
    body = a_body(PICK_N)  # a, c, f
    assert points(PICK_N, {"picked": ["a", "c", "f"]}) == 12
    assert points(PICK_N, {"picked": ["a", "b", "f"]}) == 8
    assert points(PICK_N, {"picked": ["c"]}) == 4
    assert points(PICK_N, {"picked": ["a", "b", "c", "f"]}) == 0
    assert not FORMATS[PICK_N].is_complete(body, canonical({"picked": ["a", "b", "c", "f"]}))


# --- rank
MATRIX = ["43210", "34321", "23432", "12343", "01234"]  # rows: the key's place; columns: the given place


def test_rank_five_follows_the_published_matrix() -> None:
    keyed = a_body(RANK)["key"].split()
    for place_in_key, row in enumerate(MATRIX):
        for place_given, worth in enumerate(row, 1):
            assert points(RANK, {"places": {keyed[place_in_key]: place_given}}) == int(worth)


def test_a_reversed_order_still_gets_eight_and_ties_get_nothing() -> None:
    keyed = a_body(RANK)["key"].split()
    assert points(RANK, {"places": {x: 5 - n for n, x in enumerate(keyed)}}) == 8
    tied = {x: n for n, x in enumerate(keyed, 1)} | {keyed[1]: 1}
    assert points(RANK, {"places": tied}) == 12  # the two entries on the first place give nothing
    missing = {x: n for n, x in enumerate(keyed, 1) if n != 3}
    assert points(RANK, {"places": missing}) == 16


# --- rate
@pytest.mark.parametrize(
    ("keyed", "worth"), [(4, [0, 0, HALF, 1]), (3, [0, 0, 1, HALF]), (2, [HALF, 1, 0, 0]), (1, [1, HALF, 0, 0])]
)
def test_a_rating_next_to_the_key_counts_half_on_the_same_side_of_the_middle_only(
    keyed: int, worth: list[Fraction]
) -> None:
    body = a_body(RATE) | {"key_a": str(keyed)}
    assert [points(RATE, {"ratings": {"a": rated}}, body) for rated in (1, 2, 3, 4)] == worth


# --- answers by a person's mark
@pytest.mark.parametrize(("name", "most"), [(EXTENDED_ANSWER, 1), (SHORT_ANSWER, 2)])
def test_a_written_answer_needs_a_marker_and_an_empty_one_has_nothing(name: str, most: int) -> None:
    form, body = FORMATS[name], a_body(name)
    assert form.maximum(body) == most and form.chance(body) == 0
    assert form.score(body, " \n").points == 0
    with pytest.raises(NeedsMarker):
        form.score(body, "A text")
    form.check((), '{"anything": "is a text"}')


# --- what cannot be an answer
IMPOSSIBLE = {
    SINGLE_BEST: ['{"best":"z"}', '{"best":["a"]}', '{"best":{"a":1}}', '{"best":"a","more":1}', '{"best": "a"}'],
    MOST_AND_LEAST: ['{"least":"a","most":"a"}', '{"most":"z"}', '{"middle":"a"}', '{"most":null}', '{"most":[]}'],
    PICK_N: ['{"picked":[]}', '{"picked":["a","a"]}', '{"picked":["c","a"]}', '{"picked":["z"]}', '{"picked":[1,"a"]}'],
    RANK: ['{"places":{}}', '{"places":{"a":0}}', '{"places":{"a":6}}', '{"places":{"a":true}}', '{"places":{"z":1}}'],
    RATE: ['{"ratings":{}}', '{"ratings":{"a":5}}', '{"ratings":{"a":true}}', '{"ratings":{"a":1.0}}', '{"ratings":3}'],
}
NONSENSE = ["words", "{}", "[]", "null", "NaN", '"a"', '{"best":', "[" * 100_000, '{"best":NaN}', "{1:2}", " "]


@pytest.mark.parametrize("name", KEYED)
def test_an_impossible_answer_is_refused(name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    ids = [option.id for option in form.options(body)]
    for answer in IMPOSSIBLE[name] + NONSENSE:
        with pytest.raises(BadAnswer):
            form.check(ids, answer)
        with pytest.raises(BadAnswer):
            form.score(body, answer)


@given(name=st.sampled_from(KEYED), answer=st.text(alphabet='{}[]":,abcdz0129 bestmoralickpdung', max_size=40))
def test_any_text_is_refused_or_scored_within_its_bounds(name: str, answer: str) -> None:
    form, body = FORMATS[name], a_body(name)
    try:
        score = form.score(body, answer)
    except BadAnswer:
        return
    assert 0 <= score.points <= score.maximum


@given(data=st.data(), name=st.sampled_from(KEYED))
def test_every_partial_answer_stays_within_its_bounds_and_can_be_said(data: st.DataObject, name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    ids = [option.id for option in form.options(body)]
    subset = st.lists(st.sampled_from(ids), min_size=1, unique=True)
    made: object = {
        SINGLE_BEST: st.builds(lambda x: {"best": x}, st.sampled_from(ids)),
        MOST_AND_LEAST: st.builds(lambda x: {"least": x}, st.sampled_from(ids)),
        PICK_N: st.builds(lambda x: {"picked": sorted(x)}, subset),
        RANK: st.dictionaries(st.sampled_from(ids), st.integers(1, len(ids)), min_size=1).map(lambda p: {"places": p}),
        RATE: st.dictionaries(st.sampled_from(ids), st.integers(1, 4), min_size=1).map(lambda r: {"ratings": r}),
    }[name]
    answer = canonical(data.draw(made))  # type: ignore[arg-type]
    score = form.score(body, answer)
    assert 0 <= score.points <= score.maximum
    assert form.in_words(body, answer)


def test_an_answer_in_words_uses_the_options_own() -> None:
    body = a_body(MOST_AND_LEAST)
    said = FORMATS[MOST_AND_LEAST].in_words(body, canonical({"most": "b"}))
    assert said == (f"Most appropriate: B: {body['option_b']}", "Least appropriate: not chosen")
    rated = FORMATS[RATE].in_words(a_body(RATE), canonical({"ratings": {"a": 4}}))
    assert rated[0].endswith("– Very appropriate") and rated[1].endswith("– not rated")
    ranked = FORMATS[RANK].in_words(a_body(RANK), canonical({"places": {"b": 1}}))
    assert ranked[0] == f"1. B: {a_body(RANK)['option_b']}" and ranked[1].startswith("No place: ")


@pytest.mark.parametrize("name", FORMATS)
def test_what_the_apprentice_may_see_holds_neither_key_nor_reasons(name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    shown = str(form.options(body)) + str(form.public(body))
    assert body.get("rationale", "§") not in shown
    assert all(body[guide] not in shown for guide in ("two", "one", "none") if guide in body)


def test_every_code_has_its_words() -> None:
    assert all(code.startswith(("format.", "answer.")) and words for code, words in FORMAT_WORDS.items())
