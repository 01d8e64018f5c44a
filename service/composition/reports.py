"""Joins what is noted for reports to the core."""

from __future__ import annotations

from service.composition.core import Core
from service.industry.sight import Sight
from service.reports.looking import Looking
from service.reports.watch_log import WatchLog


def make_watch_log(core: Core, sight: Sight) -> WatchLog:
    """Return what notes when each lift is watched."""
    runtime, cameras = core.runtime, core.cameras
    looks = Looking(
        runtime.store,
        sight,
        core.pipeline.conditions.standing,
        lambda lift_id: cameras.status(lift_id) is not None,
    )
    return WatchLog(runtime.store, looks, runtime.clock.now, runtime.runners)
