"""Released results of a sitting as CSV."""

from __future__ import annotations

from collections.abc import Iterable

from sjt.services.registration.csv_files import write_table
from sjt.services.results.told import told
from sjt.stores.results import Result

COLUMNS = (
    "candidate number", "name", "standard", "specification", "pathway", "sitting", "sat on", "outcome",
    "questions passed", "of", "reasons", "released at", "released by",
)  # fmt: skip


def as_csv(found: Iterable[Result]) -> bytes:
    """One row a result, times in UTC; no cell is a formula to a spreadsheet."""
    return write_table(COLUMNS, [_row(result) for result in found])


def _row(result: Result) -> list[str]:
    words = told(result)
    return [
        result.candidate_number, result.candidate_name, words.standard, result.spec_id, result.pathway,
        result.sitting_title, f"{result.sitting_starts_at:%Y-%m-%d}", result.outcome, str(result.passed),
        str(result.of), words.words, f"{result.released_at:%Y-%m-%dT%H:%M:%SZ}", result.released_by,
    ]  # fmt: skip
