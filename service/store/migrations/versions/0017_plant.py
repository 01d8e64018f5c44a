"""What belongs to a lift's control: slots of registers, outputs towards it, inputs from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plant",
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("control", sa.JSON(), nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("lift_id"),
        sa.UniqueConstraint("slot"),
    )


def downgrade() -> None:
    op.drop_table("plant")
