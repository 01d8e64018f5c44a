"""Before an output tries a later alarm than one that is refused, its cursor says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("output_cursors", sa.Column("passed", sa.Integer(), nullable=False, server_default="0"))
