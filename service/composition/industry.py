"""Joins industrial peers to the core: what they are shown, outputs towards lifts' controls, their inputs."""

from __future__ import annotations

from service.api.runtime import Runtime
from service.composition.core import Core
from service.industry.control.whole import LiftControls
from service.industry.inputs.whole import LiftInputs
from service.industry.plant import Plant
from service.industry.sight import ServiceMarks, Sight


def make_marks(runtime: Runtime) -> ServiceMarks:
    """Return what knows which lifts are out of service."""
    return ServiceMarks(runtime.store, runtime.clock.now, runtime.runners)


def make_sight(core: Core, marks: ServiceMarks) -> Sight:
    """Return what knows whether the service works and sees."""
    return Sight(core.pipeline, core.runtime.runners, core.runtime.engine, marks.in_service)


def make_plant(runtime: Runtime, sight: Sight) -> Plant:
    """Return what industrial peers are shown."""
    return Plant(runtime.store, sight, runtime.settings.data, runtime.epoch)


def make_inputs(core: Core, plant: Plant) -> LiftInputs:
    """Return what lifts' controls tell; it holds back or adds to what the pipeline gets from cameras."""
    runtime, pipeline = core.runtime, core.pipeline
    inputs = LiftInputs(
        runtime.store,
        pipeline.take,
        runtime.settings.networks_of_outputs(),
        runtime.vault.credentials,
        plant.identity,
    )
    runtime.runners.add(inputs.runner)
    pipeline.holds_back = inputs.holds_back
    return inputs


def make_controls(runtime: Runtime, sight: Sight) -> LiftControls:
    """Return the outputs towards lifts' controls."""
    return LiftControls(runtime.store, sight.healthy, runtime.settings.networks_of_outputs())
