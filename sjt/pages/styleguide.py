"""Every component of the look on one page, and sample screens, for those who build and review pages."""

from __future__ import annotations

from flask import Blueprint

from item_bank.formats import (
    EXTENDED_ANSWER,
    FORMATS,
    MOST_AND_LEAST,
    PICK_N,
    RANK,
    RATE,
    SHORT_ANSWER,
    SINGLE_BEST,
    Control,
    Held,
    StaffView,
    control,
    staff_view,
)
from sjt.db import ROOT
from sjt.pages.guard import product, public
from sjt.pages.replies import Reply, show
from sjt.rules.refusals import NotFound

pages = Blueprint("styleguide", __name__, url_prefix="/styleguide")
SAMPLE_OPTIONS = (
    "Speak with Callum before school and pass on what was seen.",
    "Ask the night worker to write down what was seen.",
    "Ask the other children at the table who was rough with him.",
    "Note in the diary to look at the arm again in a few days.",
)
SAMPLES: dict[str, tuple[dict[str, str], str]] = {  # key or guide, and an answer
    EXTENDED_ANSWER: ({}, "I would begin with what Callum himself can say."),
    SHORT_ANSWER: (
        {"two": "- Names both duties", "one": "- Names one", "none": "- Names none"},
        "To see and to record.",
    ),
    SINGLE_BEST: ({"key": "a", "rationale": "The child first."}, '{"best":"a"}'),
    MOST_AND_LEAST: ({"most": "a", "least": "d", "rationale": "The child first."}, '{"least":"c","most":"a"}'),
    PICK_N: ({"pick": "2", "key": "a b", "rationale": "The child first."}, '{"picked":["a","d"]}'),
    RANK: ({"key": "a b d c", "rationale": "The child first."}, '{"places":{"a":1,"b":3,"c":2,"d":4}}'),
    RATE: (
        {"scale": "appropriateness", "key_a": "4", "key_b": "3", "key_c": "1", "key_d": "1", "rationale": "So it is."},
        '{"ratings":{"a":4,"b":2}}',
    ),
}
SCREENS = {path.stem for path in (ROOT / "templates" / "styleguide").glob("*.html")}


@pages.get("")
@public("components with sample data; not served by a live installation")
def guide() -> Reply:
    """The page of components."""
    _not_live()
    return show("styleguide.html")


@pages.get("/<screen>")
@public("a sample screen with sample data; not served by a live installation")
def sample(screen: str) -> Reply:
    """One sample screen."""
    _not_live()
    if screen not in SCREENS:
        raise NotFound("error.words.404")
    return show(f"styleguide/{screen}.html", samples=_samples())


def _samples() -> list[tuple[Control, StaffView]]:
    """One question of every format, with a sample answer to it."""
    options = {f"option_{letter}": words for letter, words in zip("abcd", SAMPLE_OPTIONS, strict=True)}
    shown = []
    for number, (form, (key, answer)) in enumerate(((FORMATS[name], given) for name, given in SAMPLES.items()), 1):
        body = {**options, **key} if form.keyed else key
        held = Held(number, f"sample-{number}", answer)
        shown.append((control(form, body, (), held), staff_view(form, body, answer)))
    return shown


def _not_live() -> None:
    if product().settings.kind == "live":
        raise NotFound("error.words.404")
