"""The invigilation pack: register, seating plan, instructions and keycode slips, to print or as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from flask import url_for
from markupsafe import Markup

from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.registration.desk import a_sitting, back_to, pages
from sjt.pages.replies import Document, Reply, show
from sjt.rules.refusals import NotFound
from sjt.services import documents, plan_words
from sjt.services.registration import pack
from sjt.services.registration.pack import PARTS, Pack
from sjt.stores import seats, sittings, slips
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import say


@dataclass(frozen=True)
class PartOf:
    """A part of the pack of a sitting."""

    sitting: Sitting
    part: str

    @property
    def title(self) -> str:
        """What the part is called."""
        return say(f"pack.{self.part}")


@dataclass(frozen=True)
class Slip:
    """A seat with its keycode, in signs and as a picture that a tablet's camera reads."""

    seat: Seat
    code: str
    picture: Markup


def a_part(desk: Desk, ref: str, part: str) -> Loaded:
    """The part of a sitting's pack that an address names."""
    loaded = a_sitting(desk, ref)
    if part not in PARTS:
        raise NotFound("error.words.404")
    return Loaded(PartOf(loaded.object, part), loaded.relations)


@pages.get("/sittings/<ref>/pack", endpoint="pack")
@requires("pack.read", on=a_sitting)
def whole_pack(desk: Desk, sitting: Sitting) -> Reply:
    """What the pack holds, and what was printed of the slips."""
    return show(
        "registration/pack.html",
        sitting=sitting,
        back=back_to(desk, sitting),
        parts=[PartOf(sitting, part) for part in PARTS],
        printings=slips.of_sitting(desk.conn, sitting.id),
        as_pdf=documents.available(),
    )


@pages.get("/sittings/<ref>/pack/<part>")
@requires("pack.read", on=a_part)
def pack_part(desk: Desk, of: PartOf) -> Reply:
    """A part as a page to print."""
    return show("registration/pack_part.html", of=of, as_pdf=documents.available(), **_told(desk, of.sitting))


@pages.get("/sittings/<ref>/pack/<part>.pdf")
@requires("pack.read", on=a_part)
def pack_document(desk: Desk, of: PartOf) -> Reply:
    """A part as a PDF."""
    return Document("registration/pack_document.html", {"of": of, **_told(desk, of.sitting)}, of.part)


def _told(desk: Desk, sitting: Sitting) -> dict[str, Any]:
    made: Pack = pack.pack_of(desk.conn, sitting, sittings.staff_of(desk.conn, sitting.id))
    return {"pack": made, "tell": plan_words, "made_at": desk.now}


# ---------------------------------------------------------------------------------------------------- slips
@pages.get("/sittings/<ref>/keycodes")
@requires("keycodes.read", on=a_sitting)
def keycodes(desk: Desk, sitting: Sitting) -> Reply:
    """Whose slips would be shown, and who was shown them before. No keycode stands here."""
    booked = seats.of_sitting(desk.conn, sitting.id)
    printings = slips.of_sitting(desk.conn, sitting.id)
    return show(
        "registration/keycodes.html",
        sitting=sitting,
        booked=booked,
        printings=printings,
        missing=slips.unprinted(printings, booked),
        as_pdf=documents.available(),
    )


@pages.post("/sittings/<ref>/keycodes")
@requires("keycodes.read", on=a_sitting)
def show_slips(desk: Desk, sitting: Sitting) -> Reply:
    """The slips, one a candidate, to print and cut; that they were shown is kept."""
    return show("registration/slips.html", sitting=sitting, slips=_slips(desk, sitting))


@pages.post("/sittings/<ref>/keycodes.pdf")
@requires("keycodes.read", on=a_sitting)
def slips_document(desk: Desk, sitting: Sitting) -> Reply:
    """The same as a PDF."""
    return Document("registration/slips_document.html", {"sitting": sitting, "slips": _slips(desk, sitting)}, "slips")


def _slips(desk: Desk, sitting: Sitting) -> list[Slip]:
    printed = pack.print_slips(desk.conn, desk.product, sitting, desk.person, desk.now)
    return [Slip(seat, code, _picture(code)) for seat, code in printed]


def _picture(code: str) -> Markup:
    """The keycode's address as a QR code. The keycode stands behind the #, which no browser sends to a server."""
    address = url_for("delivery.here", _external=True, _anchor=code)
    drawn = segno.make_qr(address, error="m").svg_inline(border=4, svgclass="qr", omitsize=True)
    return Markup(drawn)  # noqa: S704  # nosec B704 - lines drawn by segno; no text of ours stands in it
