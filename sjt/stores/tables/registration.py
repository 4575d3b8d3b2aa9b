"""Candidates, their adjustments, sittings, who works in them, and seats."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import at, by, json, key, metadata, ref, text, to

candidates = sa.Table(
    "candidates", metadata, key(), ref(), to("people", "person_id", null=True),
    sa.Column("number", sa.String(32), nullable=False, unique=True),  # the organisation's own number
    text("name"), sa.Column("email", sa.Text), text("employer"), text("provider"),
    text("spec_name"), text("pathway"), at("gateway_complete_at"), by("gateway_by"),
    by("created_by", null=False), at("created_at", null=False),
    text("photo_id", null=True),  # the kind of document seen at the gateway; never its number or a copy
    sa.CheckConstraint("(gateway_complete_at IS NULL) = (gateway_by IS NULL)", name="gateway_has_a_name"),
)  # fmt: skip
adjustments = sa.Table(  # {kind, value, approved by, at, in force from}, entered by a manager
    "adjustments", metadata, key(), to("candidates"), text("kind"), sa.Column("value", sa.Integer, nullable=False),
    by("approved_by", null=False), at("approved_at", null=False), at("in_force_from", null=False),
    at("withdrawn_at"), by("withdrawn_by"),
    sa.CheckConstraint("kind IN ('extra_time_percent', 'rest_minutes', 'screen_reader', 'magnifier', 'speech_recognition',"
                       " 'assistive_technology', 'spelling_help')", name="kind"),
    sa.CheckConstraint("value BETWEEN 1 AND 200", name="value"), sa.Index("ix_adjustments_candidate_id", "candidate_id"),
)  # fmt: skip
sittings = sa.Table(
    "sittings", metadata, key(), ref(), text("title"), text("venue"), text("spec_id"),
    at("starts_at", null=False), at("ends_at", null=False),
    sa.Column("set_up_minutes", sa.Integer, nullable=False), sa.Column("staff_needed", sa.Integer, nullable=False),
    by("created_by", null=False), at("created_at", null=False), at("cancelled_at"), at("signed_off_at"),
    by("signed_off_by"),
    sa.Column("lockdown", sa.String(16), nullable=False, server_default="open"),  # what its browsers are held to
    sa.Column("remote", sa.Boolean, nullable=False, server_default=sa.false()),
    text("meeting", null=True),  # where the organisation's video call is, for a remote one
    json("rooms", "[]"), text("venue_verified_by", null=True), sa.Column("venue_verified_on", sa.Date),
    sa.CheckConstraint("starts_at < ends_at", name="window"),
    sa.CheckConstraint("set_up_minutes BETWEEN 0 AND 240", name="set_up"),
    sa.CheckConstraint("lockdown IN ('open', 'watched', 'seb')", name="lockdown"),
)  # fmt: skip
sitting_staff = sa.Table(
    "sitting_staff", metadata, to("sittings", key=True), to("people", "person_id", key=True),
    by("named_by", null=False), at("named_at", null=False),
)  # fmt: skip
seats = sa.Table(
    "seats", metadata, key(), ref(), to("sittings"), to("candidates"),
    sa.Column("number", sa.Integer, nullable=False), text("mode"),
    sa.Column("keycode_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("keycode_issue", sa.Integer, nullable=False, server_default="1"),
    by("booked_by", null=False), at("booked_at", null=False),
    at("identity_at"), by("identity_by"), text("identity_document", null=True),
    at("admitted_at"), by("admitted_by"),
    at("refused_at"), by("refused_by"), text("refused_reason", null=True), at("absent_at"), by("absent_by"),
    # A booking that was cancelled keeps its row, because the evidence of its paper hangs on it.
    at("cancelled_at"), by("cancelled_by"), text("cancelled_reason", null=True),
    text("room", null=True), text("label", null=True),  # where in the venue; the label is what stands on the desk
    text("identity_result", null=True),  # how the document shown compares with the one of the gateway
    sa.Index("uq_seats_one_a_candidate", "sitting_id", "candidate_id", unique=True,
             sqlite_where=sa.text("cancelled_at IS NULL"), postgresql_where=sa.text("cancelled_at IS NULL")),
    sa.Index("uq_seats_one_a_number", "sitting_id", "number", unique=True,
             sqlite_where=sa.text("cancelled_at IS NULL"), postgresql_where=sa.text("cancelled_at IS NULL")),
    sa.CheckConstraint("mode IN ('online', 'paper')", name="mode"),
    sa.CheckConstraint("admitted_at IS NULL OR identity_at IS NOT NULL", name="identity_before_admission"),
    sa.CheckConstraint("cancelled_at IS NULL OR admitted_at IS NULL", name="cancelled_before_admission"),
)  # fmt: skip
