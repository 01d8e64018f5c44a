"""Rendering speed; figures compare within one run on one machine only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from ml.data.rendered import render_lift, renderers


def render_rate(processes: int, lifts: int, passages: int, first_seed: int = 0) -> dict[str, Any]:
    """Measure the pictures a second that `processes` render together, `lifts` each, backgrounds included.

    `pictures_per_cpu_s`: by the processor time of all of them, which other load on the machine disturbs less.
    """
    seeds = range(first_seed, first_seed + lifts * processes)
    with renderers(processes) as pool:
        # The first round starts the processes and loads their libraries, which is not rendering.
        list(pool.map(_count_rendered, [(seed, 1) for seed in range(processes)]))
        started = time.perf_counter()
        done = list(pool.map(_count_rendered, [(seed, passages) for seed in seeds]))
        seconds = time.perf_counter() - started
    pictures, cpu_s = sum(count for count, _ in done), sum(spent for _, spent in done)
    rates = {"pictures_per_s": pictures / seconds, "pictures_per_cpu_s": pictures / cpu_s}
    return {"processes": processes, "pictures": pictures, **rates}


def _count_rendered(job: tuple[int, int]) -> tuple[int, float]:
    started = time.process_time()
    return len(render_lift(*job).images), time.process_time() - started


_RATE = """
import json, sys, time
import cv2
cv2.setNumThreads(1)
first, lifts, passages, takes = map(int, sys.argv[1:])
if takes:
    from ml.data.textured import TexturedLifts
    render = TexturedLifts(passages, takes).render
else:
    from ml.data.rendered import render_lift
    render = lambda seed: render_lift(seed, passages)
render(first)
started = time.process_time()
pictures = sum(len(render(seed).images) for seed in range(first + 1, first + 1 + lifts))
print(json.dumps(pictures / (time.process_time() - started)))
"""


def rate_beside(
    other: Path, lifts: int, passages: int, first_seed: int, rounds: int, takes: int = 0
) -> dict[str, Any]:
    """Measure this code beside another checkout's, in turns, one process and one thread at a time.

    Args:
        other: root of a checkout of an earlier commit; its plain lifts are measured.
        takes: of this code, measure textured lifts in so many exposures of each passage; 0 for plain lifts.

    Returns:
        The medians of pictures per second of processor time, and their ratio of each round.
    """
    here = Path(__file__).resolve().parents[2]
    rates: list[tuple[float, float]] = []
    for _ in range(rounds):
        asked = (first_seed, lifts, passages)
        this, that = _rate_of(here, *asked, takes), _rate_of(other.resolve(), *asked, 0)
        rates.append((this, that))
    ratios = [this / that for this, that in rates]
    return {
        "pictures_per_cpu_s": median(this for this, _ in rates),
        "other_pictures_per_cpu_s": median(that for _, that in rates),
        "ratio": median(ratios),
        "ratios": ratios,
    }


_RECORDED = """
import hashlib, json, sys, time
import cv2
import numpy as np
cv2.setNumThreads(1)
from ml.scene.sampling import sample_lift
try:
    from ml.scene.video.schedule import sample_schedule
    from ml.scene.video.file import frames
except ImportError:  # a checkout of before they were apart
    from ml.scene.video import frames, sample_schedule
first, lifts, shown, fps, height = map(int, sys.argv[1:])
smaller = {} if height == 720 else {"height": height}
digest, spent = hashlib.sha256(), 0.0
for seed in range(first, first + lifts + 1):
    lift = sample_lift(seed)
    schedule = sample_schedule(lift, np.random.default_rng(seed), 6)
    started = time.process_time()
    for k, (_, picture) in enumerate(frames(lift, schedule, 0, fps / 10, **smaller)):
        if k == shown:
            break
        digest.update(picture.tobytes())
    if seed > first:  # the first one compiles and loads
        spent += time.process_time() - started
print(json.dumps([10 * lifts * shown / fps / spent, digest.hexdigest()]))
"""


def recordings_beside(
    other: Path,
    lifts: int,
    pictures: int,
    first_seed: int,
    rounds: int,
    *,
    fps: float = 12.5,
    height: int = 360,
) -> dict[str, Any]:
    """Measure recordings of this code beside another checkout's, in turns, one process and thread at a time.

    Args:
        other: root of a checkout of an earlier commit; its recordings have 720 rows, 25 pictures a second.
        pictures: of each recording, the painting of its background included.
        fps, height: of this code's recordings in the second ratio; the first compares the same pictures.

    Returns:
        Seconds of recording per second of processor time (medians), the ratios, and whether the pictures are
        the same.
    """
    here = Path(__file__).resolve().parents[2]
    rows, same = [], True
    for _ in range(rounds):
        asked = (first_seed, lifts, pictures)
        (this, shown), (that, others) = (
            _asked(root, _RECORDED, *asked, 250, 720) for root in (here, other.resolve())
        )
        rows.append((this, that, _asked(here, _RECORDED, *asked, round(10 * fps), height)[0]))
        same = same and shown == others
    this, that, small = (median(column) for column in zip(*rows, strict=True))
    return {
        "recorded_s_per_cpu_s": this,
        "other_recorded_s_per_cpu_s": that,
        "same_pictures": same,
        "ratio": median(row[0] / row[1] for row in rows),
        "events": {"fps": fps, "height": height, "recorded_s_per_cpu_s": small},
        "events_ratio": median(row[2] / row[1] for row in rows),
    }


def _rate_of(root: Path, *asked: int) -> float:
    return float(_asked(root, _RATE, *asked))


def _asked(root: Path, script: str, *asked: int) -> Any:
    """Run a script with a checkout's code; returns what it prints as JSON."""
    command = [sys.executable, "-c", script, *map(str, asked)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)
