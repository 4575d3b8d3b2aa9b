"""What survives a fault: real servers under load are killed, cut off, filled up, and asked what they still hold.

The short form is part of ``make test``; ``make faults`` runs the long one (``python -m tests.faults``) and writes
docs/faults.md.
"""

LATER_SECONDS = 0.3  # how long the saboteur takes to commit what it has acknowledged
SABOTEURS = 3  # kills of the saboteur, in the long form
