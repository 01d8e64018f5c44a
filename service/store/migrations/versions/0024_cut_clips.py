"""A clip says when the service ended before all of it had come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clips", sa.Column("cut_short", sa.Boolean(), nullable=False, server_default=sa.false()))
