"""Alarms have a priority, an end and a group; they say who acknowledged or shelved them; out of service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ATTENTION = "state != 'cleared' AND NOT (state = 'acknowledged' AND kind IN ('bar_open', 'service_down'))"
_ON_THE_WAY = "kind = 'bar_open' AND ended_at IS NULL AND announced_at IS NOT NULL"
_GROUPED = "group_id IS NOT NULL"
_BLIND = (
    "'camera_lost', 'camera_frozen', 'view_changed', 'low_visibility', 'worker_down', 'lift_unknown_rate',"
    " 'lift_invalid', 'overloaded'"
)


def upgrade() -> None:
    op.add_column("alarms", sa.Column("group_id", sa.String(length=64), nullable=True))
    op.add_column("alarms", sa.Column("urgency", sa.Integer(), nullable=False, server_default="1"))
    for name in ("announced_at", "ended_at", "acknowledged_at", "shelved_since"):
        op.add_column("alarms", sa.Column(name, sa.DateTime(), nullable=True))
    for name in ("acknowledged_by", "shelved_by"):
        op.add_column("alarms", sa.Column(name, sa.String(length=200), nullable=True))
    op.add_column("alarms", sa.Column("shelved_reason", sa.Text(), nullable=True))
    op.add_column("alarms", sa.Column("suppressed_by", sa.String(length=64), nullable=True))
    # Of what is done nothing is asked any more, and there may be a million of them.
    urgency = (
        f"CASE WHEN kind IN ({_BLIND}) THEN 4 WHEN kind != 'bar_open' THEN 1"
        " WHEN cause = 'seat_unclear' THEN 2 ELSE 3 END"
    )
    op.execute(f"UPDATE alarms SET announced_at = raised_at, urgency = {urgency} WHERE {_ATTENTION}")  # noqa: S608 - our own words
    op.drop_index("ix_alarms_attention", "alarms")
    op.create_index("ix_alarms_attention", "alarms", ["urgency", "row"], sqlite_where=sa.text(_ATTENTION))
    grouped = sa.text(_GROUPED)
    op.create_index("ix_alarms_group", "alarms", ["group_id", "row"], sqlite_where=grouped)
    op.create_index("ix_alarms_lift_id_group", "alarms", ["lift_id", "row"], sqlite_where=grouped)
    op.create_index("ix_alarms_on_the_way", "alarms", ["raised_at"], sqlite_where=sa.text(_ON_THE_WAY))
    op.create_index("ix_alarms_announced_at", "alarms", ["announced_at"])
    op.create_table(
        "out_of_service",
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lift_id", "scope"),
    )
