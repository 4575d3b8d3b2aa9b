"""One frozen Settings object, read from the environment once. A gap refuses the start by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KINDS = ("demo", "rehearsal", "live")
SHORTEST_SECRET = 32
ORIGIN = re.compile(r"(?P<scheme>https?)://[a-z0-9.-]+(?P<port>:[1-9][0-9]*)?")
STREAMS, MOST_STREAMS = 12, 16  # of live boards in one process: far below its 32 or 64 threads


class BadSettings(Exception):
    """The environment does not describe a product that may start; ``lines`` holds one line a fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations."""

    database_url: str
    secret_key: str
    kind: str
    home: Path
    redis_url: str | None = None
    workers: int = 1
    old_secret_keys: tuple[str, ...] = ()
    secure_cookies: bool = True
    public_origin: str | None = None  # scheme and host under which browsers see this installation
    product_name: str = "Situational Judgement Tests"
    streams: int = STREAMS  # boards beyond it ask every two seconds; 0: all do

    @property
    def embedded(self) -> bool:
        """Whether this is the one-process form on SQLite."""
        return self.database_url.startswith("sqlite")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; BadSettings names everything that is missing or unfit."""
    faults: list[str] = []
    settings = Settings(
        database_url=_needed(environment, "SJT_DATABASE_URL", faults),
        secret_key=_needed(environment, "SJT_SECRET_KEY", faults),
        kind=_needed(environment, "SJT_KIND", faults),
        home=Path(environment.get("SJT_HOME", "var")).resolve(),
        redis_url=environment.get("SJT_REDIS_URL") or None,
        workers=_whole(environment, "SJT_WORKERS", 1, faults),
        old_secret_keys=tuple(key for key in environment.get("SJT_OLD_SECRET_KEYS", "").split(",") if key),
        secure_cookies=environment.get("SJT_LOOPBACK_ONLY") != "yes",
        public_origin=environment.get("SJT_PUBLIC_ORIGIN", "").strip() or None,
        streams=_whole(environment, "SJT_STREAMS", STREAMS, faults, least=0),
    )
    faults += _unfit(settings) if not faults else []
    if faults:
        raise BadSettings(faults)
    return settings


def _needed(environment: Mapping[str, str], name: str, faults: list[str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        faults.append(f"{name} is not set")
    return value


def _whole(environment: Mapping[str, str], name: str, default: int, faults: list[str], least: int = 1) -> int:
    value = environment.get(name, str(default))
    if value.isdigit() and int(value) >= least:
        return int(value)
    faults.append(f"{name} must be a whole number above {least - 1}" if least else f"{name} must be a whole number")
    return default


def _unfit(settings: Settings) -> list[str]:
    faults = []
    if len(settings.secret_key) < SHORTEST_SECRET:
        faults.append(f"SJT_SECRET_KEY must have at least {SHORTEST_SECRET} characters")
    if settings.kind not in KINDS:
        faults.append(f"SJT_KIND must be one of: {', '.join(KINDS)}")
    if settings.streams > MOST_STREAMS:
        faults.append(f"SJT_STREAMS must be at most {MOST_STREAMS}: each holds a thread that candidates need")
    if settings.embedded and settings.workers > 1:
        faults.append("SJT_WORKERS must be 1 on SQLite: two processes that write wait for each other")
    if settings.workers > 1 and settings.redis_url is None:
        faults.append("SJT_REDIS_URL is not set, and several workers need it to share presence")
    if settings.public_origin is not None and not _is_origin(settings.public_origin, settings.secure_cookies):
        faults.append("SJT_PUBLIC_ORIGIN must be as browsers write it, such as https://exam.example.org: no path")
    return faults


def _is_origin(address: str, secure: bool) -> bool:
    """An origin as a browser puts it into every address; https but on this machine alone."""
    found = ORIGIN.fullmatch(address)
    if found is None or (secure and found["scheme"] != "https"):
        return False
    return found["port"] != {"https": ":443", "http": ":80"}[found["scheme"]]
