"""The history of alarms is listed by priority as well: an index, so that no page costs more."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alarms_urgency", "alarms", ["urgency"])
