"""The device check: what cannot be told is unknown, and what the server does not hold was not saved."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from proctoring.checks import WATCHED_ONLY, Item, Kept, Outcome, Told, judge
from sjt.words import WORDS
from tests.site import MORNING

SOUND = Told(120, True, 1280, 800, MORNING, True, False)
KEPT = Kept(True, True)


def test_a_sound_device_passes_everything_and_one_that_tells_nothing_passes_nothing() -> None:
    assert set(judge(SOUND, KEPT, True, MORNING).values()) == {Outcome.PASSED}
    assert Outcome.PASSED not in judge(Told(), Kept(False, False), True, MORNING).values()


def test_an_open_sitting_asks_neither_for_full_screen_nor_for_one_screen() -> None:
    assert set(judge(SOUND, KEPT, False, MORNING)) == set(Item) - WATCHED_ONLY


@pytest.mark.parametrize(
    ("changes", "kept", "item", "outcome"),
    [
        ({"save_ms": 5000}, KEPT, Item.SAVING, Outcome.PASSED),
        ({"save_ms": 5001}, KEPT, Item.SAVING, Outcome.FAILED),
        ({"save_ms": None}, KEPT, Item.SAVING, Outcome.FAILED),
        ({}, Kept(False, True), Item.SAVING, Outcome.FAILED),  # it says that it was saved, and the server has nothing
        ({}, Kept(True, False), Item.PRACTICE, Outcome.FAILED),
        ({"storage": False}, KEPT, Item.STORAGE, Outcome.FAILED),
        ({"storage": None}, KEPT, Item.STORAGE, Outcome.UNKNOWN),
        ({"width": 320, "height": 256}, KEPT, Item.WINDOW, Outcome.PASSED),
        ({"width": 319}, KEPT, Item.WINDOW, Outcome.FAILED),
        ({"height": None}, KEPT, Item.WINDOW, Outcome.UNKNOWN),
        ({"clock": MORNING + dt.timedelta(seconds=60)}, KEPT, Item.CLOCK, Outcome.PASSED),
        ({"clock": MORNING - dt.timedelta(seconds=61)}, KEPT, Item.CLOCK, Outcome.FAILED),
        ({"full_screen": False}, KEPT, Item.FULL_SCREEN, Outcome.FAILED),
        ({"second_screen": True}, KEPT, Item.SCREENS, Outcome.FAILED),
        ({"second_screen": None}, KEPT, Item.SCREENS, Outcome.UNKNOWN),
    ],
)
def test_each_item_at_its_edge(changes: dict, kept: Kept, item: Item, outcome: Outcome) -> None:
    assert judge(replace(SOUND, **changes), kept, True, MORNING)[item] is outcome


def test_every_item_has_a_name_and_says_what_to_do_when_it_fails() -> None:
    for item in Item:
        assert f"check.item.{item.value}" in WORDS and f"check.failed.{item.value}" in WORDS
    assert all(f"check.outcome.{outcome.value}" in WORDS for outcome in Outcome)
