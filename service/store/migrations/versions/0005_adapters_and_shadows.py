"""Site calibrations have an adapter, and can be compared in shadow with what a lift is judged by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thresholds", sa.Column("adapter", sa.LargeBinary(), nullable=True))
    op.add_column("thresholds", sa.Column("shadow", sa.Boolean(), nullable=False, server_default="0"))
    op.create_index(
        "ix_thresholds_one_shadow", "thresholds", ["lift_id"], unique=True, sqlite_where=sa.text("shadow")
    )
    op.add_column("passages", sa.Column("shadow_version", sa.Integer(), nullable=True))
    op.add_column("passages", sa.Column("shadow_verdict", sa.String(length=16), nullable=True))
    op.add_column("passages", sa.Column("shadow_confidence", sa.Float(), nullable=True))
    op.create_index(
        "ix_passages_shadow",
        "passages",
        ["lift_id", "shadow_version", "shadow_verdict", "verdict"],
        sqlite_where=sa.text("shadow_version IS NOT NULL"),
    )
