"""The masks of a set-up as a person has drawn them so far, kept until they are enrolled."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lifts.drawing.lines import Drawing
from service.domain.errors import ChangedElsewhereError, NotFoundError
from service.setup.jobs.state import SetupJob
from service.usecases.setup.kept import KeptSetups


class DrawnMasks(BaseModel):
    """Both masks as lines; job_id: of the set-up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_id: str
    open: Drawing
    close: Drawing

    @property
    def tag(self) -> str:
        """Return what differs whenever something else was drawn, for ETag."""
        digest = hashlib.blake2b(self.model_dump_json().encode(), digest_size=12)
        return f'"{digest.hexdigest()}"'


def find_drawn(kept: KeptSetups, lift_id: str) -> DrawnMasks:
    """Return what was drawn. Raises NotFoundError, with the code `nothing_drawn` where nothing was yet."""
    found = _found(kept, kept.get(lift_id))
    if found is None:
        raise NotFoundError(f"nothing was drawn for lift {lift_id!r} yet", "nothing_drawn")
    return found


def keep_drawn(
    kept: KeptSetups,
    lift_id: str,
    opened: Drawing,
    closed: Drawing,
    *,
    instead_of: str | None = None,
    first: bool = False,
) -> DrawnMasks:
    """Keep what was drawn, in place of what was before.

    Args:
        kept: the set-ups.
        lift_id: the lift's.
        opened, closed: both masks.
        instead_of: the tag of what it was drawn from; None: it takes the place of anything.
        first: nothing may have been drawn before.

    Raises:
        NotFoundError: there is no set-up.
        ChangedElsewhereError: something else was drawn meanwhile, which stays.
    """
    job = kept.get(lift_id)
    drawn = DrawnMasks(job_id=job.job_id, open=opened, close=closed)

    def check() -> None:
        now = _found(kept, job)
        if (first and now is not None) or (instead_of is not None and (now is None or now.tag != instead_of)):
            raise ChangedElsewhereError("these masks were drawn elsewhere meanwhile", "drawn_elsewhere")

    kept.replace(_path(kept, job), drawn.model_dump_json().encode(), check)
    return drawn


def _found(kept: KeptSetups, job: SetupJob) -> DrawnMasks | None:
    try:
        found = DrawnMasks.model_validate_json(_path(kept, job).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if found.job_id == job.job_id else None


def _path(kept: KeptSetups, job: SetupJob) -> Path:
    return kept.folder(job.lift_id) / "drawn.json"
