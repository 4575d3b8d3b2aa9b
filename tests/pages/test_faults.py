"""A fault of ours: a page without a trace, a log without anybody's words, and nothing half-stored."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.saved import Typist, saved_room
from tests.site import Site

SECRET_WORDS = "what the apprentice wrote in confidence"


def test_a_fault_shows_no_trace_and_logs_no_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room = saved_room(site)
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)

    def broken(*_args: object, **_kwargs: object) -> None:
        with site.writing() as conn:
            conn.execute(sa.text("INSERT INTO nowhere VALUES (:text)"), {"text": SECRET_WORDS})

    monkeypatch.setattr("sjt.stores.saving.write", broken)
    response = typist.save({typist.questions[0]: SECRET_WORDS})
    logged = capsys.readouterr()
    assert response.status_code == 500
    assert "Traceback" not in response.get_data(as_text=True)
    assert "nowhere" in logged.out and SECRET_WORDS not in logged.out + logged.err
    monkeypatch.undo()
    assert typist.save({typist.questions[0]: SECRET_WORDS}).status_code == 200
