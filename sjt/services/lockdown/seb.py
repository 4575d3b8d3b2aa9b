"""Safe Exam Browser: the settings of a sitting made and frozen, single candidates let in otherwise, and refusals."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring import seb
from proctoring.events import event
from proctoring.lockdown import Level
from proctoring.seb import Exam, Finding, Others, Required, Shown, Variant
from sjt.db import note_change
from sjt.rules.attempt import CLOSED, state
from sjt.rules.refusals import NotNow, Unavailable
from sjt.services.invigilation.acts import attempt_at
from sjt.services.invigilation.register import Actor, keep_record
from sjt.services.keycodes import ALPHABET
from sjt.services.product import Product
from sjt.stores import attempts, people, sittings
from sjt.stores import seb as store
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person
from sjt.stores.seats import Seat
from sjt.stores.seb import Lock, NewVersion, Version
from sjt.stores.sittings import Sitting

PASSWORD_SIGNS = 12  # 60 bits: its hash stands in the settings, which every candidate has
DOOR = "/sit/room/{ref}"
OVER = "/sit/room/{ref}/over"
FILE = "/sit/room/{ref}/{variant}.seb"


# ------------------------------------------------------------------------------------------------ the settings
def make(
    conn: sa.Connection, product: Product, sitting: Sitting, by: Person, request_id: str, now: dt.datetime
) -> bool:
    """Make new settings, with a new salt; those before open nothing any more. False when this was done before.

    A list of Browser Exam Keys ends with the settings that it was made for. Unavailable without a public
    address, which the settings have to name.
    """
    origin = product.settings.public_origin
    if origin is None:
        raise Unavailable("seb.no_origin")
    salt = secrets.token_bytes(seb.SALT_BYTES)
    exam = _exam(product, sitting, origin, salt)
    files = {variant.value: seb.as_plist(seb.settings(exam, variant)) for variant in Variant}
    return _add(conn, sitting, NewVersion(sitting.id, salt, origin, (), files), by, request_id, now)


def list_browsers(
    conn: sa.Connection, sitting: Sitting, keys: tuple[str, ...], by: Person, request_id: str, now: dt.datetime
) -> bool:
    """Ask for one of these Browser Exam Keys besides, or for none; the settings stay. False when done before."""
    version = store.newest(conn, sitting.id)
    if version is None:
        raise NotNow("seb.none_made")
    files = {variant: store.file(conn, version.id, variant) or b"" for variant in version.keys}
    new = NewVersion(sitting.id, version.salt, version.origin, keys, files)
    return _add(conn, sitting, new, by, request_id, now)


def _add(conn: sa.Connection, sitting: Sitting, new: NewVersion, by: Person, request_id: str, now: dt.datetime) -> bool:
    held = sittings.by_ref(conn, sitting.ref, lock=True) or sitting
    if held.lockdown != Level.SEB:
        raise NotNow("seb.not_asked_for")
    if not store.add(conn, new, by.id, request_id, now):
        return False
    for attempt in attempts.of_sitting(conn, held.id):  # what is kept of its seats speaks of the keys before
        note_change(conn, attempt.ref)
    hashes = {variant: hashlib.sha256(body).hexdigest() for variant, body in new.files.items()}
    people.record(
        conn, by.id, "seb.settings_made", "sitting", held.ref, now, files=hashes, browsers=len(new.browser_keys)
    )
    return True


def prepare(conn: sa.Connection, product: Product, sitting: Sitting, by: Person, now: dt.datetime) -> None:
    """Give a sitting that asks for Safe Exam Browser its first settings, where that can be done."""
    wanted = sitting.lockdown == Level.SEB and product.settings.public_origin is not None
    if wanted and store.newest(conn, sitting.id) is None:
        make(conn, product, sitting, by, f"first-{sitting.ref[:30]}", now)


def _exam(product: Product, sitting: Sitting, origin: str, salt: bytes) -> Exam:
    door, over = (origin + path.format(ref=sitting.ref) for path in (DOOR, OVER))
    return Exam(door, over, seb.quit_hash(_password(product.key("seb quit"), sitting, salt)), salt)


def quit_password(product: Product, sitting: Sitting, version: Version, file: bytes) -> str | None:
    """The password that closes SEB before the end; None when the secret key that it came from is gone."""
    made = (_password(key, sitting, version.salt) for key in product.keys("seb quit"))
    return next((password for password in made if seb.quit_hash(password).encode() in file), None)


def _password(key: bytes, sitting: Sitting, salt: bytes) -> str:
    number = int.from_bytes(hmac.digest(key, sitting.ref.encode() + salt, "sha256"))
    signs = "".join(ALPHABET[(number >> 5 * place) & 31] for place in range(PASSWORD_SIGNS))
    return "-".join(signs[start : start + 4] for start in range(0, PASSWORD_SIGNS, 4))


def launch(origin: str | None, sitting_ref: str, variant: str) -> str | None:
    """The link that opens Safe Exam Browser with the settings of a sitting; None without a public address."""
    if origin is None:
        return None
    scheme, _, host = origin.partition("://")
    return {"https": "sebs", "http": "seb"}[scheme] + "://" + host + FILE.format(ref=sitting_ref, variant=variant)


# ----------------------------------------------------------------------------------------------- one candidate
def allow(
    conn: sa.Connection, seat: Seat, allowed: str, reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> bool:
    """Let a candidate in with other settings, or without Safe Exam Browser; or with the standard again.

    False when this very request was carried out before.
    """
    attempt = attempt_at(conn, seat, actor)
    if state(attempt.facts, now) in CLOSED:
        raise NotNow(f"board.attempt.{state(attempt.facts, now).value}", number=seat.number)
    if seat.lockdown != Level.SEB:
        raise NotNow("seb.not_asked_for")
    person = actor.person
    if not store.allow(conn, attempt.sitting_id, attempt.id, allowed, reason, person.id, request_id, now):
        return False
    told = event("lockdown_allowed", now, person.ref, allowed=allowed, reason=reason)
    attempts.record(conn, attempt.id, told)
    keep_record(conn, actor, "lockdown_allowed", seat, now, allowed=allowed, reason=reason)
    return True


# ------------------------------------------------------------------------------------------------- the request
@dataclass(frozen=True)
class Judged:
    """What was found of a request at a seat that asks for Safe Exam Browser."""

    finding: Finding
    lock: Lock

    @property
    def is_let_in(self) -> bool:
        """Whether it goes on."""
        return self.finding is Finding.FITS


def judge(lock: Lock | None, shown: Shown | None) -> Judged:
    """Whether what a browser shows is enough; no public address, no settings or no lock at all let nobody in."""
    held = lock or Lock(Variant.STANDARD.value, (), ())
    if held.is_exempt:
        return Judged(Finding.FITS, held)
    if shown is None:
        return Judged(Finding.UNSET, held)
    return Judged(seb.judge(shown, Required(held.keys, held.browsers)), held)


def note_shown(conn: sa.Connection, attempt: Attempt, lock: Lock, now: dt.datetime) -> None:
    """With which settings a seat was opened, once: together with the browser that is bound to it."""
    if attempt.device_hash is None and not lock.is_exempt:
        shown = event("lockdown_shown", now, "apprentice", allowed=lock.allowed, config_key=lock.keys[0])
        attempts.record(conn, attempt.id, shown)


def explained(
    conn: sa.Connection,
    judged: Judged,
    shown: Shown | None,
    sitting_id: int,
    addresses: Iterable[str],
    now: dt.datetime,
) -> Finding:
    """In which way a wrong hash is wrong. Read only when there is something to tell."""
    if judged.finding is not Finding.WRONG or shown is None:
        return judged.finding
    version = store.newest(conn, sitting_id)
    mine = tuple(version.keys.values()) if version else ()
    others = Others(store.retired(conn, sitting_id), mine, store.elsewhere(conn, sitting_id, now), tuple(addresses))
    return seb.explain(shown, Required(judged.lock.keys, judged.lock.browsers), others)
