"""Real servers for the tests: PostgreSQL, Redis (or Valkey, which speaks the same) and Chromium.

Each is looked for in the same order: what the environment names, what the machine has, what a wheel in
requirements-dev.lock brings. A server that is not found fails the tests that need it; nothing is skipped.

    SJT_TEST_POSTGRES_URL   a running server on which we may create databases
    SJT_TEST_POSTGRES_BIN   the folder of the `postgres` and `initdb` to start
    SJT_TEST_REDIS_URL      a running server whose databases we may EMPTY
    SJT_TEST_REDIS_BIN      the `redis-server` or `valkey-server` to start
    SJT_TEST_CHROMIUM       the browser to start
"""


class MissingServer(Exception):
    """Something that the tests need is not on this machine; the message says how to get it."""
