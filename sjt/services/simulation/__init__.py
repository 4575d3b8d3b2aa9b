"""What a marking policy costs and buys: a simulated cohort, from submission to release, in a database of its own."""

from sjt.services.simulation.cohort import Wanted
from sjt.services.simulation.run import simulate

__all__ = ["Wanted", "simulate"]
