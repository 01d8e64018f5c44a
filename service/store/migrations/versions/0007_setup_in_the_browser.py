"""Versions of tracks, set-up jobs, and cameras' passwords."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "track_versions",
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("track", sa.JSON(), nullable=False),
        sa.Column("mask_version", sa.Integer(), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lift_id"], ["lifts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lift_id", "version"),
    )
    op.create_index(
        "ix_track_versions_one_active",
        "track_versions",
        ["lift_id"],
        unique=True,
        sqlite_where=sa.text("active"),
    )
    # Every lift keeps the track that it has, as its first version. A damaged row is left alone.
    # A database that holds any is a file of SQLite, as all of that time were.
    if op.get_bind().execute(sa.text("SELECT count(*) FROM lifts")).scalar():
        op.execute(
            "INSERT INTO track_versions (lift_id, version, track, active, created_at)"
            " SELECT id, 1, json_extract(config, '$.track'), 1, updated_at FROM lifts"
            " WHERE typeof(config) = 'text' AND json_valid(config)"
            " AND json_type(config, '$.track') = 'object'"
        )
    op.create_table(
        "setup_jobs",
        sa.Column("lift_id", sa.String(length=64), nullable=False),
        sa.Column("job", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lift_id"),
    )
    op.create_table(
        "camera_secrets",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
