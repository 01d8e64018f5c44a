"""Joins industrial peers to the core: what they are shown of it, and outputs towards lifts' controls."""

from __future__ import annotations

from service.api.runtime import Runtime
from service.composition.core import Core
from service.industry.control.whole import LiftControls
from service.industry.plant import Plant
from service.industry.sight import Sight


def make_sight(core: Core) -> Sight:
    """Return what knows whether the service works and sees."""
    return Sight(core.pipeline, core.runtime.runners, core.runtime.engine)


def make_plant(runtime: Runtime, sight: Sight) -> Plant:
    """Return what industrial peers are shown."""
    return Plant(runtime.store, sight, runtime.settings.data, runtime.epoch)


def make_controls(runtime: Runtime, sight: Sight) -> LiftControls:
    """Return the outputs towards lifts' controls."""
    return LiftControls(runtime.store, sight.healthy, runtime.settings.networks_of_outputs())
