"""All tables. Bigint keys inside; random references (``ref``) in addresses and bundles.

``sitting_id`` leads the keys of answers, events and acts, so that they can be split by sitting later.
"""

from __future__ import annotations

import sqlalchemy as sa

from sjt.db import UTC

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)
BigInt = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # only INTEGER is a rowid alias there
LONGEST_TEXT, LONGEST_SHORT_TEXT = 20_000, 2_000  # code points
LONGEST = "longest"


def _id() -> sa.Column[int]:
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True)


def _ref() -> sa.Column[str]:
    return sa.Column("ref", sa.String(32), nullable=False, unique=True)


def _to(target: str, name: str | None = None, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    column = name or f"{target.removesuffix('s')}_id"
    return sa.Column(column, BigInt, sa.ForeignKey(f"{target}.id"), nullable=null, primary_key=key)


def _at(name: str, *, null: bool = True) -> sa.Column[object]:
    return sa.Column(name, UTC, nullable=null)


def _by(name: str, *, null: bool = True) -> sa.Column[int]:
    return sa.Column(name, BigInt, sa.ForeignKey("people.id"), nullable=null)


def _json(name: str, empty: str) -> sa.Column[object]:
    """A JSON value that older rows have as ``empty``."""
    return sa.Column(name, sa.JSON, nullable=False, server_default=sa.text(f"'{empty}'"))


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A short text: a name, a code, a reason. 2,000 code points at most, on both databases."""
    return sa.Column(name, sa.Text, nullable=null, info={LONGEST: LONGEST_SHORT_TEXT})


# --------------------------------------------------------------------------------------------------- people
people = sa.Table(
    "people", metadata, _id(), _ref(), _text("name"),
    sa.Column("email", sa.Text, nullable=False, unique=True),  # stored in lower case
    sa.Column("password_hash", sa.Text),  # null until the invitation is taken up
    sa.Column("active", sa.Boolean, nullable=False),
    _at("created_at", null=False),
)  # fmt: skip
person_roles = sa.Table(
    "person_roles",
    metadata,
    _to("people", "person_id", key=True),
    sa.Column("role", sa.Text, primary_key=True),
)
staff_sessions = sa.Table(
    "staff_sessions", metadata, _id(), sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    _to("people", "person_id"), _at("started_at", null=False), _at("expires_at", null=False), _at("ended_at"),
)  # fmt: skip
invitations = sa.Table(
    "invitations", metadata, _id(), sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    _to("people", "person_id"), _by("issued_by", null=False), _at("issued_at", null=False),
    _at("expires_at", null=False), _at("used_at"),
)  # fmt: skip
records = sa.Table(  # what staff did, beside the evidence of each attempt
    "records", metadata, _id(), _at("at", null=False), _to("people", "person_id", null=True), _text("act"),
    _text("object_kind"), _text("object_ref"), sa.Column("detail", sa.JSON, nullable=False),
    sa.Index("ix_records_object", "object_kind", "object_ref"),
)  # fmt: skip

# --------------------------------------------------------------------------------------------- registration
candidates = sa.Table(
    "candidates", metadata, _id(), _ref(), _to("people", "person_id", null=True),
    sa.Column("number", sa.String(32), nullable=False, unique=True),  # the organisation's own number
    _text("name"), sa.Column("email", sa.Text), _text("employer"), _text("provider"),
    _text("spec_name"), _text("pathway"), _at("gateway_complete_at"), _by("gateway_by"),
    _by("created_by", null=False), _at("created_at", null=False),
    sa.CheckConstraint("(gateway_complete_at IS NULL) = (gateway_by IS NULL)", name="gateway_has_a_name"),
)  # fmt: skip
adjustments = sa.Table(  # {kind, value, approved by, at, in force from}, entered by a manager
    "adjustments", metadata, _id(), _to("candidates"), _text("kind"), sa.Column("value", sa.Integer, nullable=False),
    _by("approved_by", null=False), _at("approved_at", null=False), _at("in_force_from", null=False),
    _at("withdrawn_at"), _by("withdrawn_by"),
    sa.CheckConstraint("kind IN ('extra_time_percent', 'rest_minutes')", name="kind"),
    sa.CheckConstraint("value BETWEEN 1 AND 200", name="value"),
)  # fmt: skip
sittings = sa.Table(
    "sittings", metadata, _id(), _ref(), _text("title"), _text("venue"), _text("spec_id"),
    _at("starts_at", null=False), _at("ends_at", null=False),
    sa.Column("set_up_minutes", sa.Integer, nullable=False), sa.Column("staff_needed", sa.Integer, nullable=False),
    _by("created_by", null=False), _at("created_at", null=False), _at("cancelled_at"), _at("signed_off_at"),
    _by("signed_off_by"),
    sa.CheckConstraint("starts_at < ends_at", name="window"),
    sa.CheckConstraint("set_up_minutes BETWEEN 0 AND 240", name="set_up"),
)  # fmt: skip
sitting_staff = sa.Table(
    "sitting_staff", metadata, _to("sittings", key=True), _to("people", "person_id", key=True),
    _by("named_by", null=False), _at("named_at", null=False),
)  # fmt: skip
seats = sa.Table(
    "seats", metadata, _id(), _ref(), _to("sittings"), _to("candidates"),
    sa.Column("number", sa.Integer, nullable=False), _text("mode"),
    sa.Column("keycode_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("keycode_issue", sa.Integer, nullable=False, server_default="1"),
    _by("booked_by", null=False), _at("booked_at", null=False),
    _at("identity_at"), _by("identity_by"), _text("identity_document", null=True),
    _at("admitted_at"), _by("admitted_by"),
    _at("refused_at"), _by("refused_by"), _text("refused_reason", null=True), _at("absent_at"), _by("absent_by"),
    # A booking that was cancelled keeps its row, because the evidence of its paper hangs on it.
    _at("cancelled_at"), _by("cancelled_by"), _text("cancelled_reason", null=True),
    sa.Index("uq_seats_one_a_candidate", "sitting_id", "candidate_id", unique=True,
             sqlite_where=sa.text("cancelled_at IS NULL"), postgresql_where=sa.text("cancelled_at IS NULL")),
    sa.Index("uq_seats_one_a_number", "sitting_id", "number", unique=True,
             sqlite_where=sa.text("cancelled_at IS NULL"), postgresql_where=sa.text("cancelled_at IS NULL")),
    sa.CheckConstraint("mode IN ('online', 'paper')", name="mode"),
    sa.CheckConstraint("admitted_at IS NULL OR identity_at IS NOT NULL", name="identity_before_admission"),
    sa.CheckConstraint("cancelled_at IS NULL OR admitted_at IS NULL", name="cancelled_before_admission"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------ the attempt
attempts = sa.Table(
    "attempts", metadata, _id(), _ref(), _to("sittings"),
    sa.Column("seat_id", BigInt, sa.ForeignKey("seats.id"), nullable=False, unique=True),  # one attempt a seat
    _text("spec_id"), _text("pathway"),
    sa.Column("base_minutes", sa.Integer, nullable=False), sa.Column("grace_seconds", sa.Integer, nullable=False),
    sa.Column("seq", BigInt, nullable=False), sa.Column("head", sa.LargeBinary(32), nullable=False),
    sa.Column("device_hash", sa.String(64)), sa.Column("device_asking_hash", sa.String(64)), _at("device_asking_at"),
    sa.Column("lease", sa.Integer, nullable=False, server_default="0"),
    sa.Column("state_version", sa.Integer, nullable=False, server_default="1"),
    _at("writable_until"),  # the deadline while running, else null; written by timekeeping alone
    _at("opened_at"), _by("opened_by"), _at("confirmed_at"), _at("started_at"), _at("last_saved_at"),
    _at("closed_at"), _text("closed_as", null=True), _at("finished_at"), _by("closed_by"),
    _text("closed_reason", null=True), _text("receipt", null=True),
    _at("called_at"), _text("called_for", null=True),  # the apprentice calls: for help, or for a break
    sa.CheckConstraint("closed_as IN ('submitted', 'expired', 'ended', 'void')", name="closed_as"),
    sa.CheckConstraint("(closed_at IS NULL) = (closed_as IS NULL)", name="closed_has_a_way"),
    sa.CheckConstraint("closed_at IS NULL OR writable_until IS NULL", name="closed_is_not_writable"),
    sa.CheckConstraint("writable_until IS NULL OR started_at IS NOT NULL", name="started_before_writing"),
    sa.Index("ix_attempts_sitting_id", "sitting_id"), sa.Index("ix_attempts_writable_until", "writable_until"),
)  # fmt: skip
papers = sa.Table(
    "papers", metadata, _id(), _ref(),
    sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id"), nullable=False, unique=True),
    sa.Column("seed", sa.String(64), nullable=False), sa.Column("assembler", sa.String(16), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False), _at("drawn_at", null=False),
    _json("drawn_from", "{}"),  # bank state and history, so that the seed draws the same paper again
)  # fmt: skip
paper_questions = sa.Table(  # the frozen order: position counts questions, scenario_position scenarios
    "paper_questions", metadata, _to("papers", key=True), sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("scenario_position", sa.Integer, nullable=False), _to("scenario_versions"), _to("question_versions"),
    _text("statement"), sa.Column("key", sa.Boolean, nullable=False),
    sa.Column("slot", sa.String(64), nullable=False, server_default=""),  # which slot of the blueprint it fills
    _json("options", "[]"),  # the ids of its options in the order shown; answers name options by id
    sa.UniqueConstraint("paper_id", "question_version_id"),
    sa.Index("uq_paper_questions_one_a_slot", "paper_id", "slot", unique=True,
             sqlite_where=sa.text("slot <> ''"), postgresql_where=sa.text("slot <> ''")),
)  # fmt: skip
grants = sa.Table(
    "grants", metadata, _id(), _to("sittings"), _to("attempts"), sa.Column("seconds", sa.Integer, nullable=False),
    _text("reason"), _by("granted_by", null=False), _at("granted_at", null=False),
    sa.Column("request_id", sa.String(36), nullable=False, unique=True),
    sa.CheckConstraint("seconds BETWEEN 1 AND 86400", name="seconds"),
    sa.Index("ix_grants_attempt_id", "attempt_id"),
)  # fmt: skip
pauses = sa.Table(  # the clock stands still and the paper is hidden; what ends is kept
    "pauses", metadata, _id(), _to("sittings"), _to("attempts"), _text("kind"), _text("reason"),
    _at("began_at", null=False), _by("began_by", null=False), _at("ended_at"), _by("ended_by"),
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
    "answers", metadata, _to("sittings", key=True), _to("attempts", key=True),
    _to("question_versions", key=True), sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False, info={LONGEST: LONGEST_TEXT}),
    sa.Column("text_hash", sa.String(64), nullable=False), sa.Column("seq", BigInt, nullable=False),
    _at("received_at", null=False), sa.CheckConstraint("revision >= 1", name="revision"),
)  # fmt: skip
late_answers = sa.Table(  # evidence: arrived when the attempt took no answers; never part of a script
    "late_answers", metadata, _id(), _to("sittings"), _to("attempts"), _to("question_versions"),
    sa.Column("revision", sa.Integer, nullable=False), sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False), _at("received_at", null=False), _text("why"),
    sa.Index("ix_late_answers_attempt_id", "attempt_id"),
)  # fmt: skip
flags = sa.Table(  # "come back to this": the apprentice's own, never shown to a marker
    "flags", metadata, _to("attempts", key=True), _to("question_versions", key=True), _at("flagged_at", null=False)
)
events = sa.Table(  # the evidence chain of each attempt
    "events", metadata, _to("sittings", key=True), _to("attempts", key=True),
    sa.Column("seq", BigInt, primary_key=True), _text("kind"), _at("at", null=False),
    sa.Column("payload", sa.Text, nullable=False), sa.Column("digest", sa.LargeBinary(32), nullable=False),
    sa.Column("link", sa.LargeBinary(32), nullable=False),
)  # fmt: skip

incidents = sa.Table(  # what happened in a sitting or to one attempt, said at the moment; never a verdict
    "incidents", metadata, _id(), _ref(), _to("sittings"),
    sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id")), _text("kind"), _text("words"),
    _at("at", null=False), _by("noted_by"),  # null: raised by a rule
    sa.Index("ix_incidents_sitting_id", "sitting_id"), sa.Index("ix_incidents_attempt_id", "attempt_id"),
)  # fmt: skip

# --------------------------------------------------------------------------------------------------- the bank
scenarios = sa.Table(
    "scenarios", metadata, _id(), sa.Column("slug", sa.String(120), nullable=False, unique=True),
    _text("spec_name"), _text("theme"), _at("created_at", null=False),
)  # fmt: skip
scenario_versions = sa.Table(
    "scenario_versions", metadata, _id(), _ref(), _to("scenarios"), sa.Column("number", sa.Integer, nullable=False),
    _text("state"), sa.Column("sample", sa.Boolean, nullable=False), sa.Column("edit", sa.Integer, nullable=False),
    _by("created_by"), _at("created_at", null=False), _at("changed_at", null=False), _at("submitted_at"),
    _by("approved_by"), _at("approved_at"), _at("live_at"), _at("withdrawn_at"), _by("withdrawn_by"),
    _text("withdrawn_reason", null=True), _by("asked_id"),  # who was asked to review it, if anyone by name
    sa.UniqueConstraint("scenario_id", "number"),
    sa.CheckConstraint("state IN ('draft', 'in_review', 'approved', 'live', 'withdrawn')", name="state"),
    sa.CheckConstraint("state IN ('draft', 'in_review') OR approved_at IS NOT NULL", name="approved_before_live"),
    sa.CheckConstraint("approved_by IS NULL OR approved_by <> created_by", name="approver_is_not_author"),
    sa.Index("uq_scenario_versions_one_live", "scenario_id", unique=True,
             sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'")),
    sa.Index("uq_scenario_versions_one_draft", "scenario_id", unique=True,
             sqlite_where=sa.text("state IN ('draft', 'in_review')"),
             postgresql_where=sa.text("state IN ('draft', 'in_review')")),
)  # fmt: skip
scenario_authors = sa.Table(  # everyone who changed a version; none of them may approve it
    "scenario_authors", metadata, _to("scenario_versions", key=True), _to("people", "person_id", key=True)
)
scenario_texts = sa.Table(
    "scenario_texts", metadata, _to("scenario_versions", key=True), sa.Column("language", sa.String(12), primary_key=True),
    _text("title"), sa.Column("text", sa.Text, nullable=False), sa.Column("sources", sa.JSON, nullable=False),
    _json("enemies", "[]"),  # slugs of scenarios that may not stand on one paper with it
    _json("tags", "[]"),  # points of a framework, such as the National Occupational Standard
)  # fmt: skip
questions = sa.Table(
    "questions", metadata, _id(), sa.Column("slug", sa.String(120), nullable=False, unique=True),
    _to("scenarios"), _text("statement"), sa.UniqueConstraint("scenario_id", "statement"),
)  # fmt: skip
question_versions = sa.Table(  # each belongs to one scenario version: a new one re-opens its questions
    "question_versions", metadata, _id(), _to("questions"), _to("scenario_versions"),
    sa.Column("number", sa.Integer, nullable=False), _text("format"),
    sa.UniqueConstraint("question_id", "number"), sa.UniqueConstraint("scenario_version_id", "question_id"),
)  # fmt: skip
question_texts = sa.Table(
    "question_texts", metadata, _to("question_versions", key=True), sa.Column("language", sa.String(12), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("guide", sa.JSON, nullable=False),  # point code -> {"meets": Markdown, "falls_short": Markdown}
    _json("body", "{}"),  # what the question's format needs beside its text: field name -> text
)  # fmt: skip
reviews = sa.Table(
    "reviews", metadata, _id(), _to("scenario_versions"), _by("reviewer_id", null=False), _text("decision"),
    _text("comment"), _at("at", null=False), _json("notes", "{}"),  # comments beside a field: its name -> text
    sa.CheckConstraint("decision IN ('approved', 'returned')", name="decision"),
)  # fmt: skip
yearly_reviews = sa.Table(  # a live version read again and found fit for another period
    "yearly_reviews", metadata, _id(), _to("scenario_versions"), _by("reviewer_id", null=False), _text("comment"),
    _at("at", null=False), sa.Index("ix_yearly_reviews_scenario_version_id", "scenario_version_id"),
)  # fmt: skip
trials = sa.Table(  # a trial answer, judged by the question's own guide before anybody sits it
    "trials", metadata, _id(), _ref(), _to("question_versions"), _by("person_id", null=False),
    sa.Column("text", sa.Text, nullable=False, info={LONGEST: LONGEST_TEXT}),
    sa.Column("judged", sa.JSON, nullable=False),  # point code -> {"met": bool, "reason": text}; or the key's score
    _text("comment"), _at("at", null=False), sa.Index("ix_trials_question_version_id", "question_version_id"),
)  # fmt: skip
guide_reports = sa.Table(  # a marker found the guide unclear; the response is an anonymous example
    "guide_reports", metadata, _id(), _ref(), _to("question_versions"),
    sa.Column("response_id", BigInt, sa.ForeignKey("responses.id")), _by("reported_by", null=False),
    _text("comment"), _at("at", null=False), _by("answered_by"), _at("answered_at"), _text("answer", null=True),
    sa.Index("ix_guide_reports_question_version_id", "question_version_id"),
    sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answer_has_a_name"),
)  # fmt: skip

# ------------------------------------------------------------------------------------------ marks and results
responses = sa.Table(  # the frozen script, one row a question; ``ref`` is all that a marker sees of whose it is
    "responses", metadata, _id(), _ref(), _to("sittings"), _to("attempts"), _to("question_versions"),
    _text("statement"), sa.Column("key", sa.Boolean, nullable=False), sa.Column("position", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # 0: never answered
    sa.Column("text", sa.Text, nullable=False), sa.Column("text_hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("attempt_id", "question_version_id"), sa.UniqueConstraint("attempt_id", "position"),
)  # fmt: skip
marks = sa.Table(  # one person's judgement of one response; final at commit, superseded but never overwritten
    "marks", metadata, _id(), _ref(), _to("responses"), sa.Column("turn", sa.Integer, nullable=False),
    _by("marker_id", null=False), _at("claimed_at", null=False), _at("touched_at", null=False),
    sa.Column("draft", sa.JSON), sa.Column("edit", sa.Integer, nullable=False, server_default="0"),
    _at("final_at"), _text("comment", null=True), _at("returned_at"), _text("returned_reason", null=True),
    sa.CheckConstraint("turn BETWEEN 1 AND 3", name="turn"),
    sa.CheckConstraint("final_at IS NULL OR returned_at IS NULL", name="final_or_returned"),
    sa.Index("uq_marks_one_a_turn", "response_id", "turn", unique=True,
             sqlite_where=sa.text("returned_at IS NULL"), postgresql_where=sa.text("returned_at IS NULL")),
    sa.Index("uq_marks_one_a_person", "response_id", "marker_id", unique=True,
             sqlite_where=sa.text("returned_at IS NULL"), postgresql_where=sa.text("returned_at IS NULL")),
)  # fmt: skip
mark_points = sa.Table(
    "mark_points", metadata, _to("marks", key=True), sa.Column("point", sa.String(32), primary_key=True),
    sa.Column("met", sa.Boolean, nullable=False), _text("reason"),
)  # fmt: skip
releases = sa.Table(
    "releases", metadata, _id(), _ref(), _to("sittings"), _by("released_by", null=False),
    _at("released_at", null=False), sa.Column("request_id", sa.String(36), nullable=False, unique=True),
)  # fmt: skip
results = sa.Table(  # as released; a later change adds a row and keeps this one
    "results", metadata, _id(), _ref(), _to("attempts"), sa.Column("version", sa.Integer, nullable=False),
    _text("outcome"), sa.Column("passed", sa.Integer, nullable=False), sa.Column("of", sa.Integer, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False), sa.Column("questions", sa.JSON, nullable=False),
    _to("releases"), _at("notified_at"), sa.UniqueConstraint("attempt_id", "version"),
    sa.CheckConstraint("outcome IN ('pass', 'fail')", name="outcome"),
)  # fmt: skip

# SQLite enforces no lengths of its own, so every bound is a constraint that both databases check.
for _table in metadata.tables.values():
    for _column in list(_table.columns):
        if LONGEST in _column.info:
            _bound = f"length({_column.name}) <= {_column.info[LONGEST]}"
            _table.append_constraint(sa.CheckConstraint(_bound, name=f"{_column.name}_length"))
