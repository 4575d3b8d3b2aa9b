"""Which servers really ran: each worker notes them, and the end of the run prints them."""

_ran: dict[str, str] = {}


def note(kind: str, version: str) -> None:
    """Called by the fixture that started the server, with the version that the server itself gave."""
    _ran[kind] = version


def noted() -> dict[str, str]:
    return dict(_ran)


def add(others: dict[str, str]) -> None:
    """Takes over what a worker process noted."""
    _ran.update(others)


def sentence() -> str:
    if not _ran:
        return "ran without a database, Redis or browser"
    return "ran on " + ", ".join(f"{kind}: {version}" for kind, version in sorted(_ran.items()))
