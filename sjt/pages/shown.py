"""How values look on a page: dates, times, durations and Markdown. Inside all is UTC, outside London time."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

LONDON = ZoneInfo("Europe/London")
REMEMBERED = 2_000  # texts; a scenario or a question has about 1 KB
TAGS = {
    "p",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
    "blockquote",
    "br",
    "h3",
    "h4",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": False}).enable("table")


@lru_cache(maxsize=REMEMBERED)
def markdown(text: str) -> Markup:
    """Markdown as safe HTML: no raw HTML, no links, no images, a short list of tags.

    The same few texts are shown again and again, a whole room opens them within a minute: they are remembered.
    """
    return Markup(nh3.clean(_markdown.render(text), tags=TAGS, attributes={}))  # noqa: S704  # nosec B704 - cleaned by nh3


def day(at: dt.datetime | dt.date) -> str:
    """21 November 2026."""
    local = at.astimezone(LONDON) if isinstance(at, dt.datetime) else at
    return f"{local.day} {local:%B %Y}"


def time_of_day(at: dt.datetime) -> str:
    """10:32, in London."""
    return f"{at.astimezone(LONDON):%H:%M}"


def time_with_seconds(at: dt.datetime) -> str:
    """10:32:05, in London."""
    return f"{at.astimezone(LONDON):%H:%M:%S}"


def day_and_time(at: dt.datetime) -> str:
    """21 November 2026, 10:32."""
    return f"{day(at)}, {time_of_day(at)}"


def duration(minutes: int) -> str:
    """1 h 25 min; 40 min; 2 h."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{rest} min"] if rest or not hours else []
    return " ".join(parts)


def to_the_second(seconds: int) -> str:
    """1 min 30 s; 45 s; 2 h: to the second."""
    minutes, rest = divmod(seconds, 60)
    parts = [duration(minutes)] if minutes else []
    parts += [f"{rest} s"] if rest or not minutes else []
    return " ".join(parts)


def time_left(seconds: int) -> str:
    """Whole minutes left, rounded up; at the end "less than a minute"; never a ticking second."""
    if seconds <= 0:
        return "no time"
    return "less than a minute" if seconds < 60 else duration(-(-seconds // 60))


def register(app: Flask) -> None:
    """Give the templates these filters."""
    app.jinja_env.filters.update(
        markdown=markdown, day=day, time=time_of_day, seconds=time_with_seconds, moment=day_and_time,
        duration=duration, time_left=time_left, to_the_second=to_the_second,
    )  # fmt: skip
