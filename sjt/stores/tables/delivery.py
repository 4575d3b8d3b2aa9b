"""Attempts: their facts, their papers, their answers and the evidence of both."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import LONGEST, LONGEST_TEXT, BigInt, at, by, json, key, metadata, ref, text, to

attempts = sa.Table(
    "attempts", metadata, key(), ref(), to("sittings"),
    sa.Column("seat_id", BigInt, sa.ForeignKey("seats.id"), nullable=False, unique=True),  # one attempt a seat
    text("spec_id"), text("pathway"),
    sa.Column("base_minutes", sa.Integer, nullable=False), sa.Column("grace_seconds", sa.Integer, nullable=False),
    sa.Column("seq", BigInt, nullable=False), sa.Column("head", sa.LargeBinary(32), nullable=False),
    sa.Column("device_hash", sa.String(64)), sa.Column("device_asking_hash", sa.String(64)), at("device_asking_at"),
    sa.Column("lease", sa.Integer, nullable=False, server_default="0"),
    sa.Column("state_version", sa.Integer, nullable=False, server_default="1"),
    at("writable_until"),  # the deadline while running, else null; written by timekeeping alone
    at("opened_at"), by("opened_by"), at("confirmed_at"), at("started_at"), at("last_saved_at"),
    at("closed_at"), text("closed_as", null=True), at("finished_at"), by("closed_by"),
    text("closed_reason", null=True), text("receipt", null=True),
    at("called_at"), text("called_for", null=True),  # the apprentice calls: for help, or for a break
    # The reopening that counts: it waits for the return, and then its seconds are the working time.
    at("reopened_at"), sa.Column("reopened_seconds", sa.Integer), at("returned_at"),
    sa.Column("script", sa.Integer, nullable=False, server_default="0"),  # the frozen script that counts; 0: none
    at("plain_at"), by("plain_by"), text("plain_reason", null=True),  # may sit without scripts in the browser
    sa.CheckConstraint("closed_as IN ('submitted', 'expired', 'ended', 'void')", name="closed_as"),
    sa.CheckConstraint("(closed_at IS NULL) = (closed_as IS NULL)", name="closed_has_a_way"),
    sa.CheckConstraint("closed_at IS NULL OR writable_until IS NULL", name="closed_is_not_writable"),
    sa.CheckConstraint("writable_until IS NULL OR started_at IS NOT NULL", name="started_before_writing"),
    sa.CheckConstraint("returned_at IS NULL OR reopened_at IS NOT NULL", name="reopened_before_the_return"),
    sa.CheckConstraint("(reopened_at IS NULL) = (reopened_seconds IS NULL)", name="reopened_for_seconds"),
    sa.CheckConstraint("(plain_at IS NULL) = (plain_by IS NULL)", name="plain_has_a_name"),
    sa.Index("ix_attempts_sitting_id", "sitting_id"), sa.Index("ix_attempts_writable_until", "writable_until"),
)  # fmt: skip
papers = sa.Table(
    "papers", metadata, key(), ref(),
    sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id"), nullable=False, unique=True),
    sa.Column("seed", sa.String(64), nullable=False), sa.Column("assembler", sa.String(16), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False), at("drawn_at", null=False),
    json("drawn_from", "{}"),  # bank state and history, so that the seed draws the same paper again
)  # fmt: skip
paper_questions = sa.Table(  # the frozen order: position counts questions, scenario_position scenarios
    "paper_questions", metadata, to("papers", key=True), sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("scenario_position", sa.Integer, nullable=False), to("scenario_versions"), to("question_versions"),
    text("statement"), sa.Column("key", sa.Boolean, nullable=False),
    sa.Column("slot", sa.String(64), nullable=False, server_default=""),  # which slot of the blueprint it fills
    json("options", "[]"),  # the ids of its options in the order shown; answers name options by id
    sa.UniqueConstraint("paper_id", "question_version_id"),
    sa.Index("uq_paper_questions_one_a_slot", "paper_id", "slot", unique=True,
             sqlite_where=sa.text("slot <> ''"), postgresql_where=sa.text("slot <> ''")),
)  # fmt: skip
grants = sa.Table(
    "grants", metadata, key(), to("sittings"), to("attempts"), sa.Column("seconds", sa.Integer, nullable=False),
    text("reason"), by("granted_by", null=False), at("granted_at", null=False),
    sa.Column("request_id", sa.String(36), nullable=False, unique=True),
    to("gaps", "gap_id", null=True),  # the outage that it makes up for, if it does
    sa.CheckConstraint("seconds BETWEEN 1 AND 86400", name="seconds"),
    sa.Index("ix_grants_attempt_id", "attempt_id"),
)  # fmt: skip
gaps = sa.Table(  # a browser was not heard for so long; proposed for a credit, never credited by itself
    "gaps", metadata, key(), to("sittings"), to("attempts"), at("began_at", null=False), at("ended_at", null=False),
    text("told_by"), at("set_aside_at"), by("set_aside_by"), text("set_aside_reason", null=True),  # no time is owed
    sa.CheckConstraint("(set_aside_at IS NULL) = (set_aside_by IS NULL)", name="set_aside_has_a_name"),
    sa.CheckConstraint("told_by IN ('beats', 'page')", name="told_by"),
    sa.CheckConstraint("ended_at > began_at", name="ends_after_it_began"),
    sa.Index("ix_gaps_sitting_id", "sitting_id"), sa.Index("ix_gaps_attempt_id", "attempt_id"),
)  # fmt: skip
reopenings = sa.Table(  # a closed attempt may go on; how it had been closed is kept, and stands if nobody returns
    "reopenings", metadata, key(), ref(), to("sittings"), to("attempts"),
    sa.Column("seconds", sa.Integer, nullable=False), text("reason"), by("reopened_by", null=False),
    at("reopened_at", null=False), sa.Column("request_id", sa.String(36), nullable=False),
    text("closed_as"), at("closed_at", null=False), at("finished_at"), text("receipt", null=True),
    sa.Column("script", sa.Integer, nullable=False), at("returned_at"), at("lapsed_at"),
    to("gaps", "gap_id", null=True),
    sa.UniqueConstraint("attempt_id", "request_id"),
    sa.CheckConstraint("seconds BETWEEN 0 AND 86400", name="seconds"),  # 0: only to enter an emergency file
    sa.CheckConstraint("returned_at IS NULL OR lapsed_at IS NULL", name="returned_or_lapsed"),
    sa.Index("ix_reopenings_sitting_id", "sitting_id"),
)  # fmt: skip
moves = sa.Table(  # to another place in the room; the paper, the answers and the clock go along
    "moves", metadata, key(), to("sittings"), to("seats"), sa.Column("from_number", sa.Integer, nullable=False),
    sa.Column("to_number", sa.Integer, nullable=False), text("reason"), by("moved_by", null=False),
    at("moved_at", null=False), sa.Column("request_id", sa.String(36), nullable=False),
    sa.UniqueConstraint("seat_id", "request_id"), sa.Index("ix_moves_sitting_id", "sitting_id"),
)  # fmt: skip
messages = sa.Table(  # from the invigilator to one candidate; shown until its reader says that it was read
    "messages", metadata, key(), ref(), to("sittings"), to("attempts"), text("words"),
    by("sent_by", null=False), at("sent_at", null=False), sa.Column("request_id", sa.String(36), nullable=False),
    at("seen_at"),
    sa.UniqueConstraint("attempt_id", "request_id"), sa.Index("ix_messages_sitting_id", "sitting_id"),
)  # fmt: skip
pauses = sa.Table(  # the clock stands still and the paper is hidden; what ends is kept
    "pauses", metadata, key(), to("sittings"), to("attempts"), text("kind"), text("reason"),
    at("began_at", null=False), by("began_by", null=False), at("ended_at"), by("ended_by"),
    sa.Column("by_apprentice", sa.Boolean, nullable=False, server_default=sa.false()),  # who ended it
    sa.Column("request_id", sa.String(36), nullable=False),
    sa.UniqueConstraint("attempt_id", "request_id"),
    sa.Index("uq_pauses_one_lasts", "attempt_id", unique=True,
             sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    sa.CheckConstraint("kind IN ('rest', 'incident', 'evacuation', 'suspension')", name="kind"),
    sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_it_began"),
    sa.Index("ix_pauses_sitting_id", "sitting_id"),
)  # fmt: skip
answers = sa.Table(  # insert-only: the journal is the answer table; the highest revision is the answer
    "answers", metadata, to("sittings", key=True), to("attempts", key=True),
    to("question_versions", key=True), sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False, info={LONGEST: LONGEST_TEXT}),
    sa.Column("text_hash", sa.String(64), nullable=False), sa.Column("seq", BigInt, nullable=False),
    at("received_at", null=False), to("emergency_files", "file_id", null=True),  # entered from it, by a person
    sa.CheckConstraint("revision >= 1", name="revision"),
)  # fmt: skip
late_answers = sa.Table(  # evidence: arrived when the attempt took no answers; never part of a script
    "late_answers", metadata, key(), to("sittings"), to("attempts"), to("question_versions"),
    sa.Column("revision", sa.Integer, nullable=False), sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False), at("received_at", null=False), text("why"),
    sa.Index("ix_late_answers_attempt_id", "attempt_id"),
)  # fmt: skip
emergency_files = sa.Table(  # what a browser kept while no server answered, brought to the board by a person
    "emergency_files", metadata, key(), ref(), to("sittings"), to("attempts"), by("brought_by", null=False),
    at("brought_at", null=False), at("made_at"),  # by the device's clock: unverified
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("entries", sa.JSON, nullable=False),  # [{question, revision, text}] as the file holds them
    at("entered_at"), by("entered_by"), text("entered_reason", null=True),
    sa.UniqueConstraint("attempt_id", "sha256"), sa.Index("ix_emergency_files_sitting_id", "sitting_id"),
    sa.CheckConstraint("(entered_at IS NULL) = (entered_by IS NULL)", name="entered_has_a_name"),
)  # fmt: skip
jottings = sa.Table(  # insert-only: the candidate's own notes and highlights; evidence, never shown to a marker
    "jottings", metadata, to("sittings", key=True), to("attempts", key=True), to("scenario_versions", key=True),
    sa.Column("kind", sa.String(16), primary_key=True), sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False, info={LONGEST: LONGEST_TEXT}), at("received_at", null=False),
    sa.CheckConstraint("kind IN ('note', 'highlights')", name="kind"),
    sa.CheckConstraint("revision >= 1", name="revision"),
)  # fmt: skip
flags = sa.Table(  # "come back to this": the apprentice's own, never shown to a marker
    "flags", metadata, to("attempts", key=True), to("question_versions", key=True), at("flagged_at", null=False)
)
events = sa.Table(  # the evidence chain of each attempt
    "events", metadata, to("sittings", key=True), to("attempts", key=True),
    sa.Column("seq", BigInt, primary_key=True), text("kind"), at("at", null=False),
    sa.Column("payload", sa.Text, nullable=False), sa.Column("digest", sa.LargeBinary(32), nullable=False),
    sa.Column("link", sa.LargeBinary(32), nullable=False),
)  # fmt: skip

incidents = sa.Table(  # insert-only: what happened in a sitting or to one attempt, said at the moment; never a verdict
    "incidents", metadata, key(), ref(), to("sittings"),
    sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id")), text("kind"), text("words"),
    at("at", null=False), by("noted_by"),  # null: raised by a rule
    at("happened_at"), sa.Column("request_id", sa.String(36)),  # null where it was not entered by hand
    sa.Index("uq_incidents_sitting_id_request_id", "sitting_id", "request_id", unique=True),
    sa.Index("ix_incidents_sitting_id", "sitting_id"), sa.Index("ix_incidents_attempt_id", "attempt_id"),
)  # fmt: skip
