"""Logs are for operators: one JSON object a line, with the trace of a fault and without anybody's words.

A trace names files and lines, never the values of variables: an answer, a name or a question's text must
not reach a log. For the same reason the engine hides the parameters of a statement that failed.
"""

from __future__ import annotations

import structlog


def set_up() -> None:
    """Configure the logs of this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
    )
