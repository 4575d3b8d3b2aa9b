"""Settings: read once, and a gap is named."""

from __future__ import annotations

import pytest

from sjt.config import BadSettings, read_settings

WHOLE = {"SJT_DATABASE_URL": "sqlite:////tmp/x.db", "SJT_SECRET_KEY": "s" * 40, "SJT_KIND": "demo"}


def faults(**changes: str) -> list[str]:
    with pytest.raises(BadSettings) as bad:
        read_settings({name: value for name, value in {**WHOLE, **changes}.items() if value})
    return bad.value.lines


def test_a_whole_environment_is_read() -> None:
    settings = read_settings(WHOLE)
    assert settings.embedded and settings.secure_cookies and settings.workers == 1


def test_every_missing_setting_is_named_at_once() -> None:
    assert faults(SJT_DATABASE_URL="", SJT_SECRET_KEY="", SJT_KIND="") == [
        "SJT_DATABASE_URL is not set",
        "SJT_SECRET_KEY is not set",
        "SJT_KIND is not set",
    ]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"SJT_SECRET_KEY": "short"}, "SJT_SECRET_KEY"),
        ({"SJT_KIND": "production"}, "SJT_KIND"),
        ({"SJT_WORKERS": "2"}, "SQLite"),
        ({"SJT_WORKERS": "two"}, "SJT_WORKERS"),
        ({"SJT_PUBLIC_ORIGIN": "exam.example.org"}, "SJT_PUBLIC_ORIGIN"),
        ({"SJT_PUBLIC_ORIGIN": "https://exam.example.org/"}, "SJT_PUBLIC_ORIGIN"),
        ({"SJT_PUBLIC_ORIGIN": "https://Exam.example.org"}, "SJT_PUBLIC_ORIGIN"),
        ({"SJT_PUBLIC_ORIGIN": "https://exam.example.org:443"}, "SJT_PUBLIC_ORIGIN"),
        ({"SJT_PUBLIC_ORIGIN": "http://exam.example.org"}, "SJT_PUBLIC_ORIGIN"),
        ({"SJT_STREAMS": "many"}, "SJT_STREAMS"),
        ({"SJT_STREAMS": "17"}, "SJT_STREAMS"),
        ({"SJT_DATABASE_URL": "postgresql:///x", "SJT_WORKERS": "2"}, "SJT_REDIS_URL"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, str], word: str) -> None:
    assert word in " ".join(faults(**changes))


def test_the_public_origin_is_read_and_may_be_http_on_this_machine_alone() -> None:
    assert read_settings(WHOLE).public_origin is None
    public = read_settings({**WHOLE, "SJT_PUBLIC_ORIGIN": "https://exam.example.org:8443"})
    assert public.public_origin == "https://exam.example.org:8443"
    local = read_settings({**WHOLE, "SJT_PUBLIC_ORIGIN": "http://127.0.0.1:8000", "SJT_LOOPBACK_ONLY": "yes"})
    assert local.public_origin == "http://127.0.0.1:8000"
