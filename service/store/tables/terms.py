"""Conditions of partial indexes, as SQL: a query uses such an index only if it states the same condition.

A parameter will not do, for its value is unknown when the query is planned. The migrations hold copies: who
changes one here writes a migration.
"""

from __future__ import annotations

BAR_OPEN = "kind = 'bar_open'"
OPEN_HEALTH = "state != 'cleared' AND kind != 'bar_open'"
ATTENTION = "state != 'cleared' AND NOT (state = 'acknowledged' AND kind IN ('bar_open', 'service_down'))"
"""Alarms that stand: conditions that are not over, and moments that nobody has acknowledged."""

GROUPED = "group_id IS NOT NULL"
ON_THE_WAY = "kind = 'bar_open' AND ended_at IS NULL AND announced_at IS NOT NULL"
"""Alarms of the bar that have not ended yet, without those that were done before there were ends."""

REVIEWED = "review IS NOT NULL"
HAS_FILES = "has_files = 1"
