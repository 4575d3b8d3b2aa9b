"""One contract for presence, in memory and in Redis; and what is known when Redis goes away."""

from __future__ import annotations

import datetime as dt

import pytest

from sjt.stores.presence import Beat, MemoryPresence, Presence, RedisPresence, presence_at
from tests.harness import redis_server

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest) -> Presence:
    return presence_at(request.getfixturevalue("redis_url") if request.param == "redis" else None)


def test_nothing_was_heard_yet_and_it_is_known_since_when(presence: Presence) -> None:
    heard = presence.heard("sitting", NOW)
    assert (heard.beats, heard.since) == ({}, NOW)
    assert presence.heard("sitting", NOW + dt.timedelta(minutes=1)).since == NOW


def test_the_newest_beat_of_each_seat_is_kept(presence: Presence) -> None:
    later = NOW + dt.timedelta(seconds=15)
    presence.beat("sitting", "a", Beat(NOW, True, 3))
    presence.beat("sitting", "b", Beat(NOW))
    presence.beat("sitting", "a", Beat(later))
    assert presence.heard("sitting", later).beats == {"a": Beat(later), "b": Beat(NOW)}


def test_each_beat_tells_of_the_one_before(presence: Presence) -> None:
    later = NOW + dt.timedelta(seconds=15)
    assert presence.beat("sitting", "a", Beat(NOW, True, 3)) is None
    assert presence.beat("sitting", "b", Beat(NOW)) is None
    assert presence.beat("sitting", "a", Beat(later)) == Beat(NOW, True, 3)
    assert presence.beat("another", "a", Beat(later)) is None


def test_sittings_do_not_hear_each_other(presence: Presence) -> None:
    presence.beat("one", "a", Beat(NOW))
    assert presence.heard("two", NOW).beats == {}


def test_each_kind_is_what_it_says(redis_url: str) -> None:
    assert isinstance(presence_at(None), MemoryPresence)
    assert isinstance(presence_at(redis_url), RedisPresence)


def test_with_redis_away_a_beat_is_lost_and_presence_is_unknown(own_redis: redis_server.OwnRedis) -> None:
    presence = presence_at(own_redis.url)
    presence.beat("sitting", "a", Beat(NOW))
    own_redis.kill()
    assert presence.beat("sitting", "a", Beat(NOW)) is None
    assert presence.heard("sitting", NOW).since is None
    own_redis.start()
    later = NOW + dt.timedelta(minutes=5)
    assert presence.heard("sitting", later).since == later


def test_refusals_are_counted_in_one_place_a_seat(presence: Presence) -> None:
    for second in range(1000):
        presence.refuse("sitting", "a", "wrong", NOW + dt.timedelta(seconds=second))
    told = presence.heard("sitting", NOW).refused["a"]
    assert (told.count, told.since, told.at) == (1000, NOW, NOW + dt.timedelta(seconds=999))
    presence.refuse("sitting", "a", "nothing", NOW)
    presence.refuse("sitting", "b", "nothing", NOW)
    assert {ref: (one.finding, one.count) for ref, one in presence.heard("sitting", NOW).refused.items()} == {
        "a": ("nothing", 1),
        "b": ("nothing", 1),
    }
    presence.refuse("sitting", "a", "nothing", NOW + dt.timedelta(minutes=6))
    assert presence.heard("sitting", NOW).refused["a"].count == 1
