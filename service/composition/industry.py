"""Joins industrial peers to the core: what they are shown of it."""

from __future__ import annotations

from service.composition.core import Core
from service.industry.plant import Plant
from service.industry.sight import Sight


def make_plant(core: Core) -> Plant:
    """Return what industrial peers are shown."""
    runtime = core.runtime
    sight = Sight(core.pipeline, runtime.runners, runtime.engine)
    return Plant(runtime.store, sight, runtime.settings.data, runtime.epoch)
