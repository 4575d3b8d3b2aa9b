"""Imports into both databases: lossless, all or nothing, out of sight until the end, whatever is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from item_bank.exchange import Read, bank_files, open_bank, read_files, write_zip
from item_bank.scenarios import Bank, Scenario
from sjt.db import Database
from sjt.rules.access import Role
from sjt.rules.refusals import NotNow
from sjt.services import bank_files as service
from sjt.services.bank_files import Importer, ImportPlan, Letting, carrying, import_read
from sjt.stores import bank, people
from sjt.stores import tables as t
from tests import banks
from tests.makers import st0087
from tests.site import MORNING

SPEC = "st0087-1.0"
BLUEPRINTS = {"scenarios": banks.scenarios_blueprint(), "questions": banks.questions_blueprint()}
FEW = banks.many_scenarios(5)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


def read_of(of: Bank, beside: tuple[str, ...] = ()) -> Read:
    read = read_files(
        {name: text.encode() for name, text in bank_files(of).items()}, st0087().blueprint, "bank", beside
    )
    assert read.faults == ()
    return read


def put(database: Database, of: Bank, letting: Letting | None = None, *, dry: bool = False) -> ImportPlan:
    return import_read(Importer(database, MORNING), read_of(of), SPEC, letting or Letting(), dry=dry)


def stands(database: Database) -> dict[str, list[tuple[int, str]]]:
    s, v = t.scenarios, t.scenario_versions
    found: dict[str, list[tuple[int, str]]] = {}
    query = sa.select(s.c.slug, v.c.number, v.c.state).join(v).where(s.c.spec_name == SPEC)
    with database.reading() as conn:
        for row in conn.execute(query.order_by(s.c.slug, v.c.number)):
            found.setdefault(row.slug, []).append((row.number, row.state))
    return found


def rows(database: Database) -> int:
    tables = (t.scenarios, t.scenario_versions, t.scenario_texts, t.questions, t.question_versions, t.question_texts)
    with database.reading() as conn:
        return sum(conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables)


def faults(plan: ImportPlan) -> list[tuple[str, int, str]]:
    return [(f.place.file, f.place.line, f.code) for f in plan.faults]


def raised(scenario: Scenario, version: int) -> Scenario:
    """The scenario's next version with its questions."""
    questions = tuple(replace(q, version=version) for q in scenario.questions)
    return replace(scenario, version=version, title=f"{scenario.title} again", questions=questions)


# ------------------------------------------------------------------------------------------------------ lossless
@pytest.mark.parametrize("blueprint", BLUEPRINTS.values(), ids=BLUEPRINTS)
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_out_in_and_out_again_gives_the_same_bytes(database: Database, blueprint: object, data: st.DataObject) -> None:
    """Export, import into an empty bank, export. Each example has a specification of its own in one database."""
    of = data.draw(banks.any_bank(blueprint))  # type: ignore[arg-type]
    with database.transaction() as conn:
        for table in (t.question_texts, t.question_versions, t.scenario_authors, t.scenario_texts, t.scenario_versions,
                      t.questions, t.scenarios):  # fmt: skip
            conn.execute(table.delete())
    files = bank_files(of)
    read = read_files({name: text.encode() for name, text in files.items()}, blueprint, "bank")  # type: ignore[arg-type]
    plan = import_read(Importer(database, MORNING), read, SPEC, Letting())
    assert plan.faults == () and len(plan.added) == len(of.scenarios)
    with database.reading() as conn:
        assert service.exported(conn, SPEC) == files
    again = import_read(Importer(database, MORNING), read, SPEC, Letting())
    assert (again.coming, len(again.unchanged)) == ((), len(of.scenarios))


def test_a_folder_and_an_archive_hold_the_same(database: Database, tmp_path: Path) -> None:
    service.keep_folder(tmp_path / "out", bank_files(FEW))
    (tmp_path / "out.zip").write_bytes(write_zip(bank_files(FEW)))
    blueprint = st0087().blueprint
    assert open_bank(tmp_path / "out", blueprint, "x").bank == open_bank(tmp_path / "out.zip", blueprint, "x").bank


