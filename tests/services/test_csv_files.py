"""Files of candidates and seats: every fault by row and column, and no cell ever a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.services.registration.csv_files import (
    LARGEST_FILE,
    MOST_ROWS,
    BadTable,
    guard,
    read_table,
    unguard,
    write_table,
)

COLUMNS = ("number", "name")


def faults(content: str | bytes) -> list[tuple[int, str, str]]:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(BadTable) as bad:
        read_table(data, COLUMNS)
    return [(fault.row, fault.column, fault.code) for fault in bad.value.faults]


def cells(content: str | bytes) -> list[tuple[int, str, str]]:
    data = content.encode() if isinstance(content, str) else content
    return [(row.number, row.cells["number"], row.cells["name"]) for row in read_table(data, COLUMNS)]


@pytest.mark.parametrize(
    "content",
    [
        "number,name\n1,Zoë\n",
        "\ufeffnumber,name\n1,Zoë\n",
        "name,number\r\nZoë,1\r\n",
        "Number; Name\n1;Zoë",
        "number\tname\n1\tZoë",
        'number,name\n"1","Zoë"',
    ],
)
def test_a_byte_order_mark_the_order_of_columns_and_the_separator_do_not_matter(content: str) -> None:
    assert cells(content) == [(2, "1", "Zoë")]


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    assert cells('number,name\n1,"two\nlines"\n\n2,b\n') == [(2, "1", "two\nlines"), (4, "2", "b")]


def test_all_faults_of_the_header_are_named_together() -> None:
    assert faults("number,number,strange\n1,2,3\n") == [
        (1, "name", "csv.column_missing"),
        (1, "number", "csv.column_twice"),
        (1, "strange", "csv.column_unknown"),
    ]


def test_every_row_of_another_width_is_named() -> None:
    assert faults("number,name\n1\n2,b\n3,c,d\n") == [(2, "", "csv.width"), (4, "", "csv.width")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv.empty"),
        (b"number,name\n", "csv.no_rows"),
        ("number,name\n1,Zoë".encode("latin-1"), "csv.not_utf8"),
        ("number,name\n1,b".encode("utf-16"), "csv.not_utf8"),
        (b"x" * (LARGEST_FILE + 1), "csv.large"),
        (b"number,name\n" + b"1,b\n" * (MOST_ROWS + 1), "csv.many_rows"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(content: bytes, code: str) -> None:
    assert faults(content) == [(0, "", code)]


def test_an_open_quotation_mark_is_named_with_its_row() -> None:
    assert faults('number,name\n1,a\n2,"b\n') == [(3, "", "csv.quotes")]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1"])
def test_what_looks_like_a_formula_goes_out_as_text_and_comes_back_as_it_was(formula: str) -> None:
    written = write_table(COLUMNS, [["1", formula]])
    assert f"1,'{formula}".encode() in written.replace(b'"', b"")
    assert cells(written) == [(2, "1", formula)]


@given(
    st.lists(
        st.tuples(st.text(), st.text(min_size=1)).filter(lambda row: any(c.strip() for c in row)),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_is_read_again_just_so(rows: list[tuple[str, str]]) -> None:
    kept = [tuple(cell.replace("\0", "").encode("utf-8", "ignore").decode() for cell in row) for row in rows]
    kept = [row for row in kept if any(cell.strip() for cell in row)]
    if not kept:
        return
    assert [(a, b) for _, a, b in cells(write_table(COLUMNS, kept))] == kept


@given(st.text())
def test_no_guarded_cell_begins_like_a_formula(text: str) -> None:
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r")) and unguard(guard(text)) == text


@given(st.binary(max_size=300))
def test_any_bytes_at_all_give_rows_or_faults(data: bytes) -> None:
    try:
        read_table(data, COLUMNS)
    except BadTable as bad:
        assert bad.faults
