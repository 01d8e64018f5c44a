"""Carriers, calls of alarms and times of watching are kept for reports; what is there already is counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NAMES = [
    f"{verdict}_{seat}"
    for verdict in ("open", "closed", "unknown")
    for seat in ("occupied", "unclear", "empty")
]


def upgrade() -> None:
    for table in ("carrier_counts", "fresh_counts"):
        op.create_table(
            table,
            sa.Column("lift_id", sa.String(64), primary_key=True),
            sa.Column("quarter", sa.Integer(), primary_key=True, autoincrement=False),
            *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in NAMES),
        )
    op.create_index("ix_carrier_counts_quarter", "carrier_counts", ["quarter"])
    op.create_table(
        "alarm_calls",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("alarm_id", sa.String(64), nullable=False),
        sa.Column("lift_id", sa.String(64), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_alarm_calls_at", "alarm_calls", ["at"])
    op.create_index("ix_alarm_calls_alarm_id", "alarm_calls", ["alarm_id", "seq"])
    op.create_table(
        "watch_spans",
        sa.Column("row", sa.Integer(), primary_key=True),
        sa.Column("lift_id", sa.String(64), nullable=False),
        sa.Column("begin", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("camera", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_watch_spans_lift_id_begin", "watch_spans", ["lift_id", "begin"])
    op.create_index("ix_watch_spans_begin", "watch_spans", ["begin"])
    _count()


def _count() -> None:
    """Count what is whole: passages and alarms from after the last one that was deleted."""
    connection = op.get_bind()
    any_of = [sa.select(sa.literal(1)).select_from(sa.table(table)).limit(1) for table, _ in _KEPT.values()]
    if any(connection.execute(query).first() for query in any_of):
        since = {name: _whole_since(*of) for name, of in _KEPT.items()}
        connection.execute(sa.text(_CARRIERS), {"since": since["carriers"]})
        connection.execute(sa.text(_CALLS), {"since": since["alarms"]})
    else:  # a new database, of whichever kind; an older one is a file of SQLite
        since = dict.fromkeys(_KEPT, _text_of(int(datetime.now(UTC).timestamp()) // 900))
    aware = {name: f"{at.replace(' ', 'T')}Z" for name, at in since.items()}
    note = sa.text("INSERT INTO meta (key, value) VALUES ('reports_since', :value)")
    connection.execute(note, {"value": json.dumps(aware)})


_KEPT = {"carriers": ("passages", "seen_at"), "alarms": ("alarms", "raised_at")}


def _whole_since(table: str, time: str) -> str:
    """Return from when no row is missing, the beginning of a quarter of an hour.

    Rows are numbered one after the other: where a number is missing, its row was deleted.
    """
    connection = op.get_bind()
    gap = (
        f"SELECT max(row) FROM {table} AS here WHERE row > 1"  # noqa: S608 - our own tables
        f" AND NOT EXISTS (SELECT 1 FROM {table} AS before WHERE before.row = here.row - 1)"
    )
    after_gap = connection.execute(sa.text(gap)).scalar()
    if after_gap is None:
        first = connection.execute(sa.text(f"SELECT {_quarter(f'min({time})')} FROM {table}")).scalar()  # noqa: S608
        quarter = int(first) if first is not None else int(datetime.now(UTC).timestamp()) // 900
    else:
        # Rows that were reported late lie behind younger ones.
        newest = f"SELECT {_quarter(f'max({time})')} FROM {table} WHERE row <= :row"  # noqa: S608
        found = connection.execute(sa.text(newest), {"row": after_gap}).scalar()
        quarter = (int(found) if found is not None else int(datetime.now(UTC).timestamp()) // 900) + 1
    return _text_of(quarter)


def _text_of(quarter: int) -> str:
    return f"{datetime.fromtimestamp(quarter * 900, UTC):%Y-%m-%d %H:%M:%S.%f}"


def _quarter(time: str) -> str:
    return f"CAST(strftime('%s', {time}) AS INTEGER) / 900"


_SEAT = """CASE
  WHEN occupied THEN 'occupied'
  WHEN json_valid(judgement) AND json_extract(judgement, '$.seat_unclear') THEN 'unclear'
  WHEN verdict = 'unknown' THEN 'unclear' ELSE 'empty' END"""

_CARRIERS = f"""
INSERT INTO carrier_counts (lift_id, quarter, {", ".join(NAMES)})
SELECT lift_id, {_quarter("seen_at")} AS quarter,
  {", ".join(f"coalesce(sum(carriers) FILTER (WHERE what = '{name}'), 0)" for name in NAMES)}
FROM (
  SELECT lift_id, seen_at, carriers, verdict || '_' || {_SEAT} AS what FROM passages WHERE seen_at >= :since
) WHERE strftime('%s', seen_at) IS NOT NULL GROUP BY 1, 2
"""  # noqa: S608 - our own columns

_CALLS = """
INSERT INTO alarm_calls (seq, alarm_id, lift_id, kind, priority, at, acknowledged_at)
SELECT called.seq, called.alarm_id, alarms.lift_id, alarms.kind, 5 - alarms.urgency, called.at,
  (SELECT min(seen.at) FROM alarm_events AS seen
   WHERE seen.alarm_id = called.alarm_id AND seen.action = 'acknowledge' AND seen.seq > called.seq
     AND NOT EXISTS (
       SELECT 1 FROM alarm_events AS again WHERE again.alarm_id = called.alarm_id
         AND again.action IN ('raise', 'realarm', 'unsuppress')
         AND again.seq > called.seq AND again.seq < seen.seq))
FROM alarm_events AS called JOIN alarms ON alarms.id = called.alarm_id
WHERE called.action IN ('raise', 'realarm', 'unsuppress') AND called.at >= :since
  AND json_valid(called.alarm) AND json_extract(called.alarm, '$.state') = 'active'
"""