# ------------------------------------------------------------------------------------------------- what comes in
def test_what_comes_in_waits_for_review_with_its_author(database: Database) -> None:
    with database.transaction() as conn:
        writer = people.add_person(conn, name="Wren", email="w@example.org", roles=[Role.ITEM_WRITER], now=MORNING)
    put(database, FEW, Letting(writer.id))
    assert set(map(tuple, stands(database).values())) == {((1, "in_review"),)}
    with database.reading() as conn:
        assert conn.scalars(sa.select(t.scenario_authors.c.person_id)).all() == [writer.id] * 5
        record = conn.execute(sa.select(t.records)).one()
    assert (record.act, record.person_id, len(record.detail["added"])) == ("bank.imported", writer.id, 5)


def test_a_new_version_goes_live_in_the_place_of_the_old(database: Database) -> None:
    with database.transaction() as conn:
        manager = people.add_person(conn, name="Mo", email="m@example.org", roles=[Role.MANAGER], now=MORNING)
        bank.import_bank(conn, SPEC, FEW, MORNING)
    first = FEW.scenarios[0]
    plan = put(database, Bank((raised(first, 2), *FEW.scenarios[1:])), Letting(manager.id, True, "A law changed"))
    assert [change.scenario.slug for change in plan.changed] == [first.slug] and len(plan.unchanged) == 4
    assert stands(database)[first.slug] == [(1, "withdrawn"), (2, "live")]
    with database.reading() as conn:
        version = conn.execute(sa.select(t.scenario_versions).where(t.scenario_versions.c.number == 2)).one()
        live = bank.live_bank(conn, SPEC)
        record = conn.execute(sa.select(t.records)).one()
    assert (version.approved_by, version.created_by) == (manager.id, None)
    assert (record.act, record.detail["reason"]) == ("bank.imported_live", "A law changed")
    assert next(s for s in live.scenarios if s.slug == first.slug) == raised(first, 2)
    assert len(live.scenarios) == 5


def test_a_version_may_add_a_question_and_leave_one_out(database: Database) -> None:
    first = FEW.scenarios[0]
    fewer = replace(first, questions=first.questions[:1])
    put(database, Bank((fewer,)), Letting(None, True, "x"))
    other = replace(raised(first, 2), questions=tuple(replace(q, version=2) for q in first.questions[1:]))
    assert put(database, Bank((other,)), Letting(None, True, "x")).faults == ()
    with database.reading() as conn:
        assert [q.slug for q in bank.live_bank(conn, SPEC).scenarios[0].questions] == [q.slug for q in other.questions]


def test_a_dry_run_says_all_and_does_nothing(database: Database) -> None:
    plan = put(database, FEW, dry=True)
    assert (len(plan.added), rows(database)) == (5, 0)


# -------------------------------------------------------------------------------------------------- what may not
def test_every_fault_comes_at_once_and_nothing_comes_in(database: Database) -> None:
    put(database, FEW, Letting(None, True, "x"))
    a, b, c, d, _ = FEW.scenarios
    changed = Bank(
        (
            replace(a, title="Other words, same number"),
            raised(replace(b, questions=(replace(b.questions[0], slug="renamed"), *b.questions[1:])), 2),
            replace(raised(c, 2), questions=c.questions),
            raised(d, 2),
        )
    )
    before = rows(database)
    found = faults(put(database, changed))
    assert [code for _, _, code in found] == [
        "import.differs",
        "import.question_renamed",
        *["import.question_number"] * len(c.questions),
    ]
    assert found[0][:2] == ("bank/C1/case-00000.yaml", 3)
    assert rows(database) == before


def test_an_older_version_and_one_in_progress_are_named(database: Database) -> None:
    first = FEW.scenarios[0]
    put(database, Bank((raised(first, 3),)))
    assert {code for *_, code in faults(put(database, Bank((raised(first, 2),))))} == {
        "import.in_progress",
        "import.question_number",
        "import.older",
    }


