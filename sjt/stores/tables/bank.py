"""Scenarios, questions and their versions, reviews and trials."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import LONGEST, LONGEST_TEXT, BigInt, at, by, json, key, metadata, ref, text, to

scenarios = sa.Table(
    "scenarios", metadata, key(), sa.Column("slug", sa.String(120), nullable=False, unique=True),
    text("spec_name"), text("theme"), at("created_at", null=False),
)  # fmt: skip
scenario_versions = sa.Table(
    "scenario_versions", metadata, key(), ref(), to("scenarios"), sa.Column("number", sa.Integer, nullable=False),
    text("state"), sa.Column("sample", sa.Boolean, nullable=False), sa.Column("edit", sa.Integer, nullable=False),
    by("created_by"), at("created_at", null=False), at("changed_at", null=False), at("submitted_at"),
    by("approved_by"), at("approved_at"), at("live_at"), at("withdrawn_at"), by("withdrawn_by"),
    text("withdrawn_reason", null=True), by("asked_id"),  # who was asked to review it, if anyone by name
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
    "scenario_authors", metadata, to("scenario_versions", key=True), to("people", "person_id", key=True)
)
scenario_texts = sa.Table(
    "scenario_texts", metadata, to("scenario_versions", key=True), sa.Column("language", sa.String(12), primary_key=True),
    text("title"), sa.Column("text", sa.Text, nullable=False), sa.Column("sources", sa.JSON, nullable=False),
    json("enemies", "[]"),  # slugs of scenarios that may not stand on one paper with it
    json("tags", "[]"),  # points of a framework, such as the National Occupational Standard
)  # fmt: skip
questions = sa.Table(
    "questions", metadata, key(), sa.Column("slug", sa.String(120), nullable=False, unique=True),
    to("scenarios"), text("statement"), sa.UniqueConstraint("scenario_id", "statement"),
)  # fmt: skip
question_versions = sa.Table(  # each belongs to one scenario version: a new one re-opens its questions
    "question_versions", metadata, key(), to("questions"), to("scenario_versions"),
    sa.Column("number", sa.Integer, nullable=False), text("format"),
    sa.UniqueConstraint("question_id", "number"), sa.UniqueConstraint("scenario_version_id", "question_id"),
)  # fmt: skip
question_texts = sa.Table(
    "question_texts", metadata, to("question_versions", key=True), sa.Column("language", sa.String(12), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("guide", sa.JSON, nullable=False),  # point code -> {"meets": Markdown, "falls_short": Markdown}
    json("body", "{}"),  # what the question's format needs beside its text: field name -> text
)  # fmt: skip
reviews = sa.Table(
    "reviews", metadata, key(), to("scenario_versions"), by("reviewer_id", null=False), text("decision"),
    text("comment"), at("at", null=False), json("notes", "{}"),  # comments beside a field: its name -> text
    sa.CheckConstraint("decision IN ('approved', 'returned')", name="decision"),
)  # fmt: skip
yearly_reviews = sa.Table(  # a live version read again and found fit for another period
    "yearly_reviews", metadata, key(), to("scenario_versions"), by("reviewer_id", null=False), text("comment"),
    at("at", null=False), sa.Index("ix_yearly_reviews_scenario_version_id", "scenario_version_id"),
)  # fmt: skip
trials = sa.Table(  # a trial answer, judged by the question's own guide before anybody sits it
    "trials", metadata, key(), ref(), to("question_versions"), by("person_id", null=False),
    sa.Column("text", sa.Text, nullable=False, info={LONGEST: LONGEST_TEXT}),
    sa.Column("judged", sa.JSON, nullable=False),  # point code -> {"met": bool, "reason": text}; or the key's score
    text("comment"), at("at", null=False), sa.Index("ix_trials_question_version_id", "question_version_id"),
)  # fmt: skip
guide_reports = sa.Table(  # a marker found the guide unclear; the response is an anonymous example
    "guide_reports", metadata, key(), ref(), to("question_versions"),
    sa.Column("response_id", BigInt, sa.ForeignKey("responses.id")), by("reported_by", null=False),
    text("comment"), at("at", null=False), by("answered_by"), at("answered_at"), text("answer", null=True),
    sa.Index("ix_guide_reports_question_version_id", "question_version_id"),
    sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answer_has_a_name"),
)  # fmt: skip
