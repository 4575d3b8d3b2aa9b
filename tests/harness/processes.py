"""Child processes that hold no root powers and never outlive the tests."""

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

PATIENCE = 30.0  # seconds that a server may take to start or to stop
IN_MEMORY = "/dev/shm"
_ROOM = 2 << 30  # bytes: four workers' servers and files stay below
_NOBODY = 65534


def attempts() -> Iterator[None]:
    """A turn every 20 ms, until patience runs out."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        yield
        time.sleep(0.02)


def unprivileged() -> dict[str, Any]:
    """What to add to `subprocess` calls so that the child is not root: nothing, when we are not."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("nobody")
    except KeyError:
        return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def room_in_memory() -> bool:
    """Whether files may stand in memory. A container's /dev/shm often has 64 MB only."""
    return os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > _ROOM


def private_folder(prefix: str, *, lasting: bool = True) -> Path:
    """A folder that only the server's account (and root) can enter; removed at exit.

    It stands directly in /tmp, since the path of a Unix socket may have about 100 characters. What need not last
    stands in memory, where there is room: a test's database is a thousand files, and a disk's file system takes
    longer to make and to remove them than the test runs.
    """
    place = "/tmp" if lasting or not room_in_memory() else IN_MEMORY
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    own(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def own(path: Path) -> None:
    """Gives a path to the account that the servers run as."""
    account = unprivileged()
    if account:
        os.chown(path, account["user"], account["group"])


def environment(folder: Path) -> dict[str, str]:
    """Servers see none of the caller's settings: no PGDATA, no language, no time zone."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Runs a short command as the servers' account; returns what it wrote, raises with it on failure."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        **unprivileged(),
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}:\n{done.stdout}")
    return done.stdout


def start(command: Sequence[str | Path], folder: Path, log: Path) -> "subprocess.Popen[bytes]":
    """Starts a server as the servers' account. Linux ends it when this process dies, however it dies."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the tests only; they end the server
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
            **unprivileged(),
        )


def wait_until_up(process: "subprocess.Popen[bytes]", answers: Callable[[], bool], log: Path) -> None:
    """Waits until the server answers; raises with the end of its log when it ends or takes too long."""
    for _ in attempts():
        if process.poll() is not None:
            break
        if answers():
            return
    code = process.poll()
    end(process, signal.SIGKILL)
    tail = log.read_text(errors="replace")[-4000:]
    raise RuntimeError(f"{process.args!r} did not start (exit code {code}):\n{tail}")


def end(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
    """Ends a server with a signal, and by force when that takes too long."""
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def children(pid: int) -> list[int]:
    """The child processes of a process, as /proc has them."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def runs_unprivileged(program: Path) -> bool:
    """Whether the servers' account reaches this program: not, say, in a project under root's own home."""
    try:
        run([program, "--version"], Path("/"))
    except (OSError, RuntimeError):
        return False
    return True


def within_reach(program: Path, root: Path, parts: list[str]) -> Path:
    """The program, if the servers' account reaches it; else the one in a copy of these parts of root."""
    if runs_unprivileged(program):
        return program
    copy = private_folder("sjt-bin-")
    for part in parts:
        source = root / part
        target = copy / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)
    for path in copy.rglob("*"):
        if not path.is_symlink():
            own(path)
    return copy / program.relative_to(root)


if sys.platform == "linux":
    _PR_SET_PDEATHSIG = 1
    _prctl = ctypes.CDLL(None).prctl  # looked up here: between fork and exec there is no safe place to do it

    def _die_with_parent() -> None:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # a shell has its background commands ignore it
        _prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