def test_names_of_another_specification_or_scenario_are_not_taken_over(database: Database) -> None:
    first, second, third = FEW.scenarios[:3]
    with database.transaction() as conn:
        bank.import_bank(conn, "another-1.0", Bank((first, second)), MORNING)
    stolen = replace(
        third, questions=(replace(third.questions[0], slug=second.questions[0].slug), *third.questions[1:])
    )
    assert {code for *_, code in faults(put(database, Bank((first, stolen))))} == {
        "import.foreign",
        "import.question_foreign",
    }


# ------------------------------------------------------------------------------------------------ all or nothing
def test_one_import_at_a_time(database: Database) -> None:
    with database.alone("import") as alone:
        assert alone
        with pytest.raises(NotNow) as refused:
            put(database, FEW)
    assert refused.value.code == "import.busy"
    assert len(put(database, FEW).added) == 5


def test_a_bank_that_changed_meanwhile_lets_nothing_in(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:

    def changed(conn: sa.Connection, read: Read, spec_name: str) -> ImportPlan:
        plan = service.plan(conn, read, spec_name)
        with database.transaction() as other:
            bank.import_bank(other, SPEC, Bank(FEW.scenarios[3:4]), MORNING)
        return plan

    monkeypatch.setattr(carrying, "plan", changed)
    with pytest.raises(NotNow) as refused:
        put(database, FEW)
    assert refused.value.code == "import.overtaken"
    assert list(stands(database)) == [FEW.scenarios[3].slug]
    with database.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.scenarios)) == 1


KILLED = """
import os, signal, sys
from sjt.db import Database
from sjt.services import bank_files
from sjt.services.bank_files import carrying
from item_bank.exchange import open_bank
from pathlib import Path
from tests.makers import st0087
from tests.site import MORNING

left = int(sys.argv[3])
def count(n):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
carrying.CHUNK = 2
read = open_bank(Path(sys.argv[2]), st0087().blueprint, "bank")
importer = bank_files.Importer(Database(sys.argv[1]), MORNING, count)
bank_files.import_read(importer, read, "st0087-1.0", bank_files.Letting())
"""


def test_a_killed_import_has_put_nothing_in_and_is_in_nobodys_way(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    service.keep_folder(tmp_path / "out", bank_files(FEW))
    with database.transaction() as conn:
        bank.import_bank(conn, SPEC, Bank((raised(FEW.scenarios[0], 1),)), MORNING)
    first = replace(raised(FEW.scenarios[0], 2))
    service.keep_folder(tmp_path / "in", bank_files(Bank((first, *FEW.scenarios[1:]))))
    for chunks in (1, 3):  # in the midst of it, and just before all of it appears
        done = subprocess.run([sys.executable, "-c", KILLED, database_url, str(tmp_path / "in"), str(chunks)])
        assert done.returncode == -signal.SIGKILL
        assert stands(database) == {first.slug: [(1, "live")]}
        with database.reading() as conn:
            assert len(bank.newest_bank(conn, SPEC).scenarios) == 1
            assert (conn.scalar(sa.select(sa.func.count()).select_from(t.scenarios)) or 0) > 1, "some of it was there"
    plan = put(database, Bank((first, *FEW.scenarios[1:])))
    assert (len(plan.added), len(plan.changed), plan.faults) == (4, 1, ())
    with database.reading() as conn:
        assert bank_files(bank.newest_bank(conn, SPEC)) == bank_files(Bank((first, *FEW.scenarios[1:])))
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.scenarios)) == 5


@pytest.mark.long
def test_two_thousand_scenarios_come_in_within_a_minute(database: Database, tmp_path: Path) -> None:
    of = banks.many_scenarios(2_000)
    service.keep_folder(tmp_path / "bank", bank_files(of))
    began = time.perf_counter()
    read = open_bank(tmp_path / "bank", st0087().blueprint, "bank")
    plan = import_read(Importer(database, MORNING), read, SPEC, Letting())
    took = time.perf_counter() - began
    assert (read.faults, plan.faults, len(plan.added)) == ((), (), 2_000)
    with database.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.scenarios)) == 2_000
        asked = conn.scalar(sa.select(sa.func.count()).select_from(t.question_versions))
        assert asked == sum(len(s.questions) for s in of.scenarios)
        assert service.exported(conn, SPEC) == bank_files(of)
    assert took < 60
