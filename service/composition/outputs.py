"""Joins the outputs to the core: what they may know of the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from lifts.schema import Lift
from service.api.runtime import Runtime
from service.api.schemas.alarms import AlarmOut
from service.domain.alarm import Alarm
from service.domain.errors import DamagedError, NotFoundError
from service.domain.health import Health
from service.industry.plant import Plant
from service.outputs.base.output import Surroundings
from service.outputs.push.book import PushBook
from service.outputs.whole import Outputs
from service.store import alarms, lifts, passages

MOST_STANDING = 500


def make_book(runtime: Runtime) -> PushBook:
    """Return the browsers that alarms are pushed to."""
    return PushBook(runtime.store, runtime.vault.ring, runtime.gate.sessions.now)


def make_outputs(
    runtime: Runtime,
    take: Callable[[Health], object],
    plant: Plant | None = None,
    book: PushBook | None = None,
) -> Outputs:
    """Return the outputs of a service; take: takes changes in health; plant: what servers show."""
    return Outputs(
        runtime.store,
        runtime.vault.ring,
        replace(surroundings_of(runtime, plant), push=book),
        take,
        runtime.runners,
        behind_s=runtime.settings.output_behind_s,
    )


def surroundings_of(runtime: Runtime, plant: Plant | None = None) -> Surroundings:
    """Return what outputs may know."""
    settings = runtime.settings
    own = f"http://{'127.0.0.1' if settings.host in {'0.0.0.0', '::'} else settings.host}:{settings.port}"  # noqa: S104
    return Surroundings(
        epoch=runtime.epoch,
        page=(settings.public_url or own) + settings.root_path,
        describe=partial(_described, root_path=settings.root_path),
        standing=partial(_standing, runtime),
        lifts=partial(_lifts, runtime),
        picture=partial(_picture, runtime),
        networks=settings.networks_of_outputs(),
        plant=plant,
        language=settings.language,
        zone=settings.calendar().zone,
    )


def _described(alarm: Alarm, root_path: str) -> dict[str, Any]:
    return AlarmOut.of(alarm, root_path).model_dump(mode="json")


def _standing(runtime: Runtime) -> tuple[Alarm, ...]:
    with runtime.store.reading() as session:
        return alarms.listing(session, standing=True, limit=MOST_STANDING).items


def _lifts(runtime: Runtime) -> tuple[Lift, ...]:
    with runtime.store.reading() as session:
        return lifts.listing(session)


def _picture(runtime: Runtime, alarm: Alarm) -> bytes | None:
    """Return the last picture of an alarm's passage, None if there is none (any more)."""
    if alarm.passage_id is None:
        return None
    try:
        with runtime.store.reading() as session:
            kept = passages.get(session, alarm.passage_id).pictures
    except (NotFoundError, DamagedError):
        return None
    file = next((each.file for each in reversed(kept) if each.file is not None), None)
    return None if file is None else runtime.pictures.content(file)
