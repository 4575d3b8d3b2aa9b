"""CSV in and out. Every cell is text: nothing that looks like a formula is ever one, here or in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LARGEST_FILE = 500_000  # bytes
MOST_ROWS = 1_000
SHOWN = 60  # characters of a stray column's name
# A spreadsheet takes a cell that begins so for a formula; an apostrophe before it keeps it a text.
FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


@dataclass(frozen=True)
class CellFault:
    """What is wrong where. ``row`` counts as a spreadsheet does, the header being 1; 0 is the file itself."""

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row, by the names of its columns."""

    number: int
    cells: Mapping[str, str]


class BadTable(Exception):
    """A file with faults, every one of them; nothing was taken from it."""

    def __init__(self, faults: Sequence[CellFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(faults, key=lambda fault: fault.row)  # within a row as they were found


def read_table(data: bytes, columns: Sequence[str]) -> list[Row]:
    """The rows of a file with exactly these columns, in any order. BadTable names every fault of its form."""
    lines = _lines(_text(data))
    header = [name.strip().lower() for name in lines[0]]
    _refuse(_header_faults(header, columns))
    kept = [(number, cells) for number, cells in enumerate(lines[1:], 2) if any(cell.strip() for cell in cells)]
    _refuse(_row_faults(kept, len(header)))
    return [Row(number, dict(zip(header, map(unguard, cells), strict=True))) for number, cells in kept]


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A file that spreadsheets open as UTF-8 and in which no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def guard(cell: str) -> str:
    """A cell that a spreadsheet takes for text."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """The text of a cell, without the apostrophe that guards it."""
    return cell[1:] if GUARDED.match(cell) else cell


def _text(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        raise BadTable([CellFault(0, "", "csv.large", {"limit": LARGEST_FILE // 1000})])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable([CellFault(0, "", "csv.not_utf8")]) from None
    if not text.strip():
        raise BadTable([CellFault(0, "", "csv.empty")])
    return text


def _lines(text: str) -> list[list[str]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    comma = max(",;\t", key=first.count)  # spreadsheets set to other countries write semicolons
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=comma, strict=True)
    lines: list[list[str]] = []
    try:
        lines.extend(reader)
    except csv.Error:
        raise BadTable([CellFault(len(lines) + 1, "", "csv.quotes")]) from None
    return lines


def _header_faults(header: Sequence[str], columns: Sequence[str]) -> list[CellFault]:
    times = Counter(header)
    faults = [CellFault(1, name, "csv.column_missing") for name in columns if name not in times]
    faults += [CellFault(1, name, "csv.column_twice") for name in columns if times[name] > 1]
    strange = [name for name in times if name not in columns]
    return faults + [CellFault(1, name[:SHOWN] or "?", "csv.column_unknown") for name in strange]


def _row_faults(rows: Sequence[tuple[int, Sequence[str]]], width: int) -> list[CellFault]:
    if not rows:
        return [CellFault(0, "", "csv.no_rows")]
    if len(rows) > MOST_ROWS:
        return [CellFault(0, "", "csv.many_rows", {"limit": MOST_ROWS})]
    return [
        CellFault(number, "", "csv.width", {"found": len(cells), "wanted": width})
        for number, cells in rows
        if len(cells) != width
    ]


def _refuse(faults: Sequence[CellFault]) -> None:
    if faults:
        raise BadTable(faults)
