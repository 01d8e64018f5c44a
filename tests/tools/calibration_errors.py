"""How well set-up finds tracks by itself, against the truth: python -m tests.tools.calibration_errors.

For each folder with lift.toml, truth.json and a video, prints by how much the interval is off and how far the
proposed track drifts from the true one. Each true carrier is taken into the proposed canonical frame: what
maps the one to the other must stay the same from begin to end. The drift is measured at 25 points of the
proposed frame, in its pixels, against the middle; the scale as largest over smallest.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lifts.folder import read_lift
from lifts.geometry import apply, middle_fraction, pose_at, to_camera, to_canonical
from lifts.schema import Track
from service.domain.errors import BarwatchError
from service.setup.picture import draw_track, registered
from service.setup.proposal import Marking, Proposal, propose
from service.setup.video import read_pictures, read_recording

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """A video's true track and its carriers' times."""

    track: Track
    begins_s: Doubles
    middles_s: Doubles
    ends_s: Doubles

    @property
    def interval_s(self) -> float:
        return float(np.polyfit(np.arange(len(self.middles_s)), self.middles_s, 1)[0])


def read_truth(folder: Path) -> Truth:
    track = read_lift(folder / "lift.toml").track
    assert track is not None
    carriers = json.loads((folder / "truth.json").read_text())["carriers"]
    times = [np.array([c[key] for c in carriers]) for key in ("t_begin", "t_middle", "t_end")]
    return Truth(track, *times)


def drift(proposal: Proposal, truth: Truth) -> tuple[float, float, float]:
    """Return the drift's median and 95th percentile in proposed canonical pixels, and the scale's ratio."""
    side = np.linspace(20.0, 180.0, 5)
    frame = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    best = (np.inf, np.inf, np.inf)
    middle_s = proposal.middles_s[len(proposal.middles_s) // 2]
    at_middle = middle_fraction(proposal.track)
    for begin_s, end_s in zip(truth.begins_s, truth.ends_s, strict=True):
        moved, scales = [], []
        for way in np.linspace(0.0, 1.0, 9):
            proposed = pose_at(proposal.track, float(way))
            t_s = middle_s + (way - at_middle) * proposal.passage_s
            true_way = (t_s - begin_s) / (end_s - begin_s)
            if not -6 < true_way < 7:
                break
            true = pose_at(truth.track, float(true_way))
            moved.append(apply(to_canonical(true), apply(to_camera(proposed), frame)))
            scales.append(true.scale / proposed.scale)
        if len(moved) < 9:
            continue
        off = np.hypot(*(np.array(moved) - moved[4]).transpose(2, 0, 1)) / scales[4]
        found = (float(np.median(off)), float(np.quantile(off, 0.95)), max(scales) / min(scales))
        best = min(best, found)
    return best


def video_in(folder: Path) -> Path:
    return next(p for p in (folder / "video.mp4", folder / "demo.mp4") if p.exists())


def main() -> None:
    """Print a line for each folder named; --out FOLDER also writes a picture for each."""
    arguments = sys.argv[1:]
    out = None
    if "--out" in arguments:
        at = arguments.index("--out")
        out = Path(arguments[at + 1])
        out.mkdir(parents=True, exist_ok=True)
        del arguments[at : at + 2]
    boxed = "--box" in arguments
    line = "{:18} {:>8} {:>8} {:>7} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6}\n"
    heads = (
        "video",
        "interval",
        "off %",
        "passage",
        "p50 px",
        "p95 px",
        "scale",
        "conf",
        "apart",
        "expl",
        "s",
    )
    sys.stdout.write(line.format(*heads))
    for folder in (Path(a) for a in arguments if a != "--box"):
        truth, started = read_truth(folder), time.perf_counter()
        marking = _marking(truth) if boxed else None
        try:
            recording = read_recording(video_in(folder), 150.0)
            proposal = propose(recording, marking)
        except BarwatchError as error:
            sys.stdout.write(f"{folder.name:18} refused: {error}\n")
            sys.stdout.flush()
            continue
        took_s = time.perf_counter() - started
        p50, p95, scale = drift(proposal, truth)
        values = (
            f"{proposal.interval_s:.3f}",
            f"{100 * (proposal.interval_s / truth.interval_s - 1):+.2f}",
            f"{proposal.passage_s:.2f}",
            f"{p50:.1f}",
            f"{p95:.1f}",
            f"{scale:.3f}",
            f"{proposal.confidence:.2f}",
            f"{proposal.disagreement_px:.1f}",
            f"{proposal.explained:.2f}",
            f"{took_s:.0f}",
        )
        sys.stdout.write(line.format(folder.name, *values))
        sys.stdout.flush()
        if out is not None:
            pictures = read_pictures(video_in(folder), proposal.middles_s)
            shown = draw_track(pictures[len(pictures) // 2], proposal.track)
            mean, single = registered(pictures, proposal.track.middle)
            both = cv2.resize(np.vstack([mean, single[len(single) // 2]]), (360, 720))
            board = np.hstack([cv2.resize(shown, (1280, 720)), both])
            cv2.imwrite(str(out / f"{folder.name}.png"), cv2.cvtColor(board, cv2.COLOR_RGB2BGR))


def _marking(truth: Truth) -> Marking:
    """The box that somebody would draw: the inner two thirds of the true frame at a carrier's middle."""
    pose = truth.track.middle
    corners = apply(to_camera(pose), [(30.0, 30.0), (170.0, 170.0)])
    x, y = corners.min(axis=0)
    width, height = corners.max(axis=0) - (x, y)
    at = float(truth.middles_s[len(truth.middles_s) // 2])
    return Marking(float(x), float(y), float(width), float(height), at)


if __name__ == "__main__":
    main()
