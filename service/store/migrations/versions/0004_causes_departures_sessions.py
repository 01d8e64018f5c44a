"""Alarms name their cause and when the carrier left; passages may stand for several; sessions are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN_HEALTH = "ix_alarms_one_open_health"


def upgrade() -> None:
    op.add_column("passages", sa.Column("left_at", sa.DateTime(), nullable=True))
    op.add_column("passages", sa.Column("carriers", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("alarms", sa.Column("left_at", sa.DateTime(), nullable=True))
    op.add_column("alarms", sa.Column("cause", sa.String(length=64), nullable=False, server_default=""))
    op.drop_index(_OPEN_HEALTH, "alarms")
    op.create_index(
        _OPEN_HEALTH,
        "alarms",
        ["kind", "place", "cause"],
        unique=True,
        sqlite_where=sa.text("state != 'cleared' AND kind != 'bar_open'"),
    )
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("token_id", sa.String(length=16), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
