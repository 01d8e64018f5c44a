"""The demonstration's lifts: sample folders registered with what plays their recorded videos."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lifts.errors import LiftError
from lifts.folder import LiftFolder, read_lift_folder
from lifts.schema import MaskPair
from service.domain.errors import ConfigurationError
from service.inference.enrolment import enrol
from service.store import lifts, masks
from service.usecases.camera_urls import check_camera_url
from service.usecases.enrolment import store_masks
from service.usecases.parts import ServiceParts
from service.usecases.samples import video_of


def enrol_samples(parts: ServiceParts, folders: Sequence[Path], cameras: str | None = None) -> None:
    """Register the sample lifts, and enrol their masks unless the same ones are active already.

    Args:
        parts: the service to register them with.
        folders: the samples'.
        cameras: address below which each one's video is a live stream; without it the files are the cameras.

    Raises:
        ConfigurationError: a folder is damaged, or the address is not a camera's.
        EnrolmentError: its masks are refused.
    """
    for folder in folders:
        try:
            sample = read_lift_folder(folder)
        except LiftError as error:
            raise ConfigurationError(str(error)) from error
        if cameras is None:
            _register(parts, sample, str(video_of(folder)))
        else:
            address = f"{cameras.rstrip('/')}/{sample.lift.id}"
            check_camera_url(address, allow_files=False)
            _register(parts, sample, address)


def _register(parts: ServiceParts, sample: LiftFolder, url: str) -> None:
    lift = sample.lift
    if lift.camera is None:
        raise ConfigurationError(f"sample lift {lift.id}: no camera in lift.toml")
    lift = lift.model_copy(update={"camera": lift.camera.model_copy(update={"url": url})})
    parts.store.write(partial(lifts.put, lift=lift)).result()
    with parts.store.reading() as session:
        active = masks.active(session, lift.id)
    if active is not None and _same(active.masks, sample.masks):
        parts.masks_changed(lift.id)
        return
    version = enrol(lift.id, sample.masks.open, sample.masks.close, sample.references, parts.engine)
    store_masks(parts, lift, version)


def _same(first: MaskPair, second: MaskPair) -> bool:
    return bool((first.open == second.open).all() and (first.close == second.close).all())
