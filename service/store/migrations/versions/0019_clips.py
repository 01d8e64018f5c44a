"""Clips of alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clips",
        sa.Column("alarm_id", sa.String(64), primary_key=True),
        sa.Column("lift_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("none", sa.String(16), nullable=False),
        sa.Column("file", sa.String(200), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(16), nullable=False),
        sa.Column("begins_s", sa.Float(), nullable=False),
        sa.Column("ends_s", sa.Float(), nullable=False),
    )
    op.create_index("ix_clips_kept", "clips", ["at"], sqlite_where=sa.text("file IS NOT NULL"))
