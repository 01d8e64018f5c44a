"""Thresholds know what always shows, and the prototypes of open and closed carriers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thresholds", sa.Column("always", sa.LargeBinary(), nullable=True))
    op.add_column("thresholds", sa.Column("directions", sa.LargeBinary(), nullable=True))
    op.add_column("thresholds", sa.Column("reading", sa.JSON(), nullable=True))
    op.add_column("thresholds", sa.Column("watched", sa.Integer(), nullable=True))
    op.add_column("thresholds", sa.Column("labelled", sa.Integer(), nullable=True))
