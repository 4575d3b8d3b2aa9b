"""What the templates of a format are given: the apprentice's control, and what staff read.

A format's templates stand in its own folder: ``control.html`` and ``print.html`` get ``control`` (a Control),
``marker.html`` gets ``shown`` (a StaffView).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from item_bank.formats.base import TEXT, BadAnswer, Body, Format, NeedsMarker, Option, Score


@dataclass(frozen=True)
class Control:
    """One question as its apprentice answers it. Neither key nor reasons are in it.

    ``folder`` holds the templates; ``text`` and ``revision`` are what is stored so far.
    """

    number: int
    code: str
    folder: str
    keyed: bool
    options: tuple[Option, ...]
    public: Mapping[str, str]
    text: str = ""
    revision: int = 0

    @property
    def template(self) -> str:
        """The control on the page."""
        return f"formats/{self.folder}/control.html"

    @property
    def print_template(self) -> str:
        """The same on paper."""
        return f"formats/{self.folder}/print.html"


@dataclass(frozen=True)
class Held:
    """Where a control stands on a paper, and what is stored for it so far."""

    number: int = 1
    code: str = ""
    text: str = ""
    revision: int = 0


def control(form: Format, body: Body, order: Sequence[str] = (), held: Held | None = None) -> Control:
    """The control of a question, its options in the order given; without one, in the order of the body."""
    held, options = held or Held(), in_order(form.options(body), order)
    public = form.public(body) if options else {}
    return Control(held.number, held.code, folder(form.name), form.keyed, options, public, held.text, held.revision)


def in_order(options: Sequence[Option], order: Sequence[str]) -> tuple[Option, ...]:
    """Options in an order of their ids; any that it does not name stand at the end."""
    places = {name: place for place, name in enumerate(order)}
    return tuple(sorted(options, key=lambda option: places.get(option.id, len(places))))


@dataclass(frozen=True)
class StaffView:
    """One answer as staff read it: in words, beside the key or the guide, with its score where the key gives one."""

    template: str
    title: str
    answer: tuple[str, ...]
    key: tuple[str, ...]
    guide: tuple[tuple[str, str], ...]
    points: str
    maximum: str
    chance: str


def staff_view(form: Format, body: Body, answer: str) -> StaffView:
    """What a marker or the page of a trial shows of an answer.

    One that cannot be an answer is shown as it is, without a score.
    """
    score = _scored(form, body, answer)
    lines = form.in_words(body, answer) if score or not form.keyed else (answer,)
    guide = tuple((f.label, body.get(f.name, "")) for f in form.fields(body) if f.kind == TEXT)
    key = form.key_in_words(body) if form.keyed else ()
    return StaffView(
        f"formats/{folder(form.name)}/marker.html", form.title, lines, key, guide,
        number(score.points) if score and form.keyed else "", number(form.maximum(body)), number(form.chance(body)),
    )  # fmt: skip


def number(value: Fraction) -> str:
    """Points as they are read: 12, 4.5, 0.33."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _scored(form: Format, body: Body, answer: str) -> Score | None:
    try:
        return form.score(body, answer)
    except (BadAnswer, NeedsMarker):
        return None


def folder(name: str) -> str:
    """The folder of a format, which holds its module and its templates."""
    return name.replace("-", "_")
