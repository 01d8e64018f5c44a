"""Site calibrations know the clusters of a lift's empty and occupied carriers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thresholds", sa.Column("seats", sa.JSON(), nullable=True))
