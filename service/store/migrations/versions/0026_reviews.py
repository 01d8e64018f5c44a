"""Passages that people are to review, of which day and stratum they were drawn, and what each person said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_draws",
        sa.Column("lift_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("stratum", sa.String(16), primary_key=True),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "review_tasks",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("passage_id", sa.String(128), unique=True, nullable=False),
        sa.Column("lift_id", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.String(10), nullable=True),
        sa.Column("stratum", sa.String(16), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("place", sa.Float(), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("answer", sa.String(16), nullable=True),
        sa.Column("occupied", sa.Boolean(), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_tasks_state", "review_tasks", ["lift_id", "state"])
    op.create_index("ix_review_tasks_day", "review_tasks", ["lift_id", "day"])
    op.create_table(
        "review_answers",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("passage_id", sa.String(128), nullable=False),
        sa.Column("lift_id", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("occupied", sa.Boolean(), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("identity", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_answers_passage", "review_answers", ["passage_id"])
    op.create_index("ix_review_answers_identity", "review_answers", ["identity", "at"])
