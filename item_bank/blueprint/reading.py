"""The blueprint part of a specification file, read value by value. Whether it is whole is checked beside."""

from __future__ import annotations

from item_bank.blueprint.checks import check
from item_bank.blueprint.parts import (
    LAYOUTS,
    QUESTIONS,
    SCENARIOS,
    BankPolicy,
    Blueprint,
    CriteriaSet,
    Pathway,
    Point,
    Slots,
    Statement,
    Theme,
)
from item_bank.formats import EXTENDED_ANSWER, FORMATS
from item_bank.sources import Reader
from item_bank.values import at, is_missing, number

NAMES = {SCENARIOS: {"layout", "scenarios", "questions", "keys", "drawn", "weights"},
         QUESTIONS: {"layout", "questions", "pools"}}  # fmt: skip
POLICY = {"review_months", "warn_days", "exposure_floor", "exposure_spread"}


def read_blueprint(reader: Reader) -> Blueprint:
    """Read the blueprint part of a specification file; faults gather in the reader."""
    layout, formats = _layout(reader), _formats(reader)
    judged = EXTENDED_ANSWER in formats
    flagged = layout == SCENARIOS and not is_missing(reader, "slots", "questions")
    blueprint = Blueprint(
        criteria={code: _criteria_set(reader, code) for code in (reader.keys("criteria") if judged else [])},
        themes={code: _theme(reader, code, judged, flagged) for code in reader.keys("themes")},
        pathways={code: _pathway(reader, code) for code in reader.keys("pathways")},
        slots=_slots(reader, layout),
        layout=layout,
        formats=formats,
        policy=_policy(reader),
    )
    check(reader, blueprint)
    return blueprint


def _layout(reader: Reader) -> str:
    """Scenarios when nothing is said; where something else is said, what the slots look like."""
    if reader.get("slots", "layout") is None:
        return SCENARIOS
    likely = SCENARIOS if reader.get("slots", "pools") is None else QUESTIONS
    return reader.one_of(LAYOUTS, "slots", "layout") or likely


def _formats(reader: Reader) -> tuple[str, ...]:
    """The formats that a bank may use; a file that names none means written answers."""
    if reader.get("formats") is None:
        return (EXTENDED_ANSWER,)
    here = at(reader, "formats")
    found = tuple(reader.one_of(FORMATS, *here, index) for index in reader.items(*here))
    for index, name in enumerate(found):
        if name and name in found[:index]:
            reader.fault((*here, index), "spec.doubled_format", format=name)
    return found


def _criteria_set(reader: Reader, code: str) -> CriteriaSet:
    texts = reader.texts(*at(reader, "criteria", code))
    return CriteriaSet(code, tuple(Point(f"{code}.{n}", text) for n, text in enumerate(texts, 1)))


def _theme(reader: Reader, code: str, judged: bool, flagged: bool) -> Theme:
    here = ("themes", code)
    if reader.get(*here, "lost") is not None:
        return _lost_theme(reader, code, judged)
    reader.only({"title", "statements"}, *here)
    title = reader.text(*here, "title")
    codes = reader.keys(*here, "statements")
    return Theme(code, title, tuple(_statement(reader, code, own, judged, flagged) for own in codes))


def _lost_theme(reader: Reader, code: str, judged: bool) -> Theme:
    """A theme that the source names and whose statements it has lost: one statement stands for it."""
    here = ("themes", code)
    reader.only({"title", "lost"} | ({"criteria"} if judged else set()), *here)
    title, note = reader.text(*here, "title"), reader.text(*here, "lost")
    criteria = reader.text(*here, "criteria") if judged else ""
    return Theme(
        code,
        title,
        (Statement(code, title, code, False, False, criteria, lost=True),),
        note,
        reader.source.at(*here).line,
    )


def _statement(reader: Reader, theme: str, code: str, judged: bool, flagged: bool) -> Statement:
    """``judged``: answers are judged by criteria. ``flagged``: the plan calls statements essential or key."""
    here = ("themes", theme, "statements", code)
    flags, sets = {"essential", "key"} if flagged else set(), {"criteria"} if judged else set()
    reader.only({"title"} | flags | sets, *here)
    title, criteria = reader.text(*here, "title"), reader.text(*here, "criteria") if judged else ""
    essential = reader.flag(*here, "essential") if flagged else False
    key = reader.flag(*here, "key") if flagged and reader.get(*here, "key") is not None else False
    return Statement(code, title, theme, essential, key, criteria)


def _pathway(reader: Reader, code: str) -> Pathway:
    here = ("pathways", code)
    reader.only({"title", "qualification", "themes", "expect"}, *here)
    if reader.get(*here, "qualification") is not None:
        reader.text(*here, "qualification")
    return Pathway(code, reader.text(*here, "title"), tuple(reader.texts(*here, "themes")))


def _slots(reader: Reader, layout: str) -> Slots:
    reader.only(NAMES[layout], "slots")
    unstated = is_missing(reader, "slots", "questions")
    questions = 0 if unstated else reader.whole(*at(reader, "slots", "questions"), low=1, high=500)
    if layout == QUESTIONS:
        return Slots(0, questions, 0, 0, {}, _pools(reader))
    return Slots(
        scenarios=reader.whole(*at(reader, "slots", "scenarios"), low=1, high=500),
        questions=questions,
        keys=_count(reader, "keys", unstated),
        drawn=_count(reader, "drawn", unstated),
        weights=_weights(reader),
    )


def _count(reader: Reader, name: str, unstated: bool) -> int:
    """A part of the paper; where the number of questions is missing, a part may be left out."""
    if unstated and reader.get("slots", name) is None:
        return 0
    return reader.whole(*at(reader, "slots", name), high=500)


def _weights(reader: Reader) -> dict[str, int]:
    if reader.get("slots", "weights") is None:
        return {}
    here = at(reader, "slots", "weights")
    return {code: reader.whole(*here, code, high=1000) for code in reader.keys(*here)}


def _pools(reader: Reader) -> dict[str, dict[str, int]]:
    here = at(reader, "slots", "pools")
    return {
        code: {name: reader.whole(*here, code, name, low=1, high=500) for name in reader.keys(*here, code)}
        for code in reader.keys(*here)
    }


def _policy(reader: Reader) -> BankPolicy:
    """The bank's policy; what a file leaves out is as the product ships it."""
    shipped = BankPolicy()
    if reader.get("bank_policy") is None:
        return shipped
    reader.keys("bank_policy")
    reader.only(POLICY, "bank_policy")
    given = {name for name in POLICY if reader.get("bank_policy", name) is not None}
    months, days, floor, spread = (
        at(reader, "bank_policy", name) for name in ("review_months", "warn_days", "exposure_floor", "exposure_spread")
    )
    return BankPolicy(
        review_months=reader.whole(*months, low=1, high=120) if "review_months" in given else None,
        warn_days=reader.whole(*days, high=365) if "warn_days" in given else shipped.warn_days,
        exposure_floor=number(reader, *floor, low=0, high=1) if "exposure_floor" in given else shipped.exposure_floor,
        exposure_spread=number(reader, *spread, low=1, high=100)
        if "exposure_spread" in given
        else shipped.exposure_spread,
    )
