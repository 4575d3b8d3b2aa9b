"""Formats of questions. Each names what its stored answers and its guide look like."""

EXTENDED_ANSWER = "extended-answer"
FORMATS = frozenset({EXTENDED_ANSWER})
