"""What a camera costs: CPU time for decoding alone, and for everything that its process does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

from service.bench.cameras import FPS, INTERVAL_S, START_S
from service.capture.files import FileSource
from service.domain.camera import CameraEvent, WatchedLift
from service.domain.passage import Passage
from service.passages.learnt import Learnt
from service.station.worker import CameraWorker, WorkerOptions

Row = dict[str, Any]
Judge = Callable[[Passage], object]
Turn = Callable[[float], float]
"""Goes on by so many seconds of the recording; returns the processor time that it took, seconds."""

START_SLICE_S = 0.8


class Decoding:
    """PyAV decoding a recording in a loop, on one thread, and nothing else."""

    def __init__(self, video: Path) -> None:
        self._pictures = self._decoded(video)

    def go_on(self, seconds: float) -> None:
        """Decode the next `seconds` of the recording."""
        for _ in range(round(seconds * FPS)):
            next(self._pictures)

    def _decoded(self, video: Path) -> Iterator[VideoFrame]:
        while True:
            with av.open(str(video)) as container:
                stream = container.streams.video[0]
                stream.codec_context.thread_type = "NONE"
                stream.codec_context.thread_count = 1
                yield from container.decode(stream)


class WholePath:
    """The same recording through everything that a camera's process does, on one thread, as fast as possible.

    The worker's clock is media time, so that it inspects, reports and makes snapshots as often as for a live
    camera.
    """

    def __init__(self, video: Path, watched: WatchedLift, options: WorkerOptions | None = None) -> None:
        options = options or WorkerOptions(hardware="none", in_background=False)
        self._worker = CameraWorker(watched, options)
        source = FileSource(video, loop=True, max_fps=options.max_fps, hardware=options.hardware)
        self._frames = iter(source)
        self._origin_s = time.monotonic()
        self._t_s = self._end_s = 0.0

    @property
    def learnt(self) -> Learnt | None:
        """What was learnt of the line; None while it is being learnt."""
        return self._worker.learnt

    def go_on(self, seconds: float, passages: list[Passage]) -> None:
        """Process the next `seconds` of the recording; append the passages that end in them."""
        self._end_s += seconds
        while self._t_s < self._end_s - 0.5 / FPS:
            frame = next(self._frames)
            self._t_s = frame.t_s + 1.0 / WorkerOptions().max_fps
            events = self._worker.take(frame, self._origin_s + frame.t_s)
            passages += [event for event in events if isinstance(event, Passage)]
            _pickle(events)


def cost(
    video: Path,
    watched: WatchedLift,
    judge: Judge,
    seconds: float,
    *,
    start_s: float = START_S,
    slice_s: float = INTERVAL_S,
    others: Mapping[str, Turn] = MappingProxyType({}),
    on_progress: Callable[[float], None] = lambda _: None,
) -> Row:
    """Measure a camera, slice by slice of its recording: decoding alone and the whole path take turns.

    Other load on the machine then affects both alike. The judge's time is measured separately.

    Args:
        video: its recording.
        watched: the lift.
        judge: what the network does with a passage.
        seconds: how much of the recording to measure after the start.
        start_s: how long the line is being learnt; reported separately.
        slice_s: a slice's length after the start: one interval, so that each slice holds one carrier.
        others: what else takes its turns with the same slices, by name.
        on_progress: called with the seconds of the recording just processed.
    """
    decoding, whole = Decoding(video), WholePath(video, watched)
    start: list[tuple[float, ...]] = []
    steady: list[tuple[float, ...]] = []
    judged: list[float] = []
    done_s = 0.0
    while done_s < start_s + seconds - 1e-6:
        begun = done_s >= start_s - 1e-6
        slices, length_s = (steady, slice_s) if begun else (start, START_SLICE_S)
        found: list[Passage] = []
        turns: dict[str, Callable[[], float]] = {
            "decoding": partial(cpu_s, partial(decoding.go_on, length_s)),
            "whole": partial(cpu_s, partial(whole.go_on, length_s, found)),
            **{name: partial(turn, length_s) for name, turn in others.items()},
        }
        # The second call finds the caches as the first left them, so they take turns at being second.
        order = list(turns)[:: 1 if len(slices) % 2 else -1]
        spent = {name: turns[name]() / length_s for name in order}
        slices.append(tuple(spent[name] for name in turns))
        times_s = [cpu_s(partial(judge, passage)) for passage in found]
        judged += times_s if begun else []
        done_s += length_s
        on_progress(length_s)
    at_first, then = np.array(start), np.array(steady)
    of_others = {name: _other(at_first, then, column) for column, name in enumerate(others, 2)}
    found_too = {"others": of_others} if others else {}
    return {"start": _start(at_first, start_s), **_steady(then, judged, slice_s), **found_too}


def cpu_s(call: Callable[[], object]) -> float:
    """Return the CPU time of a call, over all threads of this process."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


def _start(slices: np.ndarray[Any, Any], seconds: float) -> Row:
    if len(slices) == 0:
        return {"seconds": 0.0}
    decoding, whole = slices.T[:2]
    return {
        "seconds": seconds,
        "decoding_ms": 1e3 * float(decoding.mean()),
        "whole_ms": 1e3 * float(whole.mean()),
        "ratio": float(whole.sum() / decoding.sum()),
        "worst_slice_ms": 1e3 * float(whole.max()) * START_SLICE_S,
        "slice_s": START_SLICE_S,
    }


def _steady(slices: np.ndarray[Any, Any], judged: list[float], slice_s: float) -> Row:
    decoding, whole = slices.T[:2]
    judging_s = sum(judged) / (len(slices) * slice_s)
    return {
        "seconds": len(slices) * slice_s,
        "slices": len(slices),
        "decoding_ms": 1e3 * float(np.median(decoding)),
        "whole_ms": 1e3 * float(np.median(whole)),
        "ratio": spread(whole / decoding),
        "passages": len(judged),
        "judging_ms": 1e3 * judging_s,
        "judging_ms_per_passage": 1e3 * float(np.median(judged)) if judged else None,
        "ratio_with_judging": spread((whole + judging_s) / decoding),
    }


def _other(start: np.ndarray[Any, Any], steady: np.ndarray[Any, Any], column: int) -> Row:
    decoding, other = steady[:, 0], steady[:, column]
    row: Row = {"ms": 1e3 * float(np.median(other)), "ratio": spread(other / decoding)}
    if len(start):
        row["start_ratio"] = float(start[:, column].sum() / start[:, 0].sum())
    return row


def spread(values: np.ndarray[Any, Any]) -> dict[str, float]:
    """Return the median of ratios, and between what 90 % of them lie."""
    low, middle, high = (float(v) for v in np.quantile(values, (0.05, 0.5, 0.95)))
    return {"p5": low, "median": middle, "p95": high}


def _pickle(events: list[CameraEvent]) -> None:
    """Pickle the events, as a camera's process does to send them through its pipe."""
    for event in events:
        ForkingPickler.dumps(event)
