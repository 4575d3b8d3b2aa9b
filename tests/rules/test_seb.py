"""Safe Exam Browser, without a server: settings, keys, and what a request proves."""

from __future__ import annotations

import datetime as dt
import plistlib
from typing import Any

import pytest

from proctoring import seb
from proctoring.seb import Exam, Finding, Others, Required, Shown, Variant

VECTOR: dict[str, Any] = {
    "sendBrowserExamKey": True,
    "allowQuit": False,
    "URLFilterRules": [{"regex": True, "active": True, "action": 1, "expression": r"exam\.example/.*"}],
    "startURL": "https://exam.example/sit/abc",
    "examKeySalt": bytes([0, 1, 2, 3]),
    "browserWindowWebView": 3,
    "batteryChargeThresholdLow": 0.1,
    "originatorVersion": "a server",
    "nothingInIt": {},
}
TEXT = (
    '{"allowQuit":false,"batteryChargeThresholdLow":0.1,"browserWindowWebView":3,"examKeySalt":"AAECAw==",'
    '"sendBrowserExamKey":true,"startURL":"https://exam.example/sit/abc",'
    r'"URLFilterRules":[{"action":1,"active":true,"expression":"exam\.example/.*","regex":true}]}'
)
KEY = "dfa519efedb7e4b021d91d19b929d4a6a5ae1619f2afedd146f58aa0c367f724"
HEADER = "1b2ae24d7d2312fe6bbe098701adda5d62ddbf092b919e380c26df620147dc26"
EXAM = Exam("https://exam.example/sit/room/abc", "https://exam.example/sit/room/abc/over", "0" * 64, b"salt")
HERE = "https://exam.example/sit/a/"


# --- the key
def test_the_vector_of_the_notes() -> None:
    assert seb.canonical(VECTOR) == TEXT
    assert seb.config_key(plistlib.dumps(VECTOR)) == KEY
    assert seb.request_hash("https://exam.example/sit/abc?q=1", KEY) == HEADER
    assert seb.request_hash("https://exam.example/sit/abc?q=1#here", KEY) == HEADER


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (1, "1"),
        (2.5, "2.5"),
        (3.0, "3"),
        (b"\xff\xfe", '"//4="'),
        (dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC), '"2026-11-23T09:00:00Z"'),
        ([], "[]"),
        ('a"b\\c\n/é', '"a"b\\c\n/é"'),
        ({"b": 1, "A": {"z": {}, "Y": []}}, '{"A":{"Y":[]},"b":1}'),
    ],
)
def test_each_kind_of_value_is_written_as_the_rules_say(value: Any, written: str) -> None:
    assert seb.canonical({"k": value}) == '{"k":' + written + "}"


def test_only_the_outermost_originator_is_left_out_and_an_empty_dictionary_is_dropped() -> None:
    assert seb.canonical({"originatorVersion": "x", "a": {}}) == "{}"
    assert seb.canonical({"a": {"originatorVersion": "x"}}) == '{"a":{"originatorVersion":"x"}}'


# --- the settings
def test_settings_come_back_from_their_file_with_the_same_key() -> None:
    for variant in Variant:
        made = seb.settings(EXAM, variant)
        assert plistlib.loads(seb.as_plist(made)) == made
        assert seb.config_key(seb.as_plist(made)) == seb.config_key(seb.as_plist(dict(reversed(made.items()))))


def test_every_variant_and_every_salt_has_a_key_of_its_own() -> None:
    exams = [EXAM, Exam(EXAM.start, EXAM.quit, EXAM.quit_hash, b"another")]
    assert len({seb.config_key(seb.as_plist(seb.settings(exam, v))) for exam in exams for v in Variant}) == 6


def test_spell_check_is_off_but_where_an_adjustment_allows_it() -> None:
    allowed = {variant: seb.settings(EXAM, variant)["allowSpellCheck"] for variant in Variant}
    assert allowed == {Variant.STANDARD: False, Variant.READER: False, Variant.SPELLING: True}


def test_nothing_but_this_site_can_be_reached() -> None:
    made = seb.settings(EXAM)
    assert made["URLFilterEnable"] and [r["expression"] for r in made["URLFilterRules"]] == ["https://exam.example/*"]


# --- the request
def shown(key: str | None, address: str = HERE, browser: str | None = None) -> Shown:
    config = seb.request_hash(address, key) if key else None
    return Shown(HERE, config, seb.request_hash(address, browser) if browser else None)


MATRIX = [
    ("right", shown("k"), Finding.FITS),
    ("in capital letters", Shown(HERE, seb.request_hash(HERE, "k").upper()), Finding.FITS),
    ("missing", shown(None), Finding.NOTHING),
    ("empty", Shown(HERE, ""), Finding.NOTHING),
    ("no hash", Shown(HERE, "é"), Finding.WRONG),
    ("the key itself", Shown(HERE, "k"), Finding.WRONG),
    ("wrong", shown("x"), Finding.WRONG),
    ("replayed on another address", shown("k", HERE + "scenario/1"), Finding.ADDRESS),
    ("another host", shown("k", "https://forged.example/sit/a/"), Finding.ADDRESS),
    ("before", shown("old"), Finding.RETIRED),
    ("another candidate's variant", shown("spelling"), Finding.VARIANT),
    ("another sitting", shown("elsewhere"), Finding.OTHER),
]
OTHERS = Others(("old",), ("spelling",), ("elsewhere",), (HERE + "scenario/1", "https://forged.example/sit/a/"))


@pytest.mark.parametrize(("what", "given", "finding"), MATRIX, ids=[row[0] for row in MATRIX])
def test_only_a_right_key_for_this_address_is_let_in(what: str, given: Shown, finding: Finding) -> None:
    judged = seb.judge(given, Required(("other", "k")))
    assert (judged is Finding.FITS) == (finding is Finding.FITS)
    assert finding in (judged, seb.explain(given, Required(("other", "k")), OTHERS))


def test_nothing_configured_lets_nobody_in() -> None:
    for given in (shown(None), shown(""), shown("k"), Shown(HERE, seb.request_hash(HERE, ""))):
        assert seb.judge(given, Required(())) is Finding.UNSET


def test_a_list_of_browser_keys_asks_for_one_of_them_besides() -> None:
    required = Required(("k",), ("mac", "windows"))
    assert seb.judge(shown("k", browser="windows"), required) is Finding.FITS
    assert seb.judge(shown("k", browser="linux"), required) is Finding.BROWSER
    assert seb.judge(shown("k"), required) is Finding.BROWSER
    assert seb.judge(shown("x", browser="mac"), required) is Finding.WRONG


def test_the_address_is_the_public_origin_and_the_target_as_it_came() -> None:
    assert seb.requested("https://a.example", "/sit/x?q=%20") == "https://a.example/sit/x?q=%20"
    for origin, target in [(None, "/sit"), ("", "/sit"), ("https://a", None), ("https://a", "http://b/sit"),
                           ("https://a", "//b/sit"), ("https://a", "")]:  # fmt: skip
        assert seb.requested(origin, target) is None


def test_every_finding_that_refuses_has_a_code_of_its_own() -> None:
    assert set(seb.CODES) == set(Finding) - {Finding.FITS} and len(set(seb.CODES.values())) == len(seb.CODES)
