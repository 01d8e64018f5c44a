"""Candidates that judge beside what counts, replays of stored passages, and what both said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidates",
        _lift(primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("replaced", sa.JSON(), nullable=True),
    )
    counts = ("total", "done", "skipped", "as_seen", "blurred", "reached")
    op.create_table(
        "replays",
        _lift(primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("candidate", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=True),
        sa.Column("to_at", sa.DateTime(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "comparisons",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        _lift(primary_key=False),
        sa.Column("candidate", sa.Integer(), nullable=False),
        sa.Column("replay", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.String(128), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("candidate_verdict", sa.String(16), nullable=False),
        sa.Column("candidate_confidence", sa.Float(), nullable=False),
        sa.Column("stored", sa.String(16), nullable=True),
        sqlite_autoincrement=True,
    )
    columns = ["lift_id", "candidate", "replay", "passage_id"]
    op.create_index("ix_comparisons_passage", "comparisons", columns, unique=True)


def _lift(*, primary_key: bool) -> sa.Column[str]:
    to = sa.ForeignKey("lifts.id", ondelete="CASCADE")
    return sa.Column("lift_id", sa.String(64), to, primary_key=primary_key, nullable=False)
