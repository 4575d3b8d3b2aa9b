"""``sjt marking simulate``: a cohort from submission to release, in a database of its own."""

from __future__ import annotations

import json

import pytest

from sjt.services.simulation import run
from tests.cli.command import refused, sjt

COHORT = ("marking", "simulate", "--spec", "st0087-1.0", "--pathway", "community")


def test_a_simulated_cohort_gets_the_judgements_that_the_rules_predict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "RULES_RUN", 1_000)  # the hundred thousand: tests/rules/test_simulating.py
    result = sjt(*COHORT, "--candidates", "4", "--ability", "0.6", "--marker-error", "0.2", "--seed", "1", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["candidates"] == sum(found["outcomes"].values()) == 4
    assert found["marks"] == found["marks_by_the_rules"]
    assert found["marks"]["first"] == 64 and found["marks"]["second"] >= 12
    assert set(found["wrong_fail_on_keys"]["observed"]) == {"rate", "low", "high", "n"}
    assert "released: 4" in result.stderr


def test_what_cannot_be_simulated_is_refused() -> None:
    assert "residental" in refused(sjt(*COHORT[:-1], "residental"))[0]
