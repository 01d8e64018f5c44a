"""The clips of alarms as a part of the service."""

from __future__ import annotations

from service.clips.keeper import ClipKeeper
from service.composition.core import Core


def make_clips(core: Core) -> ClipKeeper:
    """Return what stores clips; where the disk has little room, they are given up before pictures."""
    runtime, settings = core.runtime, core.runtime.settings

    keeper = ClipKeeper(
        runtime.store,
        runtime.clips,
        core.clips,
        runtime.clip_rules,
        settings.rules_of_clips().most_bytes,
        runtime.pictures.space,
        runtime.clock,
        runtime.runners,
    )
    core.pipeline.maintenance.sooner.append(keeper.make_room)
    return keeper
