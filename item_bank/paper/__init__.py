"""Papers: drawn from a stored seed, frozen with version numbers and order, and proved.

The draw uses nothing but the blueprint, the bank, the history and the seed, so that it can be repeated; the
proof checks a finished paper against the blueprint without looking at how it was drawn.
"""

from item_bank.paper.drawer import BankTooThin, Drawer, new_seed
from item_bank.paper.model import ASSEMBLER, Paper, PaperQuestion, PaperScenario
from item_bank.paper.proof import breaches, slots_of

__all__ = [
    "ASSEMBLER",
    "BankTooThin",
    "Drawer",
    "Paper",
    "PaperQuestion",
    "PaperScenario",
    "breaches",
    "new_seed",
    "slots_of",
]
