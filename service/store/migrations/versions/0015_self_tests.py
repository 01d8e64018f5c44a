"""Self-tests of lifts, and their passages as the live path committed them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "self_tests",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("lift_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
    )
    op.create_index("ix_self_tests_number", "self_tests", ["lift_id", "number"], unique=True)
    op.create_table(
        "self_test_passages",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("self_test", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
    )
    op.create_index("ix_self_test_passages_self_test", "self_test_passages", ["self_test"])
