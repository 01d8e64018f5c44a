"""The demonstration's lifts: sample folders registered with their recorded videos in place of cameras."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lifts.errors import LiftError
from lifts.folder import LiftFolder, read_lift_folder
from lifts.schema import MaskPair
from service.api.routes.masks import store_masks
from service.api.runtime import Runtime
from service.commands.samples import video_of
from service.errors import ConfigurationError
from service.inference.enrolment import enrol
from service.store import lifts, masks


def enrol_samples(runtime: Runtime, folders: Sequence[Path]) -> None:
    """Register the sample lifts, and enrol their masks unless the same ones are active already.

    Raises:
        ConfigurationError: a folder is damaged.
        EnrolmentError: its masks are refused.
    """
    for folder in folders:
        try:
            sample = read_lift_folder(folder)
        except LiftError as error:
            raise ConfigurationError(str(error)) from error
        _register(runtime, sample, video_of(folder))


def _register(runtime: Runtime, sample: LiftFolder, video: Path) -> None:
    lift = sample.lift
    if lift.camera is None:
        raise ConfigurationError(f"sample lift {lift.id}: no camera in lift.toml")
    lift = lift.model_copy(update={"camera": lift.camera.model_copy(update={"url": str(video)})})
    runtime.store.write(partial(lifts.put, lift=lift)).result()
    with runtime.store.reading() as session:
        active = masks.active(session, lift.id)
    if active is not None and _same(active.masks, sample.masks):
        runtime.masks_changed(lift.id)
        return
    version = enrol(lift.id, sample.masks.open, sample.masks.close, sample.references, runtime.engine)
    store_masks(runtime, lift, version)


def _same(first: MaskPair, second: MaskPair) -> bool:
    return bool((first.open == second.open).all() and (first.close == second.close).all())
