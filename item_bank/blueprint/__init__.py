"""The blueprint of a test: pathways, themes, statements, criteria sets and the slots of a paper."""

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
from item_bank.blueprint.reading import read_blueprint

__all__ = [
    "LAYOUTS", "QUESTIONS", "SCENARIOS", "BankPolicy", "Blueprint", "CriteriaSet", "Pathway", "Point", "Slots",
    "Statement", "Theme", "read_blueprint",
]  # fmt: skip
