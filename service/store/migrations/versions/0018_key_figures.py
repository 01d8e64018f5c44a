"""What happened to alarms in a time is found by an index."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alarm_events_at", "alarm_events", ["at"])
