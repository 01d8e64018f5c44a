"""Runs a video file through the whole path as fast as possible: for `barwatch watch`, tests, evaluation.

Camera health is checked too: carriers that pass while the view is dark, covered or frozen are `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lifts.decision.judge import judge
from lifts.decision.verdict import Judgement
from lifts.folder import LiftFolder
from service.capture.account import Account
from service.capture.files import FileSource
from service.domain.camera import WatchedLift
from service.domain.masks import MaskVersion
from service.domain.passage import Passage
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.station.step import Station
from service.station.summary import Carriers
from service.station.worker import WorkerOptions


class Watched(NamedTuple):
    """One carrier of a recording; decided_s: media seconds of the frame after which the verdict was out."""

    passage: Passage
    judgement: Judgement
    decided_s: float


class RecordingWatch:
    """Judges every carrier of a recording as the service would have, frame rate included.

    Iterating yields each passage with its verdict, as soon as it is complete. Carriers that have not reached
    the end of the track when the file ends are left out.

    Args:
        path: the video file.
        folder: the lift with its masks and references.
        model: a loaded network.
        on_progress: called after each frame with the share of the file that is done, 0..1; never for a file
            of unknown length.
        fps: see FileSource.

    Raises:
        SourceError: the file cannot be read.
        ConfigurationError: the lift has no track or camera.
        EnrolmentError: its masks are refused.
    """

    def __init__(
        self,
        path: Path,
        folder: LiftFolder,
        model: EmbeddingModel,
        *,
        on_progress: Callable[[float], None] | None = None,
        fps: float | None = None,
    ) -> None:
        watched = WatchedLift(lift=folder.lift, masks=folder.masks, references=folder.references)
        self._station = Station(watched, 0.0, run_id="file")
        camera = folder.lift.camera
        size = None if camera is None else (camera.width, camera.height)
        self._source = FileSource(path, max_fps=WorkerOptions().max_fps, fps=fps, size=size)
        self._folder, self._model, self._on_progress = folder, model, on_progress
        self.carriers = Carriers()
        """What was found so far."""

    @property
    def account(self) -> Account:
        """What was read so far."""
        return self._source.account

    def __iter__(self) -> Iterator[Watched]:
        model, masks = self._model, self._folder.masks
        engine = InlineEngine(model, model.manifest, str(model.device))
        version = enrol(self._folder.lift.id, masks.open, masks.close, self._folder.references, engine)
        for passage, decided_s in self._passages():
            watched = _watched(passage, version, model, decided_s)
            self.carriers.add(watched.judgement)
            yield watched

    def _passages(self) -> Iterator[tuple[Passage, float]]:
        """Yield each passage, and the media time of the frame that completed it."""
        source, ended_s = self._source, 0.0
        for frame in source:
            ended_s = frame.t_s
            for event in self._station.take(frame, frame.t_s):
                if isinstance(event, Passage):
                    yield event, frame.t_s
            if self._on_progress is not None and source.duration_s > 0:
                self._on_progress(min(frame.t_s / source.duration_s, 1.0))
        for event in self._station.finish(ended_s):
            if isinstance(event, Passage):
                yield event, ended_s


def _watched(passage: Passage, version: MaskVersion, model: EmbeddingModel, decided_s: float) -> Watched:
    pictures = np.stack([picture.image for picture in passage.pictures])
    seen = model.pictures(pictures, version.reference_embeddings())
    judgement = judge(passage.pictures, seen, version.lift_references(), model.manifest.calibration)
    return Watched(replace(passage, left_mono_s=None), judgement, decided_s)
