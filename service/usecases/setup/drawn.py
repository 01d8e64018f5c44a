"""The masks of a set-up as a person has drawn them so far, kept until they are enrolled."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lifts.drawing.lines import Drawing
from service.domain.errors import NotFoundError
from service.setup.jobs.state import SetupJob
from service.usecases.setup.kept import KeptSetups


class DrawnMasks(BaseModel):
    """Both masks as lines; job_id: of the set-up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_id: str
    open: Drawing
    close: Drawing


def find_drawn(kept: KeptSetups, lift_id: str) -> DrawnMasks:
    """Return what was drawn. Raises NotFoundError, with the code `nothing_drawn` where nothing was yet."""
    job = kept.get(lift_id)
    try:
        found = DrawnMasks.model_validate_json(_path(kept, job).read_bytes())
    except (OSError, ValidationError):
        found = None
    if found is None or found.job_id != job.job_id:
        raise NotFoundError(f"nothing was drawn for lift {lift_id!r} yet", "nothing_drawn")
    return found


def keep_drawn(kept: KeptSetups, lift_id: str, opened: Drawing, closed: Drawing) -> DrawnMasks:
    """Keep what was drawn, in place of what was before. Raises NotFoundError: there is no set-up."""
    job = kept.get(lift_id)
    drawn = DrawnMasks(job_id=job.job_id, open=opened, close=closed)
    kept.replace(_path(kept, job), drawn.model_dump_json().encode())
    return drawn


def _path(kept: KeptSetups, job: SetupJob) -> Path:
    return kept.folder(job.lift_id) / "drawn.json"
