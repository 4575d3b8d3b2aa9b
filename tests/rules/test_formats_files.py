"""Formats in files and in the editor: lossless, and every fault at its line."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from item_bank.formats import FORMAT_WORDS, FORMATS, MOST_AND_LEAST, PICK_N, RANK, RATE, SHORT_ANSWER, SINGLE_BEST
from item_bank.formats.base import ONE, ORDER, SEVERAL
from item_bank.sources import Reader, loads
from tests.bodies import a_body

KEYED = [name for name, form in FORMATS.items() if form.keyed]
WITH_BODY = [*KEYED, SHORT_ANSWER]


def read(name: str, value: object) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """A body out of a file that holds this value, with line and code of every fault."""
    text = yaml.safe_dump({"body": value}, sort_keys=False, allow_unicode=True)
    source, faults = loads(text, "a.yaml")
    reader = Reader(source, faults)
    body = FORMATS[name].read(reader, "body")
    return body, [(fault.place.line, fault.code) for fault in reader.faults]


def said(name: str, **changes: Any) -> list[str]:
    """The codes of the faults of a sound file with these changes; None takes a value away."""
    value = FORMATS[name].written(a_body(name)) | changes
    return [code for _, code in read(name, {k: v for k, v in value.items() if v is not None})[1]]


@pytest.mark.parametrize("name", WITH_BODY)
def test_what_is_written_is_read_again(name: str) -> None:
    body = a_body(name)
    assert read(name, FORMATS[name].written(body)) == (body, [])


lines = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30)


@given(name=st.sampled_from(KEYED), words=st.lists(lines, min_size=8, max_size=8), why=lines)
def test_any_words_come_back_as_they_were(name: str, words: list[str], why: str) -> None:
    body = a_body(name)
    body |= {
        field: f"{words[n].strip()} {n}.".strip() for n, field in enumerate(f for f in body if f.startswith("option_"))
    }
    body["rationale"] = why.strip() + "."
    assert read(name, FORMATS[name].written(body)) == (body, [])


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_body_that_is_missing_or_no_mapping_is_a_fault(name: str) -> None:
    nothing: list[object] = [None, "text", [1], {}]
    for value in nothing:
        assert read(name, value)[1] == [(1, "value.mapping")]


def test_an_extended_answer_may_hold_two_model_answers_and_nothing_else() -> None:
    models = {"at_the_line": "Enough.", "below_it": "Not enough.", "why": "P-1.2: nothing on it."}
    assert read("extended-answer", None) == ({}, [])
    assert read("extended-answer", models) == (models, [])
    assert [code for _, code in read("extended-answer", {"at_the_line": "Enough."})[1]] == ["format.no_model"] * 2
    assert "format.models_same" in [code for _, code in read("extended-answer", models | {"below_it": "Enough. "})[1]]
    assert read("extended-answer", models | {"why": "x" * 20_001})[1][0][1] == "format.model_too_long"
    assert read("extended-answer", {"key": "a"})[1][0][1] == "value.unknown_key"


# --- faults, one by one
@pytest.mark.parametrize("name", KEYED)
def test_faults_of_options_and_rationale(name: str) -> None:
    options = FORMATS[name].written(a_body(name))["options"]
    assert isinstance(options, dict)
    last = list(options)[-1]
    assert "format.no_rationale" in said(name, rationale=None)
    assert "format.option_doubled" in said(name, options=options | {"b": f" {options['a'].upper()} "})
    assert "format.option_blank" in said(name, options=options | {"b": ""})
    assert "format.option_blank" in said(name, options=options | {last: None})
    assert "format.option_name" in said(name, options=options | {"z": "Another"})
    assert "format.too_long" in said(name, options=options | {"a": "x" * 501})
    assert "format.too_few" in said(name, options={"a": "One", "b": "Two"})
    assert "value.mapping" in said(name, options=["One", "Two", "Three"])
    assert "value.unknown_key" in said(name, weight=3)


def test_faults_of_the_key_of_a_single_best() -> None:
    assert said(SINGLE_BEST, key=None) == ["format.key_none"]
    assert said(SINGLE_BEST, key=["a", "b"]) == ["format.key_two"]
    assert said(SINGLE_BEST, key="a b") == ["format.key_two"]
    assert said(SINGLE_BEST, key="h") == ["format.key_unknown"]
    assert said(SINGLE_BEST, key=True) == ["format.key_none"]


def test_faults_of_the_key_of_most_and_least() -> None:
    assert said(MOST_AND_LEAST, most="d") == ["format.same_ends"]
    assert said(MOST_AND_LEAST, least=None) == ["format.key_none"]
    assert said(MOST_AND_LEAST, least="a d") == ["format.key_two"]


def test_faults_of_the_key_of_pick_n() -> None:
    assert said(PICK_N, pick=8) == ["format.pick_too_many", "format.key_count"]
    assert said(PICK_N, pick=9) == ["format.pick_too_many", "format.key_count"]
    assert said(PICK_N, pick="three") == ["format.pick_number"]
    assert said(PICK_N, pick=1) == ["format.pick_number", "format.key_count"]
    assert said(PICK_N, key=["a", "c"]) == ["format.key_count"]
    assert said(PICK_N, key=["a", "a", "c"]) == ["format.key_doubled"]
    assert said(PICK_N, key=None) == ["format.key_none"]
    assert said(PICK_N, key=["a", "c", "z"]) == ["format.key_unknown"]


def test_a_rank_key_must_be_a_permutation() -> None:
    for key in (["a", "b", "c", "d"], ["a", "a", "b", "c", "d"], ["a", "b", "c", "d", "z"]):
        assert said(RANK, key=key) == ["format.not_a_permutation"]
    assert said(RANK, key=None) == ["format.key_none"]


def test_rate_keys_stay_within_the_scale() -> None:
    keyed = {"a": 4, "b": 1, "c": 3, "d": 2}
    assert said(RATE, key=keyed) == []
    assert said(RATE, key=keyed | {"b": 5}) == ["format.rating_outside"]
    assert said(RATE, key=keyed | {"b": 0}) == ["format.rating_outside"]
    assert said(RATE, key={"a": 4, "b": 1, "c": 3}) == ["format.rating_none"]
    assert said(RATE, key=keyed | {"g": 1}) == ["format.rating_unknown"]
    assert said(RATE, key=keyed | {"z": 1}) == ["format.rating_unknown"]
    assert said(RATE, scale="taste") == ["format.scale"]
    assert "value.mapping" in said(RATE, key="4 1 3 2")


def test_a_short_answer_needs_a_guide_for_each_mark() -> None:
    for mark in ("two", "one", "none"):
        assert said(SHORT_ANSWER, **{mark: None}) == ["format.no_guide"]


def test_a_fault_names_its_line() -> None:
    value = FORMATS[SINGLE_BEST].written(a_body(SINGLE_BEST))
    options = dict(value["options"])  # type: ignore[call-overload]
    options["c"] = options["a"]
    # line 1 body, 2 options, 3 a, 4 b, 5 c, 6 d, 7 key
    assert read(SINGLE_BEST, value | {"options": options, "key": "a b"})[1] == [
        (5, "format.option_doubled"),
        (7, "format.key_two"),
    ]


# --- the editor
@pytest.mark.parametrize("name", FORMATS)
def test_the_editor_has_a_field_for_everything_in_a_body_and_spare_options(name: str) -> None:
    form, body = FORMATS[name], a_body(name)
    names = [field.name for field in form.fields(body)]
    assert set(body) <= set(names) and len(names) == len(set(names))
    assert {field.name for field in form.fields({})} <= set(names) | {"option_g", "option_h"}
    for field in form.fields(body):
        if field.kind in (ONE, SEVERAL, ORDER) and body.get(field.name):
            assert set(body[field.name].split()) <= {choice.id for choice in field.choices}


@pytest.mark.parametrize("name", FORMATS)
def test_a_half_filled_body_is_faulted_at_fields_of_the_editor_and_breaks_nothing(name: str) -> None:
    form = FORMATS[name]
    for body in ({}, *({k: v for k, v in a_body(name).items() if k != gone} for gone in a_body(name))):
        faults, names = list(form.faults(body)), {field.name for field in form.fields(body)}
        assert faults or body or not a_body(name)
        for fault in faults:
            assert fault.name in names, (body, fault)
            assert FORMAT_WORDS[fault.code].format_map(fault.params)
        form.written(body)
