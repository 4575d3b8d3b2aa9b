"""The door of a sitting that asks for Safe Exam Browser: its start page, its settings, and where it closes."""

from __future__ import annotations

from flask import Response, request

from proctoring.lockdown import Level
from proctoring.seb import Variant
from sjt.pages.delivery.door import KeycodeForm, pages
from sjt.pages.guard import product, public
from sjt.pages.lockdown import CONFIG_HEADER
from sjt.pages.replies import Reply, show
from sjt.rules.refusals import NotFound
from sjt.services.lockdown import seb
from sjt.stores import seb as store
from sjt.stores import sittings
from sjt.stores.sittings import Sitting

SETTINGS = "application/seb"


@pages.get("/room/<ref>")
@public("the door comes before everything else; the keycode is checked together with the browser")
def room(ref: str) -> Reply:
    """Where Safe Exam Browser starts, and where any other browser is led to it."""
    with product().database.reading() as conn:
        sitting = _sitting(ref, sittings.by_ref(conn, ref))
        version = store.newest(conn, sitting.id)
    launch = seb.launch(product().settings.public_origin, ref, Variant.STANDARD.value) if version else None
    inside = CONFIG_HEADER in request.headers
    return show("delivery/room.html", form=KeycodeForm(), sitting=sitting, launch=launch, inside=inside)


@pages.get("/room/<ref>/<variant>.seb")
@public("Safe Exam Browser fetches its settings before anybody has come in; they hold no secret but a password's hash")
def seb_file(ref: str, variant: str) -> Response:
    """The settings of a sitting, byte for byte as they were frozen. There is never an empty file."""
    with product().database.reading() as conn:
        sitting = _sitting(ref, sittings.by_ref(conn, ref))
        version = store.newest(conn, sitting.id)
        body = store.file(conn, version.id, variant) if version else None
    if body is None:
        raise NotFound("error.words.404")
    name = f'attachment; filename="{variant}.seb"'
    return Response(body, content_type=SETTINGS, headers={"Content-Disposition": name})


@pages.get("/room/<ref>/over")
@public("Safe Exam Browser closes on this address; it says nothing about anybody")
def seb_over(ref: str) -> Reply:
    """Where Safe Exam Browser closes by itself."""
    with product().database.reading() as conn:
        _sitting(ref, sittings.by_ref(conn, ref))
    return show("delivery/seb_over.html")


def _sitting(ref: str, found: Sitting | None) -> Sitting:
    if found is None or found.ref != ref or found.lockdown != Level.SEB or found.cancelled_at is not None:
        raise NotFound("error.words.404")
    return found
