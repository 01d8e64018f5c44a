"""Alarms and their outbox: each new or changed alarm takes the next `seq` in the transaction of the change.

Which change is allowed is not decided here but in service.alarms.
"""

from service.store.alarms.changes import change, clip_url, hold, replace_evidence, show_clip
from service.store.alarms.history import outbox
from service.store.alarms.queries import MAX_PAGE, below, get, listing, shelved_since, standing
from service.store.alarms.raising import raise_alarm
from service.store.alarms.restoring import find_damaged, restore
from service.store.alarms.rows import last_seq

__all__ = [
    "MAX_PAGE",
    "below",
    "change",
    "clip_url",
    "find_damaged",
    "get",
    "hold",
    "last_seq",
    "listing",
    "outbox",
    "raise_alarm",
    "replace_evidence",
    "restore",
    "shelved_since",
    "show_clip",
    "standing",
]
