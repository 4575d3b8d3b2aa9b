"""The command as tests run it: in this process, or as one of its own without any environment."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from click.testing import CliRunner, Result

from item_bank.shipped import SPECS
from sjt.cli import main

SPEC = SPECS / "st0087-1.0.yaml"
PAPER = ["C1.2", "C2.1", "C2.2", "C3.1", "C4.1", "C4.2", "C4.3", "C4.4", "C5.2", "C6.1", "C7.1",
         "CM1.1", "CM1.3", "CM2.1", "CM2.3", "C1.1"]  # fmt: skip


def sjt(*arguments: str, given: str | bytes | None = None) -> Result:
    """Run the command in this process."""
    result = CliRunner().invoke(main, arguments, input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(result: Result) -> list[str]:
    """The lines of a refusal: exit code 2 and nothing on standard output."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()


def a_line(identity: object, passed: Iterable[str] = PAPER, statements: Iterable[str] = PAPER) -> str:
    won = set(passed)
    questions = [{"statement": code, "passed": code in won} for code in statements]
    return json.dumps({"id": identity, "questions": questions}) + "\n"


def run(*arguments: str, folder: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command in an empty folder, with no environment but what is given."""
    command = [str(Path(sys.executable).with_name("sjt")), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=given.encode(), capture_output=True, timeout=60)
