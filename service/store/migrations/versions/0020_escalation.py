"""Alarms that nobody acknowledges are escalated, by rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("escalation_level", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("alarms", sa.Column("escalated_for", sa.DateTime(), nullable=True))
    op.add_column("alarms", sa.Column("escalation_outputs", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("alarms", sa.Column("escalation_person", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "escalation_rules",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("lift_id", sa.String(64), sa.ForeignKey("lifts.id", ondelete="CASCADE"), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
    )
