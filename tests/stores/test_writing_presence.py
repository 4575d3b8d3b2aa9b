"""Who has a draft open: one contract, in memory and in Redis."""

from __future__ import annotations

import datetime as dt

import pytest

from sjt.stores.presence import WRITING_SECONDS, Presence, Writing, presence_at
from tests.harness import redis_server

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
SOON = NOW + dt.timedelta(seconds=8)


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest) -> Presence:
    return presence_at(request.getfixturevalue("redis_url") if request.param == "redis" else None)


def test_everybody_with_a_draft_open_is_known_with_their_last_change(presence: Presence) -> None:
    presence.write("draft", "a", Writing("Joanna", NOW))
    presence.write("draft", "b", Writing("Colm", NOW))
    presence.write("draft", "a", Writing("Joanna", SOON, SOON))
    assert presence.writers("draft", SOON) == {"a": Writing("Joanna", SOON, SOON), "b": Writing("Colm", NOW)}
    assert presence.writers("another", SOON) == {}


def test_an_editor_that_is_silent_counts_as_closed(presence: Presence) -> None:
    presence.write("draft", "a", Writing("Joanna", NOW))
    presence.write("draft", "b", Writing("Colm", SOON))
    at_last = NOW + dt.timedelta(seconds=WRITING_SECONDS)
    assert set(presence.writers("draft", at_last)) == {"a", "b"}
    assert set(presence.writers("draft", at_last + dt.timedelta(seconds=1))) == {"b"}


def test_with_redis_away_nobody_is_told_and_nothing_fails(own_redis: redis_server.OwnRedis) -> None:
    presence = presence_at(own_redis.url)
    own_redis.kill()
    presence.write("draft", "a", Writing("Joanna", NOW))
    assert presence.writers("draft", NOW) == {}
