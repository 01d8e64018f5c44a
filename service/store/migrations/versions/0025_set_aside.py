"""Alarms that an output's receiver refused for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "output_id", sa.String(64), sa.ForeignKey("outputs.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("problem", sa.String(32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_set_aside_seq", "set_aside", ["output_id", "seq"], unique=True)
    op.create_index("ix_set_aside_alarm", "set_aside", ["alarm_id"])
