"""YAML files: plain data with the line of every value, and a fault for whatever a person would trip over."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.sources import LARGEST_FILE, Fault, Place, Reader, Source, load, loads, one_line


def faults_of(text: str) -> list[tuple[int, str]]:
    return [(fault.place.line, fault.code) for fault in loads(text, "a.yaml")[1]]


def a_reader(text: str) -> Reader:
    source, faults = loads(text, "a.yaml")
    assert faults == []
    return Reader(source)


# --- what can be read -----------------------------------------------------------------------------
def test_a_value_stands_on_the_line_of_its_name() -> None:
    source, _ = loads("# a comment\none:\n  two: 2\n  three:\n    - 3\n    - 4\n", "a.yaml")
    assert source.at("one") == Place("a.yaml", 2)
    assert source.at("one", "two") == Place("a.yaml", 3)
    assert source.at("one", "three", 1) == Place("a.yaml", 6)


def test_a_missing_value_is_placed_at_its_nearest_parent() -> None:
    source, _ = loads("# a comment\none:\n  two: 2\n", "a.yaml")
    assert source.at("one", "absent", "deeper").line == 2
    assert source.at("absent").line == 2


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert loads(text, "a.yaml") == (Source("a.yaml", {}, {}), [])


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfone: 1\n")
    assert load(tmp_path / "a.yaml")[0].data == {"one": 1}


@pytest.mark.parametrize("name", ["no", "yes", "1", "null", "2018-06-29", "<<", "="])
def test_a_name_is_the_text_that_was_written(name: str) -> None:
    assert list(loads(f"{name}: {{a: b}}\n", "a.yaml")[0].data) == [name]


# --- what cannot ----------------------------------------------------------------------------------
def test_a_doubled_name_is_a_fault_at_its_second_place() -> None:
    assert faults_of("one: 1\ntwo: 2\none: 3\n") == [(3, "file.doubled_key")]


def test_a_doubled_name_does_not_hide_the_rest_of_the_file() -> None:
    source, faults = loads("one: 1\none: 2\nin:\n  two: 1\n  two: 2\n", "a.yaml")
    assert [fault.place.line for fault in faults] == [2, 5]
    assert source.data == {"one": 2, "in": {"two": 2}}


@pytest.mark.parametrize("text", ["- a\n- b\n", "only words\n", "12\n", "null\n"])
def test_the_whole_must_be_a_mapping(text: str) -> None:
    assert faults_of(text) == [(1, "file.not_mapping")]


@pytest.mark.parametrize(
    "wrong",
    [
        "[1, 2",
        "'never closed",
        "a: b: c",
        "\t- tab",
        "&anchor 1",
        "*alias",
        "!!python/object:os.system x",
        "!!timestamp soon",
        "!!bool perhaps",
        "!!int ''",
        "!own 1",
        "2018-02-30",
        "0b_",
        "=",
        "{[a]: 1}",
        '"\\0"',
        '"\\ud800"',
        '"\\e[31m"',
        "9" * 5000,
        "0x" + "f" * 5000,
        "[" * 40 + "]" * 40,
        "[" * 500,
    ],
    ids=lambda wrong: wrong[:30],
)
def test_what_is_not_plain_yaml_is_a_fault_at_its_line(wrong: str) -> None:
    assert [code for _, code in faults_of(f"one: 1\n\ntwo: {wrong}\n")] == ["file.not_yaml"]
    assert faults_of(f"one: 1\n\ntwo: {wrong}\n")[0][0] in {3, 4}


def test_a_control_character_is_a_fault_at_its_line() -> None:
    assert faults_of("one: 1\ntwo: 2\nthree: \x07\n") == [(3, "file.not_yaml")]


def test_an_endless_file_of_aliases_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    assert faults_of(bomb) == [(1, "file.not_yaml")]


def test_a_second_document_is_a_fault() -> None:
    assert faults_of("one: 1\n---\ntwo: 2\n") == [(2, "file.not_yaml")]


def test_bytes_that_are_not_utf8_are_a_fault_at_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"one: 1\ntwo: caf\xe9\n")
    assert load(tmp_path / "a.yaml", "shown")[1] == [Fault(Place("shown", 2), "file.not_utf8")]


def test_an_oversized_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    assert [fault.code for fault in load(tmp_path / "a.yaml")[1]] == ["file.too_large"]


def test_an_endless_file_is_not_read() -> None:
    assert [fault.code for fault in load(Path("/dev/zero"))[1]] == ["file.too_large"]


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_what_is_not_a_file_is_a_fault(tmp_path: Path, name: str) -> None:
    assert [fault.code for fault in load(tmp_path / name)[1]] == ["file.unreadable"]


PIECES = ["a", "b", ":", ": ", "-", "- ", "\n", "  ", "[", "]", "{", "}", ",", "&a", "*a", "!!int", "!!bool", "? ",
          "|", ">", "'", '"', "\\", "#", "%", "@", "<<", "=", "~", "yes", "0x", "1_", "1:2", ".5", "2018-13-01",
          "2001-01-01T00:00:00+99:99", "\t", "\x00", "\ud800", "\ufeff", "---", "..."]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    source, faults = loads(text, "a.yaml")
    assert isinstance(source.data, dict)
    assert all(1 <= fault.place.line <= text.count("\n") + len(text.splitlines()) + 1 for fault in faults)


# --- typed values ---------------------------------------------------------------------------------
def test_a_text_is_stripped() -> None:
    assert a_reader("one: '  two '").text("one") == "two"


@pytest.mark.parametrize("value", ["", "' '", "1", "true", "null", "[]", "{}", "2018-06-29"])
def test_a_text_is_not_blank_and_not_another_type(value: str) -> None:
    reader = a_reader(f"one: {value}")
    assert reader.text("one") == ""
    assert [fault.code for fault in reader.faults] == ["value.text"]


@pytest.mark.parametrize("value", ["true", "false", "1.0", "'1'", "null", "-1", "11", "[1]"])
def test_a_whole_number_is_no_flag_no_fraction_and_within_bounds(value: str) -> None:
    reader = a_reader(f"one: {value}")
    reader.whole("one", low=0, high=10)
    assert [fault.code for fault in reader.faults] == ["value.whole"]


@given(st.integers(-5, 15))
def test_both_bounds_of_a_whole_number_are_included(value: int) -> None:
    reader = Reader(Source("a.yaml", {"one": value}, {}))
    reader.whole("one", low=0, high=10)
    assert (reader.faults == []) == (0 <= value <= 10)


@pytest.mark.parametrize("value", ["1", "0", "'true'", "null"])
def test_a_flag_is_true_or_false(value: str) -> None:
    reader = a_reader(f"one: {value}")
    assert reader.flag("one") is False
    assert [fault.code for fault in reader.faults] == ["value.flag"]


def test_a_day_is_read_as_a_date() -> None:
    assert a_reader("one: 2018-06-29").day("one") == dt.date(2018, 6, 29)


@pytest.mark.parametrize("value", ["'2018-06-29'", "2018-06-29 10:00:00", "2018", "null"])
def test_a_day_is_a_date_and_no_time(value: str) -> None:
    reader = a_reader(f"one: {value}")
    reader.day("one")
    assert [fault.code for fault in reader.faults] == ["value.date"]


@pytest.mark.parametrize("value", ["c", "1", "[a]", "null"])
def test_one_of_a_closed_list(value: str) -> None:
    reader = a_reader(f"one: {value}")
    assert reader.one_of({"a", "b"}, "one") == ""
    assert reader.faults[0].params["allowed"] == "a, b"


@pytest.mark.parametrize("value", ["[]", "{}", "text", "null"])
def test_lists_and_mappings_hold_something(value: str) -> None:
    reader = a_reader(f"one: {value}")
    assert list(reader.items("one")) == []
    assert reader.keys("one") == []
    assert [fault.code for fault in reader.faults] == ["value.list", "value.mapping"]


def test_a_name_outside_the_known_ones_is_a_fault_at_its_line() -> None:
    reader = a_reader("one: 1\ntow: 2\n")
    reader.only({"one", "two"})
    assert [(fault.place.line, fault.params["key"]) for fault in reader.faults] == [(2, "tow")]


def test_a_value_is_sound_until_a_fault_is_found_in_it() -> None:
    reader = a_reader("one: {two: {three: x}}\nother: 1\n")
    reader.whole("one", "two", "three")
    assert not reader.sound("one")
    assert not reader.sound("one", "two", "three")
    assert reader.sound("other")


# --- one line a fault -----------------------------------------------------------------------------
@given(st.text())
def test_somebodys_text_never_breaks_a_line_of_ours(text: str) -> None:
    assert one_line(text).isprintable()
    assert len(one_line(text)) <= 201


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=200))
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert one_line(text) == text


def test_what_a_fault_quotes_is_cut_to_size() -> None:
    reader = Reader(Source("a.yaml", {"one": "two\nthree" * 1000}, {}))
    reader.one_of({"a"}, "one")
    assert str(reader.faults[0].params["value"]).startswith("two threetwo")
    assert len(str(reader.faults[0].params["value"])) < 300
