"""Every filter of a page has an index; alarms can be held; passages may keep their maps alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ATTENTION = "state != 'cleared' AND NOT (state = 'acknowledged' AND kind IN ('bar_open', 'service_down'))"


def upgrade() -> None:
    op.add_column("alarms", sa.Column("held", sa.Boolean(), nullable=False, server_default="0"))
    op.create_index("ix_alarms_lift_id_raised_at", "alarms", ["lift_id", "raised_at"])
    for column in ("lift_id", "kind", "state"):
        op.create_index(f"ix_alarms_{column}", "alarms", [column])
    op.create_index("ix_alarms_attention", "alarms", ["row"], sqlite_where=sa.text(_ATTENTION))
    op.add_column("passages", sa.Column("has_maps", sa.Boolean(), nullable=False, server_default="0"))
    op.create_index("ix_passages_lift_id_seen_at", "passages", ["lift_id", "seen_at"])
    op.create_index("ix_passages_verdict", "passages", ["verdict"])
    op.create_index("ix_passages_lift_id_verdict", "passages", ["lift_id", "verdict"])
    op.create_index("ix_passages_occupied", "passages", ["occupied"])
    reviewed = sa.text("review IS NOT NULL")
    op.create_index("ix_passages_reviewed", "passages", ["row"], sqlite_where=reviewed)
    op.create_index("ix_passages_lift_id_reviewed", "passages", ["lift_id", "row"], sqlite_where=reviewed)
    op.create_index("ix_passages_files", "passages", ["seen_at"], sqlite_where=sa.text("has_files = 1"))
