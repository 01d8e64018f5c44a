"""Users, links that sign them in, and what is known of tokens and sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("lifts", sa.JSON(), nullable=True))
    for name in ("expires_at", "used_at"):
        op.add_column("tokens", sa.Column(name, sa.DateTime(), nullable=True))
    op.add_column("sessions", sa.Column("user_id", sa.String(length=16), nullable=True))
    for name in ("created_at", "used_at", "proven_at"):
        op.add_column("sessions", sa.Column(name, sa.DateTime(), nullable=True))
    for name, length in (("address", 64), ("agent", 200)):
        op.add_column(
            "sessions", sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("folded", sa.String(length=128), nullable=False),
        sa.Column("grants", sa.JSON(), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("factor", sa.LargeBinary(), nullable=True),
        sa.Column("factor_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("recovery", sa.JSON(), nullable=True),
        sa.Column("subject", sa.String(length=400), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_users_folded", "users", ["folded"], unique=True)
    op.create_index("ix_users_subject", "users", ["subject"], unique=True)
    op.create_table(
        "sign_in_links",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256"),
    )
