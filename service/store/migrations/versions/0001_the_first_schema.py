"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_alarm_comments_alarm_id"), "alarm_comments", ["alarm_id"], unique=False)
    op.create_table(
        "alarm_events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alarm_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("alarm", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(op.f("ix_alarm_events_alarm_id"), "alarm_events", ["alarm_id"], unique=False)
    op.create_table(
        "alarms",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("lift_id", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("passage_id", sa.String(length=128), nullable=True),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("shelved_until", sa.DateTime(), nullable=True),
        sa.Column("shelved_from", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_alarms_one_open_health",
        "alarms",
        ["kind", "place"],
        unique=True,
        sqlite_where=sa.text("state != 'cleared' AND kind != 'bar_open'"),
    )
    op.create_index(
        "ix_alarms_one_per_passage",
        "alarms",
        ["passage_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'bar_open'"),
    )
    op.create_index("ix_alarms_raised_at", "alarms", ["raised_at"], unique=False)
    op.create_table(
        "lifts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "passages",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("t_begin_s", sa.Float(), nullable=False),
        sa.Column("t_middle_s", sa.Float(), nullable=False),
        sa.Column("t_end_s", sa.Float(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("occupied", sa.Boolean(), nullable=False),
        sa.Column("mask_version", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.JSON(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.Column("review", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_lift_id_row", "passages", ["lift_id", "row"], unique=False)
    op.create_index("ix_passages_seen_at", "passages", ["seen_at"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "mask_references",
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["lift_id"], ["lifts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lift_id", "version", "name"),
    )
    op.create_table(
        "mask_versions",
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("open_png", sa.LargeBinary(), nullable=False),
        sa.Column("close_png", sa.LargeBinary(), nullable=False),
        sa.Column("embeddings", sa.LargeBinary(), nullable=False),
        sa.Column("bank_size", sa.Integer(), nullable=False),
        sa.Column("separation", sa.Float(), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lift_id"], ["lifts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lift_id", "version"),
    )
    op.create_index(
        "ix_mask_versions_one_active",
        "mask_versions",
        ["lift_id"],
        unique=True,
        sqlite_where=sa.text("active"),
    )
