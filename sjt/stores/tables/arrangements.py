"""What is arranged around a sitting: who is in the room, slips, interests, helpers, changes, notices accepted."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import at, by, json, key, metadata, ref, text, to

REQUEST = 36


def request() -> sa.Column[str]:
    """The number that the form carried, so that a double press does it once."""
    return sa.Column("request_id", sa.String(REQUEST), nullable=False, unique=True)


shifts = sa.Table(  # an invigilator is in the room from one moment until another
    "shifts", metadata, key(), to("sittings"), to("people", "person_id"), at("from_at", null=False), at("until_at"),
    text("reason", null=True), by("ended_by"), by("relieved_by"),  # why they left, who noted it, who took over
    sa.Index("uq_shifts_one_room_at_a_time", "person_id", unique=True,
             sqlite_where=sa.text("until_at IS NULL"), postgresql_where=sa.text("until_at IS NULL")),
    sa.CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_it_began"),
    sa.CheckConstraint("(until_at IS NULL) = (ended_by IS NULL)", name="end_has_a_name"),
    sa.Index("ix_shifts_sitting_id", "sitting_id"),
)  # fmt: skip
ratio_overrides = sa.Table(  # insert-only: the gate may open with fewer invigilators, said by a person with a reason
    "ratio_overrides", metadata, key(), to("sittings"), sa.Column("candidates", sa.Integer, nullable=False),
    sa.Column("present", sa.Integer, nullable=False), text("reason"), by("given_by", null=False),
    at("given_at", null=False), request(), sa.Index("ix_ratio_overrides_sitting_id", "sitting_id"),
)  # fmt: skip
slip_prints = sa.Table(  # insert-only: keycodes were shown for printing, to whom and when
    "slip_prints", metadata, key(), to("sittings"), by("printed_by", null=False), at("printed_at", null=False),
    json("slips", "[]"),  # "<seat reference>/<issue>" of each
    sa.Index("ix_slip_prints_sitting_id", "sitting_id"),
)  # fmt: skip
sitting_changes = sa.Table(  # insert-only: moved or cancelled, with what stood before and after
    "sitting_changes", metadata, key(), to("sittings"), text("kind"), text("reason"), json("before", "{}"),
    json("after", "{}"), by("changed_by", null=False), at("changed_at", null=False), request(),
    sa.CheckConstraint("kind IN ('moved', 'cancelled')", name="kind"),
    sa.Index("ix_sitting_changes_sitting_id", "sitting_id"),
)  # fmt: skip
interests = sa.Table(  # a person of ours has an interest in an apprentice, an employer or a provider
    "interests", metadata, key(), ref(), to("people", "person_id"), text("kind"), text("name"),
    text("relationship"), sa.Column("from_day", sa.Date, nullable=False), sa.Column("until_day", sa.Date),
    by("declared_by", null=False), at("declared_at", null=False), at("withdrawn_at"), by("withdrawn_by"),
    text("withdrawn_reason", null=True),
    sa.CheckConstraint("kind IN ('apprentice', 'employer', 'provider')", name="kind"),
    sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name="ends_after_it_began"),
    sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_has_a_name"),
    sa.Index("ix_interests_person_id", "person_id"),
)  # fmt: skip
interest_waivers = sa.Table(  # insert-only: they may invigilate this candidate all the same, said with a reason
    "interest_waivers", metadata, key(), to("sittings"), to("people", "person_id"), to("candidates"), text("reason"),
    by("given_by", null=False), at("given_at", null=False),
    sa.UniqueConstraint("sitting_id", "person_id", "candidate_id"),
)  # fmt: skip
helpers = sa.Table(  # who reads, writes or signs for one candidate; their identity and their interest go on record
    "helpers", metadata, key(), ref(), to("sittings"), to("seats"), text("name"), text("kind"),
    text("identity_document"), text("interest", null=True), text("interest_reason", null=True),
    by("added_by", null=False), at("added_at", null=False), at("removed_at"), by("removed_by"),
    sa.CheckConstraint("kind IN ('reader', 'scribe', 'practical', 'interpreter')", name="kind"),
    sa.CheckConstraint("interest IS NULL OR interest_reason IS NOT NULL", name="interest_has_a_reason"),
    sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_has_a_name"),
    sa.Index("ix_helpers_sitting_id", "sitting_id"),
)  # fmt: skip
notices_accepted = sa.Table(  # insert-only: the candidate of a remote sitting read the notice and agreed
    "notices_accepted", metadata, to("sittings", key=True), to("attempts", key=True),
    sa.Column("version", sa.String(32), primary_key=True), at("accepted_at", null=False),
    sa.Column("sha256", sa.String(64), nullable=False),  # of the notice's words as they stood
)  # fmt: skip
