"""The numbers and names in an alarm's message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("parameters", sa.JSON(), nullable=False, server_default="{}"))
