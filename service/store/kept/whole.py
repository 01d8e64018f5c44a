"""The evidence of one data folder: pictures and clips, on its own disk or on a shared store."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from service.store.clips.folder import CLIPS, ClipFolder
from service.store.evidence.files import EvidenceFiles, LocalFiles, Removals
from service.store.evidence.remote import EvidenceAddress, RemoteStore
from service.store.evidence.shared import SharedFiles
from service.store.pictures import PICTURES, Pictures

REMOVALS = "evidence-removals"
SPOOL_BYTES = 2_000_000_000
CLIPS_SHARE = 0.5
"""Of the spool: clips are larger and decide nothing, so they give way first."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Where pictures and clips are. shared: what is sent to the shared store, `remote`; none without one."""

    pictures: Pictures
    clips: ClipFolder
    remote: RemoteStore | None = None
    shared: tuple[SharedFiles, ...] = ()
    removals: Removals | None = None
    wake: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(
        cls, data: Path, address: EvidenceAddress | None = None, spool_bytes: int = SPOOL_BYTES
    ) -> Evidence:
        """Return the evidence of a data folder; nothing is dialled.

        Args:
            data: the folder. address: of the shared store; None: there is none.
            spool_bytes: how much may wait here for it.

        Raises:
            ConfigurationError: the address cannot be one, or what reaches it is not installed.
        """
        if address is None:
            return cls(Pictures(data), ClipFolder(data))
        remote, removals, wake = RemoteStore(address), Removals(Path(data) / REMOVALS), threading.Event()

        def shared(kind: str, most_bytes: float) -> SharedFiles:
            return SharedFiles(kind, LocalFiles(Path(data) / kind), remote, removals, int(most_bytes), wake)

        pictures, clips = shared(PICTURES, spool_bytes), shared(CLIPS, spool_bytes * CLIPS_SHARE)
        return cls(
            Pictures(data, pictures), ClipFolder(data, clips), remote, (pictures, clips), removals, wake
        )


def files_of(data: Path, address: EvidenceAddress | None = None) -> tuple[EvidenceFiles, EvidenceFiles]:
    """Return a data folder's pictures and clips for one who only reads; nothing is made there.

    Raises:
        ConfigurationError: as `Evidence.of`.
    """
    own = LocalFiles(Path(data) / PICTURES), LocalFiles(Path(data) / CLIPS)
    if address is None:
        return own
    remote, removals = RemoteStore(address), Removals(Path(data) / REMOVALS)
    pictures, clips = (
        SharedFiles(files.folder.name, files, remote, removals, 0, threading.Event()) for files in own
    )
    return pictures, clips
