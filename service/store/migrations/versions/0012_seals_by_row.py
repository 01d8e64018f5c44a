"""The newest seal of a row is found by an index: so old ones can go."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_seals_row", "seals", ["tbl", "key"])
