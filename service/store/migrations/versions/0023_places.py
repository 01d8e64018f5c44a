"""Where lifts are, for people: area and station, and how far apart their carriers hang."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lift = sa.ForeignKey("lifts.id", ondelete="CASCADE")
    op.create_table(
        "lift_places",
        sa.Column("lift_id", sa.String(64), lift, primary_key=True, nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("station", sa.String(100), nullable=False),
        sa.Column("spacing_m", sa.Float(), nullable=True),
    )
