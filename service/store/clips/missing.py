"""Takes note of clips whose files are gone, so that no link stays broken and the audit says since when."""

from __future__ import annotations

from functools import partial

import structlog

from service.domain.evidence.clip import NoClip
from service.store.clips import rows
from service.store.clips.folder import ClipFolder
from service.store.database import Store

log = structlog.get_logger(__name__)

STEP = 20


def note_missing(store: Store, folder: ClipFolder) -> int:
    """Note each clip that is recorded and not there; return how many. Raises StoreError.

    None on a shared store: another service may have it on its own disk still.
    """
    if folder.files.is_shared:
        return 0
    with store.reading() as session:
        named = rows.named(session)
    gone = [alarm_id for alarm_id, file in named.items() if not folder.exists(file)]
    for first in range(0, len(gone), STEP):
        some = gone[first : first + STEP]
        store.write(partial(rows.take_away, alarm_ids=some, why=NoClip.MISSING)).result()
    if gone:
        log.warning("clips that were stored are gone", count=len(gone))
    return len(gone)
