"""What a camera of one stream costs while its line stands, of which key frames alone are then decoded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

from service.bench.cameras import FPS, INTERVAL_S, SimulatedCamera
from service.bench.cost import Decoding, Row, cpu_s, spread
from service.capture.decoder import Decoded, Decoder
from service.capture.thinning import FrameGate
from service.domain.camera import WatchedLift
from service.station.worker import CameraWorker, WorkerOptions

RUNS_S = 8.0 * INTERVAL_S
"""For so long the line runs first: it is learnt, and what packets of a running line weigh."""

SETTLES_S = 40.0
"""For so long it stands before anything is measured."""

SLICE_S = 4.0
"""Two of the key frames' intervals."""

_NOISE = 2.0  # grey levels, standard deviation: a sensor by day
_GRAINS = 16


def standing_recording(camera: SimulatedCamera, source: Path, cache: Path, seconds: float) -> Path:
    """Return the source's line as it runs and then stands for `seconds` more than SETTLES_S.

    The camera encodes by quality, with its bit rate as a limit, as cameras do by default: one that fills
    its rate whatever it sees is decoded as ever. Encoded once and kept in `cache`.
    """
    whole_s = RUNS_S + SETTLES_S + seconds + SLICE_S
    kind = f"{camera.width}x{camera.height}-{camera.kbit_per_s}-stands-{whole_s:.0f}"
    made = cache / f"{source.parent.name}-{kind}.mp4"
    if not made.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        begun = made.with_suffix(".part.mp4")
        _encode(camera, _pictures(camera, source, whole_s), begun)
        begun.replace(made)
    return made


def _pictures(camera: SimulatedCamera, source: Path, seconds: float) -> Iterator[VideoFrame]:
    rng, size = np.random.default_rng(0), (camera.height, camera.width)
    grains = [np.rint(rng.normal(0.0, _NOISE, size)).astype(np.int16) for _ in range(_GRAINS)]
    running = _running(camera, source)
    shown = next(running)
    for number in range(round(seconds * FPS)):
        if number < RUNS_S * FPS:
            shown = next(running)
        picture = shown.copy()
        seen = picture[: camera.height] + grains[int(rng.integers(_GRAINS))]
        picture[: camera.height] = np.clip(seen, 0, 255).astype(np.uint8)
        yield VideoFrame.from_ndarray(picture, format="yuv420p")


def _running(camera: SimulatedCamera, source: Path) -> Iterator[np.ndarray[Any, np.dtype[np.uint8]]]:
    while True:
        with av.open(str(source)) as read:
            for decoded in read.decode(video=0):
                picture = decoded.reformat(width=camera.width, height=camera.height, format="yuv420p")
                yield np.asarray(picture.to_ndarray(), np.uint8)


def _encode(camera: SimulatedCamera, pictures: Iterator[VideoFrame], to: Path) -> None:
    kbit = camera.kbit_per_s
    detail = f"keyint={2 * FPS}:scenecut=0:ref=1:bframes=0:vbv-maxrate={2 * kbit}:vbv-bufsize={2 * kbit}"
    options = {"preset": "veryfast", "profile": "high", "crf": "24", "x264-params": detail}
    with av.open(str(to), "w") as written:
        stream = written.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, "yuv420p"
        for number, picture in enumerate(pictures):
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            written.mux(stream.encode(picture))
        written.mux(stream.encode(None))


class StandingPath:
    """A recording through everything that a camera's process does for a live stream, on one thread.

    By its clock packets come as the recording says, however long other things are measured in between.

    Args:
        video: the recording. watched: the lift. spares: False: everything is decoded.
    """

    def __init__(self, video: Path, watched: WatchedLift, *, spares: bool = True) -> None:
        options = WorkerOptions(hardware="none", in_background=False)
        self._worker = CameraWorker(watched, options)
        self._gate, self._spares = FrameGate(options.max_fps), spares
        self._origin_s = time.monotonic()
        self._t_s = self._end_s = 0.0
        self._pictures = self._decoded(video)

    @property
    def left_out(self) -> int:
        """How many packets were not decoded so far."""
        return self._worker.sparing.left_out

    def go_on(self, seconds: float) -> None:
        """Process the next `seconds` of the recording."""
        self._end_s += seconds
        while self._t_s < self._end_s - 0.5 / FPS:
            picture = next(self._pictures)
            self._t_s = picture.raw_s + 1.0 / FPS
            if self._gate.passes(picture.raw_s):
                now_s = self._origin_s + picture.raw_s
                frame = replace(picture.frame(picture.number, picture.raw_s), t_mono_s=now_s)
                self._worker.take(frame, now_s)

    def _decoded(self, video: Path) -> Iterator[Decoded]:
        sparing = self._worker.sparing if self._spares else None
        with av.open(str(video)) as container:
            clock_s, fps = lambda: self._origin_s + self._t_s, WorkerOptions().max_fps
            yield from Decoder(container, wanted_fps=fps, sparing=sparing, clock_s=clock_s)


def standing_cost(
    video: Path, watched: WatchedLift, seconds: float, on_progress: Callable[[float], None] = lambda _: None
) -> Row:
    """Measure a standing line by turns: decoding alone, key frames alone, and all decoded and looked at."""
    decoding, spared, whole = (
        Decoding(video),
        StandingPath(video, watched),
        StandingPath(video, watched, spares=False),
    )
    calls = [decoding.go_on, spared.go_on, whole.go_on]
    for call in calls:
        call(RUNS_S + SETTLES_S)
    before, slices = spared.left_out, list[list[float]]()
    for number in range(max(1, int(seconds / SLICE_S))):
        order = range(3) if number % 2 else reversed(range(3))
        spent = {k: cpu_s(lambda k=k: calls[k](SLICE_S)) / SLICE_S for k in order}  # type: ignore[misc]
        slices.append([spent[k] for k in range(3)])
        on_progress(SLICE_S)
    alone, keys, all_of_it = np.array(slices).T
    return {
        "seconds": len(slices) * SLICE_S,
        "left_out": spared.left_out - before,
        "decoding_ms": 1e3 * float(np.median(alone)),
        "ms": 1e3 * float(np.median(keys)),
        "ratio": spread(keys / alone),
        "whole_ratio": spread(all_of_it / alone),
    }
