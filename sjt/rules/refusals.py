"""Refusals: what the product says no to, as a message code with parameters. Pages map each to a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """Something that was asked for and is not done. ``code`` and ``params`` give the words."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params


class NotFound(Refusal):
    """There is no such thing, or it is none of the asker's: the two are not told apart."""


class NotSignedIn(Refusal):
    """The page needs a person who is signed in."""


class NotAllowed(Refusal):
    """The person's roles, or their part in this very object, do not allow the act."""


class LockedOut(Refusal):
    """The candidate's browser is not the one that the sitting asks for. ``params`` say what was found."""


class NotNow(Refusal):
    """The state of things does not allow the act (any more, or yet)."""


class Stale(Refusal):
    """Somebody else changed the thing after it was read."""


class NotUnderstood(Refusal):
    """A request that none of our own pages would send."""


class Unavailable(Refusal):
    """What this machine cannot do, or cannot do at the moment; nothing was changed."""


class TooMany(Refusal):
    """Too many failed tries; only failures are counted."""


class BadInput(Refusal):
    """Input with faults, each a message code with parameters, keyed by the field that it belongs to."""

    def __init__(self, faults: Sequence[tuple[str, str, Mapping[str, object]]]) -> None:
        super().__init__("input.faults", count=len(faults))
        self.faults = tuple(faults)
