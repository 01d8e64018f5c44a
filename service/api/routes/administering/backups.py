"""Backups: which there are, make one, verify one, take one away."""

from __future__ import annotations

import shlex
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from service.administration.backups import BackupDesk
from service.api.deps import ADMIN, PROVEN, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.administering.backups import (
    BackupJobOut,
    BackupOut,
    BackupOutcomeOut,
    BackupPlanOut,
    BackupsOut,
)

router = APIRouter(prefix="/backups", tags=["backups"])

Name = Annotated[str, Path(max_length=100, description="The backup's file.")]


@router.get("", summary="The backups there are", dependencies=ADMIN, responses=responses(401, 403, 503))
def list_backups(runtime: RuntimeDep) -> BackupsOut:
    """Give them, the newest first, with what is being done and how to bring one back."""
    return _shape(runtime)


@router.post(
    "",
    summary="Make a backup now",
    status_code=202,
    dependencies=ADMIN,
    responses=responses(401, 403, 409, 503),
)
def make(runtime: RuntimeDep) -> BackupsOut:
    """Begin one, with the pictures and clips that scheduled ones have; none is deleted for it.

    It takes as long as the data folder is large; `now` is null once it is over, and `last` says how it went.
    """
    runtime.parts.of(BackupDesk).make()
    return _shape(runtime)


@router.post(
    "/{name}/verify",
    summary="Verify a backup",
    status_code=202,
    dependencies=ADMIN,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def verify(name: Name, runtime: RuntimeDep) -> BackupsOut:
    """Begin to read all of it, and compare it with the digest at its end."""
    runtime.parts.of(BackupDesk).verify(name)
    return _shape(runtime)


@router.get(
    "/{name}",
    summary="A backup's file",
    dependencies=[*ADMIN, *PROVEN],
    response_class=FileResponse,
    responses={
        200: {
            "content": {"application/x-tar": {}},
            "description": "All of it: people, tokens' hashes, pictures.",
        },
        206: {"content": {"application/x-tar": {}}, "description": "The part that `Range` asks for."},
        **responses(401, 403, 404, 409, 416, 422, 503),
    },
)
def download(name: Name, runtime: RuntimeDep) -> FileResponse:
    """Give the file, to be kept elsewhere; it is noted. 409 `backup_with_keys` for one that holds keys."""
    path = runtime.parts.of(BackupDesk).taken(name)
    return FileResponse(
        path, filename=name, media_type="application/x-tar", headers={"Cache-Control": "private, no-store"}
    )


def _shape(runtime: Runtime) -> BackupsOut:
    desk, settings = runtime.parts.of(BackupDesk), runtime.settings
    plan, now = desk.plan, desk.now
    found = desk.listing()
    command = ["barwatch", "restore", str(plan.folder / found[0].name)] if found else []
    command += ["--data", str(settings.data), "--force"] if found else []
    return BackupsOut(
        items=[BackupOut.model_validate(one) for one in found],
        plan=BackupPlanOut(
            folder=str(plan.folder), hour=plan.hour, keep=plan.keep, pictures=plan.pictures, clips=plan.clips
        ),
        now=None
        if now is None
        else BackupJobOut(work=now.work, name=now.name, begun_at=now.begun_at, by=now.by.name),
        last=None if desk.last is None else BackupOutcomeOut.model_validate(desk.last),
        restore=shlex.join(command),
    )
