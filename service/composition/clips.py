"""The clips of alarms as a part of the service."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.clips.keeper import ClipKeeper
from service.composition.core import Core
from service.domain.evidence.clip import ClipRules
from service.store import lifts
from service.store.clips.folder import ClipFolder


def make_clips(core: Core) -> ClipKeeper:
    """Return what stores clips; where the disk has little room, they are given up before pictures."""
    runtime, settings = core.runtime, core.runtime.settings

    def rules_of(session: Session, lift_id: str) -> ClipRules:
        hides = lifts.hides_people(session, lift_id, settings.privacy == "blur")
        return settings.rules_of_clips("blur" if hides else "none")

    keeper = ClipKeeper(
        runtime.store,
        ClipFolder(settings.data),
        core.clips,
        rules_of,
        settings.rules_of_clips().most_bytes,
        runtime.pictures.space,
        runtime.clock,
        runtime.runners,
    )
    core.pipeline.maintenance.sooner.append(keeper.make_room)
    return keeper
