"""Runs a video file through the whole path as fast as possible: for `barwatch watch`, tests, evaluation.

Camera health is checked too: carriers that pass while the view is dark, covered or frozen are `unknown`.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement
from lifts.folder import LiftFolder
from service.capture.account import Account
from service.capture.files import FileSource
from service.capture.pictures.picture import same_shape
from service.domain.camera import WatchedLift
from service.domain.masks import MaskVersion
from service.domain.passage import Passage, Picture, judge_passage
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.passages.learnt import Learnt, load
from service.passages.options import PICTURES, ExtractorOptions
from service.station.step import Station, StationEvent
from service.station.summary import PLACE_ADVICE, Carriers, reading_advice
from service.station.worker import WorkerOptions

_PAUSE_S = 2.0
"""A recording's line is not learnt across a longer gap: a pause of the recorder looks the same."""


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
        memory: the file that keeps what is learnt of the line, as the service keeps it (`Learnt`): read
            first if it is there, written at the end.
        pictures: see ExtractorOptions.

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
        memory: Path | None = None,
        pictures: int = PICTURES,
    ) -> None:
        self._watched = WatchedLift(lift=folder.lift, masks=folder.masks, references=folder.references)
        self._memory, self._pictures = memory, pictures
        self._station = self._begin(None if memory is None else load(memory, self._watched))
        camera = folder.lift.camera
        self._size = None if camera is None else (camera.width, camera.height)
        self._source = FileSource(path, max_fps=WorkerOptions().max_fps, fps=fps, size=self._size)
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
        learnt = self._station.learnt
        if self._memory is not None and learnt is not None:
            learnt.save(self._memory)

    @property
    def place_certain(self) -> bool | None:
        """Whether it is certain where on the track carriers are; None if the line could not be learnt."""
        return self._station.place_certain

    @property
    def advice(self) -> list[str]:
        """What to do about what is wrong with the recording, in sentences."""
        advice = reading_advice(self.account, self._size)
        return advice if self.place_certain is not False else [*advice, PLACE_ADVICE]

    def _begin(self, learnt: Learnt | None) -> Station:
        options = ExtractorOptions(pictures=self._pictures, pause_s=_PAUSE_S)
        return Station(self._watched, 0.0, options=options, run_id="file", learnt=learnt)

    def _passages(self) -> Iterator[tuple[Passage, float]]:
        """Yield each passage, and the media time of the frame that completed it.

        A gap or another clip while the line is being learnt would cost the carriers before it. Then the line
        is learnt from what comes after, and all is watched again.
        """
        held: list[tuple[Passage, float]] | None = None
        station, followed = self._station, False
        for found, _ in self._steps(station):
            followed = followed or station.following
            if station.interrupted and not followed:
                held = held or []
            if held is None:
                yield from found
                continue
            held += found
            if station.following and not station.learning:
                break
        if held is None:
            return
        learnt = station.learnt_so_far
        if learnt is None:
            yield from held
            return
        self._station = self._begin(learnt)
        for found, _ in self._steps(self._station):
            yield from found

    def _steps(self, station: Station) -> Iterator[tuple[list[tuple[Passage, float]], float]]:
        """Yield after each frame what it completed, and its time; the carriers of a short file at its end."""
        source, ended_s = self._source, 0.0
        for frame in source:
            ended_s = frame.t_s
            yield self._found(station.take(frame, frame.t_s), frame.t_s), frame.t_s
            if self._on_progress is not None and source.duration_s > 0:
                self._on_progress(min(frame.t_s / source.duration_s, 1.0))
        yield self._found(station.finish(ended_s), ended_s), ended_s

    def _found(self, events: list[StationEvent], t_s: float) -> list[tuple[Passage, float]]:
        passages = [event for event in events if isinstance(event, Passage)]
        return [(self._fitting(each), t_s) for each in passages]

    def _fitting(self, passage: Passage) -> Passage:
        between = [picture for picture in passage.between if self._checked(picture).problem is None]
        pictures = tuple(map(self._checked, passage.pictures))
        return replace(passage, pictures=pictures, between=tuple(between))

    def _checked(self, picture: Picture) -> Picture:
        """Mark a picture that was taken while the file's pictures had another shape than the camera's."""
        sizes = self._source.sizes
        at = bisect.bisect_right(sizes, picture.t_s, key=lambda size: size[0]) - 1
        if self._size is None or same_shape(sizes[max(at, 0)][1:], self._size):
            return picture
        return replace(picture, problem=picture.problem or Reason.ANOTHER_VIEW)


def _watched(passage: Passage, version: MaskVersion, model: EmbeddingModel, decided_s: float) -> Watched:
    pictures = np.stack([picture.image for picture in passage.judged])
    seen = model.pictures(pictures, version.reference_embeddings())
    judgement = judge_passage(passage, seen, version.lift_references(), model.manifest.calibration)
    return Watched(replace(passage, left_mono_s=None), judgement, decided_s)
