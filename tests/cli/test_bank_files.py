"""``sjt bank``: import, export and health as commands, and the check of every shipped specification."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from item_bank.exchange import bank_files, write_zip
from item_bank.shipped import CONTENT
from sjt.db import Database
from sjt.rules.access import Role
from sjt.services.bank_files import keep_folder
from sjt.stores import people
from sjt.stores import tables as t
from tests.banks import many_scenarios
from tests.cli.command import refused, run, sjt
from tests.site import MORNING, SECRET

SPEC = "st0087-1.0"
FEW = many_scenarios(3)


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Database]:
    """The product of the environment, as `sjt serve` reads it."""
    settings = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "KIND": "rehearsal", "HOME": str(tmp_path)}
    for name, value in settings.items():
        monkeypatch.setenv(f"SJT_{name}", value)
    made = Database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep_folder(tmp_path / "few", bank_files(FEW))
    return tmp_path / "few"


def states(database: Database) -> list[tuple[str, str]]:
    with database.reading() as conn:
        query = sa.select(t.scenarios.c.slug, t.scenario_versions.c.state).join(t.scenario_versions)
        return sorted((row.slug, row.state) for row in conn.execute(query))


def person(database: Database, *roles: Role) -> str:
    with database.transaction() as conn:
        return people.add_person(conn, name="Mo", email="mo@example.org", roles=roles, now=MORNING).email


# ------------------------------------------------------------------------------------------------------ in and out
def test_out_in_and_out_again_gives_the_same_bytes(database: Database, folder: Path, tmp_path: Path) -> None:
    result = sjt("bank", "import", str(folder), "--spec", SPEC)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        *(f"+ case-0000{n} v1" for n in range(3)),
        "3 added, 0 changed, 0 unchanged",
    ]
    assert sjt("bank", "export", str(tmp_path / "out"), "--spec", SPEC).stdout == "3 written\n"
    files = sorted(path.relative_to(folder) for path in folder.rglob("*.yaml"))
    assert sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.yaml")) == files
    assert all((folder / file).read_bytes() == (tmp_path / "out" / file).read_bytes() for file in files)
    again = sjt("bank", "import", str(tmp_path / "out"), "--spec", SPEC, "--json")
    assert json.loads(again.stdout)["unchanged"] == [f"case-0000{n}" for n in range(3)]
    with database.reading() as conn:
        record = conn.execute(sa.select(t.records).where(t.records.c.act == "bank.exported")).one()
    assert record.detail == {"purpose": "command line", "which": "newest", "scenarios": 3}


def test_a_dry_run_says_what_would_be_done(database: Database, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "few.zip").write_bytes(write_zip(bank_files(FEW)))
    result = sjt("bank", "import", str(tmp_path / "few.zip"), "--spec", SPEC, "--dry-run")
    assert result.stdout.endswith("3 added, 0 changed, 0 unchanged; a dry run, nothing was imported\n")
    assert states(database) == []


def test_every_fault_is_named_and_nothing_is_imported(database: Database, folder: Path) -> None:
    for file in folder.rglob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("sample: false", "sample: perhaps"), encoding="utf-8")
    lines = refused(sjt("bank", "import", str(folder), "--spec", SPEC))
    assert len(lines) == 3 and all(line.endswith(": “sample” must be true or false") for line in lines)
    assert lines[0].startswith(f"{folder}/C1/case-00000.yaml:6: ")
    assert states(database) == []
    found = json.loads(sjt("bank", "import", str(folder), "--spec", SPEC, "--json").stdout)
    assert (len(found["faults"]), found["faults"][0]["line"], found["added"]) == (3, 6, [])


def test_an_export_goes_into_an_empty_folder_only(database: Database, folder: Path) -> None:
    assert refused(sjt("bank", "export", str(folder / "new"), "--spec", SPEC)) == ["There is nothing to export yet."]
    sjt("bank", "import", str(folder), "--spec", SPEC)
    (line,) = refused(sjt("bank", "export", str(folder), "--spec", SPEC))
    assert line.startswith(f"{folder}: this folder is not empty")
    assert refused(sjt("bank", "export", str(folder / "x"), "--spec", SPEC, "--which", "live"))


# ------------------------------------------------------------------------------------------------------------ live
def test_a_manager_may_publish_at_once_with_a_reason(database: Database, folder: Path) -> None:
    email = person(database, Role.MANAGER)
    sjt("bank", "import", str(folder), "--spec", SPEC, "--live", "--by", email.upper(), "--reason", "New installation")
    assert {state for _, state in states(database)} == {"live"}
    with database.reading() as conn:
        record = conn.execute(sa.select(t.records)).one()
    assert (record.act, record.detail["reason"]) == ("bank.imported_live", "New installation")
    assert record.person_id is not None


def test_nobody_else_publishes_at_once(database: Database, folder: Path) -> None:
    email = person(database, Role.ITEM_WRITER)
    command = ("bank", "import", str(folder), "--spec", SPEC)
    for more in (["--live"], ["--live", "--by", email], ["--live", "--reason", "x"], ["--reason", "x"]):
        assert refused(sjt(*command, *more))
    assert refused(sjt(*command, "--live", "--by", email, "--reason", "x")) == [
        "Mo may not publish an import at once; a manager may"
    ]
    assert refused(sjt(*command, "--by", "nobody@example.org"))
    assert states(database) == []
    assert sjt(*command, "--by", email).exit_code == 0
    assert {state for _, state in states(database)} == {"in_review"}


def test_a_reviewer_imports_nothing(database: Database, folder: Path) -> None:
    email = person(database, Role.REVIEWER)
    assert refused(sjt("bank", "import", str(folder), "--spec", SPEC, "--by", email))


def test_without_settings_the_command_names_each(folder: Path, tmp_path: Path) -> None:
    done = run("bank", "import", str(folder), "--spec", SPEC, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[0] == "SJT_DATABASE_URL is not set"


# ----------------------------------------------------------------------------------------------- check and health
@pytest.mark.parametrize("name", ["st0087-1.0", "st0663-kt", "st0088-sjt", "practice-1.0"])
def test_the_bank_of_every_specification_is_without_fault(name: str) -> None:
    result = sjt("bank", "check", "--spec", name, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["faults"]) == (0, [])
    assert set(found) == {"faults", "notes", "pools", "statements"}
    assert all(set(row) == {"scenarios"} for row in found["pools"].values())
    assert all(set(row) == {"questions", "formats"} for row in found["statements"].values())


def test_what_the_source_left_open_is_a_note() -> None:
    notes = json.loads(sjt("bank", "check", "--spec", "st0088-sjt", "--json").stdout)["notes"]
    words = " ".join(note["words"] for note in notes)
    for gap in ("duration", "pass mark", "how many questions", "theme PC1"):
        assert gap in words


@pytest.mark.parametrize("part", ["guide", "criterion"])
def test_a_copy_with_a_part_removed_is_faulted_at_file_and_line(tmp_path: Path, part: str) -> None:
    source = CONTENT / SPEC / "C1" / "phones-at-nine.yaml"
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if ("    guide:" if part == "guide" else "P-C1a.2:") in line)
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = next(
        n for n in range(start + 1, len(lines)) if lines[n].strip() and not lines[n].startswith(" " * (indent + 1))
    )
    (tmp_path / "phones.yaml").write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")
    faults = refused(sjt("bank", "check", str(tmp_path)))
    assert faults and all(
        line.startswith(f"{tmp_path}/phones.yaml:") and "the guide has nothing for" in line for line in faults
    )


def test_health_as_json_from_files(tmp_path: Path) -> None:
    keep_folder(tmp_path / "bank", bank_files(many_scenarios(44)))
    found = json.loads(sjt("bank", "health", "--spec", SPEC, "--bank", str(tmp_path / "bank"), "--json").stdout)
    community = found["pathways"]["community"]
    assert found["spec"] == "st0087-1.0-sjt-2018-06-29"
    assert community["possible_papers"] == {"papers": 6 * 4**9, "exact": True}
    assert community["overlap"]["expected"]["scenarios"] == pytest.approx(9 / 4)
    assert community["overlap"]["measured"]["papers"] == 1_000
    assert community["overlap"]["measured"]["scenarios"] == pytest.approx(9 / 4, rel=0.1)
    assert len(community["scenarios"]) == 36 and community["short"] == []
    assert sum(community["weights"].values()) == pytest.approx(1)


def test_health_in_words_says_why_nothing_is_drawn() -> None:
    words = sjt("bank", "health", "--spec", "st0088-sjt").stdout
    assert "ST0088 does not state its duration" in words and "possible papers" not in words
