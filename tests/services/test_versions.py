"""Which of many revisions are worth showing."""

from __future__ import annotations

import datetime as dt

from sjt.services.delivery.versions import MOST, Version, worth_showing
from sjt.stores.versions import Kept
from tests.site import MORNING


def kept(*seconds_and_lengths: tuple[int, int]) -> list[Kept]:
    return [
        Kept(n, MORNING + dt.timedelta(seconds=seconds), length)
        for n, (seconds, length) in enumerate(seconds_and_lengths, 1)
    ]


def shown(*seconds_and_lengths: tuple[int, int]) -> list[int]:
    return [one.revision for one in worth_showing(kept(*seconds_and_lengths))]


def test_what_stands_in_the_box_is_no_earlier_version() -> None:
    assert shown() == shown((0, 10)) == []
    assert shown((0, 10), (3, 20)) == [1]


def test_a_spell_of_typing_is_one_version() -> None:
    assert shown((0, 10), (3, 20), (6, 30), (66, 40), (69, 50), (72, 60)) == [5, 3]


def test_what_was_cut_is_shown() -> None:
    assert shown((0, 500), (3, 520), (6, 480), (9, 490), (12, 500)) == [4, 2]
    assert shown((0, 500), (3, 520), (6, 490), (9, 500)) == [3]


def test_the_newest_thirty_come_first() -> None:
    many = shown(*((n * 100, n) for n in range(100)))
    assert many == list(range(99, 99 - MOST, -1))


def test_words_and_first_line_are_as_the_page_counts_them() -> None:
    version = Version(1, MORNING, "\n  \n First, I would listen.\nThen act.")
    assert (version.words, version.first_line) == (6, "First, I would listen.")
    assert Version(1, MORNING, " ").first_line == ""
