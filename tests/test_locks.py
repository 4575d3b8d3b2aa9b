"""The locks say the same on every machine, and nothing is installed that was not hashed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("*.lock"))


def requirements(lock: Path) -> dict[str, set[str]]:
    """Every name with its pins: a universal lock may hold one for each range of Python versions."""
    found: dict[str, set[str]] = {}
    for line in lock.read_text().splitlines():
        if pin := re.match(r"([a-z0-9][a-z0-9._-]*)==(\S+)", line):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


def asked_for(source: Path) -> set[str]:
    """The names in an .in file."""
    names = re.findall(r"^[A-Za-z0-9][A-Za-z0-9._-]*", source.read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_there_is_a_lock_for_each_list() -> None:
    assert {lock.stem for lock in LOCKS} == {source.stem for source in ROOT.glob("*.in")}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
class TestLock:
    def test_names_no_host_and_no_place_on_a_disk(self, lock: Path) -> None:
        text = lock.read_text()
        assert "://" not in text
        assert " @ " not in text
        assert not re.search(r"(^|[\s='\"])(/|\.{1,2}/|[A-Za-z]:\\)", text, re.MULTILINE)

    def test_holds_no_option(self, lock: Path) -> None:
        """Such as --index-url, --find-links or -e."""
        assert not re.search(r"^-", lock.read_text(), re.MULTILINE)

    def test_pins_and_hashes_everything(self, lock: Path) -> None:
        text = re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE)
        entries = re.split(r"\n(?=\S)", text.strip())
        pinned = re.compile(r"[a-z0-9][a-z0-9._-]*==\S+( ; .+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n)?)+")
        assert entries
        assert [entry for entry in entries if not pinned.fullmatch(entry)] == []

    def test_answers_its_list(self, lock: Path) -> None:
        assert asked_for(lock.with_suffix(".in")) <= requirements(lock).keys()


def test_tests_run_on_the_very_versions_that_the_product_runs_on() -> None:
    product, tests = (requirements(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert {name: pins for name, pins in tests.items() if name in product} == product
