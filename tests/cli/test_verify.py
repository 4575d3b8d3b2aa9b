"""``sjt verify``: the sample bundle passes, any change is named, and nothing of the product is needed for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sjt.db import ROOT, migrate
from tests.cli.command import run, sjt
from tests.saved import saved_room
from tests.site import SECRET, Site

SAMPLE, KEY = ROOT / "docs" / "samples" / "evidence.jsonl", ROOT / "docs" / "samples" / "evidence-key.txt"


def test_the_sample_passes_in_an_empty_folder_without_any_setting(tmp_path: Path) -> None:
    done = run("verify", str(SAMPLE), "--trust", str(KEY), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"Whole." in done.stdout and b"Every event is under a seal." in done.stdout


def test_it_needs_neither_database_nor_web(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "for name in ('sqlalchemy', 'flask', 'redis', 'psycopg', 'alembic'): sys.modules[name] = None\n"
        "from sjt.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    command = [sys.executable, "-c", script, "verify", str(SAMPLE), "--trust", str(KEY)]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_without_a_key_the_signer_is_unknown() -> None:
    done = sjt("verify", str(SAMPLE))
    assert done.exit_code == 3 and "signer unknown" in done.stdout


def test_a_changed_word_is_named_with_its_line(tmp_path: Path) -> None:
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(SAMPLE.read_bytes().replace(b"designated lead today", b"designated lead later", 1))
    done = sjt("verify", str(changed), "--trust", str(KEY), "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1 and told["code"] == "bundle.text"
    assert b"designated lead later" in changed.read_bytes().splitlines()[told["line"] - 1]


@pytest.mark.parametrize("content", ["", "no key\n", "abcd\n"])
def test_a_file_without_keys_is_refused(tmp_path: Path, content: str) -> None:
    other = tmp_path / "key.txt"
    other.write_text(content)
    done = sjt("verify", str(SAMPLE), "--trust", str(other))
    assert done.exit_code == 2 and "64 hexadecimal digits" in done.stderr


def test_evidence_is_exported_with_its_reason_and_verifies_against_the_installations_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sjt.db"
    migrate(url)
    site = Site(url, tmp_path)
    room = saved_room(site)
    booked = room.seat()
    room.begun(booked)
    site.close()
    settings = {"SJT_DATABASE_URL": url, "SJT_SECRET_KEY": SECRET, "SJT_KIND": "demo", "SJT_HOME": str(tmp_path)}
    key = run("evidence", "key", folder=tmp_path, **settings)
    (tmp_path / "key.txt").write_bytes(key.stdout)
    made = run("evidence", "export", "--seat", booked.attempt_ref, "--reason", "Appeal", folder=tmp_path, **settings)
    (tmp_path / "bundle.jsonl").write_bytes(made.stdout)
    assert sjt("verify", str(tmp_path / "bundle.jsonl"), "--trust", str(tmp_path / "key.txt")).exit_code == 0
    missing = run("evidence", "export", "--seat", "none", "--reason", "Appeal", folder=tmp_path, **settings)
    assert missing.returncode == 1 and b"no attempt" in missing.stderr
    unset = run("evidence", "key", folder=tmp_path)
    assert unset.returncode == 2 and b"SJT_DATABASE_URL" in unset.stderr
