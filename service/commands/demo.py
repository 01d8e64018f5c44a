"""`barwatch demo`: the service with the sample lifts, their recorded videos in place of cameras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from lifts.errors import LiftError
from lifts.folder import read_lift_folder
from service.api.routes.masks import store_masks
from service.api.runtime import Runtime
from service.app import Service
from service.commands.samples import sample_folders, video_of
from service.errors import ConfigurationError
from service.inference.enrolment import enrol
from service.logs import set_up_logging
from service.settings import load_settings
from service.store import lifts, masks
from service.types import Role

DATA = Path("data") / "demo"


def run_demo(data: Path | None, **options: Any) -> None:
    """Serve the sample lifts until told to stop; prints one link that signs in.

    Raises:
        BarwatchError: it cannot start; the message says why.
    """
    folders = sample_folders()
    if not folders:
        raise ConfigurationError("no sample lifts are installed beside the package `lifts`")
    settings = load_settings(data=data or DATA, allow_file_cameras=True, **options)
    set_up_logging("warning" if settings.log_level == "info" else settings.log_level, settings.log_json)
    service = Service(
        settings, prepare=lambda runtime: enrol_samples(runtime, folders), on_ready=_say_link, loop_files=True
    )
    typer.echo(f"Starting the demonstration with {len(folders)} sample lifts …", err=True)
    service.run()


def enrol_samples(runtime: Runtime, folders: list[Path]) -> None:
    """Register the sample lifts with their videos as cameras, and their masks unless they are active already.

    Raises:
        ConfigurationError: a folder is damaged.
    """
    for folder in folders:
        try:
            sample = read_lift_folder(folder)
        except LiftError as error:
            raise ConfigurationError(str(error)) from error
        if sample.lift.camera is None:
            raise ConfigurationError(f"{folder}: lift.toml has no camera")
        camera = sample.lift.camera.model_copy(update={"url": str(video_of(folder))})
        lift = sample.lift.model_copy(update={"camera": camera})
        runtime.store.write(lambda session, lift=lift: lifts.put(session, lift)).result()
        with runtime.store.reading() as session:
            active = masks.active(session, lift.id)
        if active is not None and _same(active.masks, sample.masks):
            runtime.masks_changed(lift.id)
            continue
        version = enrol(lift.id, sample.masks.open, sample.masks.close, sample.references, runtime.engine)
        store_masks(runtime, lift, version)


def _same(first: Any, second: Any) -> bool:
    return bool((first.open == second.open).all() and (first.close == second.close).all())


def _say_link(service: Service) -> None:
    link = service.sign_in_link("demonstration", Role.ADMIN)
    typer.echo(f"\nThe demonstration runs. Open this link (it signs in once):\n\n    {link}\n")
