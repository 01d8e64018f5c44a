"""Lifts' set-ups as they are kept: the job in the database, recording and pictures in a folder."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lifts.schema import Camera, Lift
from service.domain.errors import ConflictError, NotFoundError
from service.host.clocks.wall_clock import WallClock
from service.setup.jobs.messages import RECORDING
from service.setup.jobs.state import SetupJob, SetupProblem, SetupState
from service.store import lifts
from service.store.database import Store
from service.store.setup import jobs

SIZE = (1280, 720)
"""What a camera's size is taken for before it is known."""


NEEDED_BYTES = 600_000_000
"""Free space to begin with: three minutes of a camera with 16 Mbit/s are 360 MB."""

RECORDINGS_KEPT_S = 7 * 24 * 3600.0
"""What a camera sent is personal data: for so long a track can be corrected and masks be drawn by it, then it
is deleted."""


class KeptSetups:
    """The jobs of one data folder. Safe from any thread; whoever changes a job holds the board's lock.

    Args:
        data_dir: each lift's recording and pictures go into a folder of its own, below `setup`.
        store: keeps the jobs.
    """

    def __init__(self, data_dir: Path, store: Store) -> None:
        self._folder, self._store = Path(data_dir) / "setup", store
        self._writing = threading.Lock()
        self._clock: WallClock | None = None

    def follow(self, clock: WallClock) -> None:
        """Delete nothing by its age while this clock is in doubt."""
        self._clock = clock

    def listing(self) -> list[SetupJob]:
        """Return every job that can be read. Raises StoreError."""
        with self._store.reading() as session:
            return jobs.listing(session)

    def find(self, lift_id: str) -> SetupJob | None:
        """Return a lift's job; None if it has none. Raises DamagedError, StoreError."""
        with self._store.reading() as session:
            return jobs.get(session, lift_id)

    def get(self, lift_id: str) -> SetupJob:
        """Return a lift's job. Raises NotFoundError, DamagedError, StoreError."""
        job = self.find(lift_id)
        if job is None:
            raise NotFoundError(f"lift {lift_id!r} is not being set up", "no_setup")
        return job

    def put(self, job: SetupJob) -> SetupJob:
        """Store a job in place of the one before; returns it. Raises StoreError."""
        self._store.write(partial(jobs.put, job=job)).result()
        return job

    def check_room(self) -> None:
        """Refuse to record where the disk has little room: alarms need it. Raises ConflictError."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(self._folder.parent).free) < NEEDED_BYTES:
            raise ConflictError("too little room on the disk for a recording", "no_space", free_bytes=free)

    def delete(self, lift_id: str) -> None:
        """Delete a job with all that it left. Raises StoreError."""
        self._store.write(partial(jobs.delete, lift_id=lift_id)).result()
        self.clear(lift_id)

    def clear(self, lift_id: str) -> None:
        """Delete a lift's recording and pictures."""
        shutil.rmtree(self.folder(lift_id), ignore_errors=True)

    def purge(self) -> None:
        """Delete recordings, and pictures cut out of them, that are too old; not by a time in doubt."""
        if self._clock is not None and self._clock.jump_s:
            return
        for path in (*self._folder.glob(f"*/{RECORDING}"), *self._folder.glob("*/*/*.jpg")):
            with contextlib.suppress(FileNotFoundError):  # gone meanwhile
                if time.time() - path.stat().st_mtime > RECORDINGS_KEPT_S:
                    path.unlink()

    def folder(self, lift_id: str) -> Path:
        """Return where a lift's recording and pictures are."""
        return self._folder / lift_id

    def pictures(self, job: SetupJob) -> Path:
        """Return where the pictures of a job's carriers are."""
        return self.folder(job.lift_id) / str(job.revision)

    def replace(self, path: Path, content: bytes, check: Callable[[], object] = lambda: None) -> None:
        """Put a file in place of another, complete or not at all. Raises OSError.

        check: called first, while nobody else replaces a file; what it raises keeps the old one.
        """
        with self._writing:  # two at once would take each other's
            check()
            path.parent.mkdir(parents=True, exist_ok=True)
            partly = path.with_suffix(".part")
            partly.write_bytes(content)
            partly.replace(path)

    def configured(self, job: SetupJob) -> Lift:
        """Return the lift as the job would have it: what is known of it, with its camera and its track."""
        try:
            with self._store.reading() as session:
                known = lifts.get(session, job.lift_id)
        except (NotFoundError, ConflictError):
            known = Lift(id=job.lift_id, name=job.request.name)
        request = job.request
        camera = Camera(
            url=request.url,
            substream=request.substream,
            stream="main" if request.substream is None else "both",
            transport=request.transport,
            credentials=request.credentials,
            width=job.width or SIZE[0],
            height=job.height or SIZE[1],
        )
        if known.camera is not None and known.camera.watched_url == request.url:
            own = {"transport", "credentials"} | ({"width", "height"} if job.width else set())
            if request.substream is not None and known.camera.stream != "sub":
                own |= {"substream", "stream"}
            camera = known.camera.model_copy(update={name: getattr(camera, name) for name in own})
        track = None if job.proposal is None else job.proposal.track
        return known.model_copy(update={"camera": camera, "track": track})


def failed(job: SetupJob, problem: SetupProblem) -> SetupJob:
    """Return a job as failed, for this reason, in the step that it was at."""
    parameters = {**problem.parameters, "step": job.step.value}
    return job.model_copy(
        update={"state": SetupState.FAILED, "problem": SetupProblem(code=problem.code, parameters=parameters)}
    )
