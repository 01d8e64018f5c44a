"""Leases of cameras: whose reports of a lift are stored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_leases",
        sa.Column("lift_id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("fence", sa.Integer(), primary_key=True, nullable=False, autoincrement=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
