"""Lifts enrolled as an operator does it, then watched: one recording teaches, the others count.

The first recording teaches the line; its passages are reviewed, by the truth. That changes no verdict, as the
lift is judged by its two masks alone; it says whether the product would let it be armed. Where the service is
not certain where on the track carriers are, or its pictures hold none, a person who looks at them says it:
one open and one closed carrier, cut out where they belong, become reference pictures, and the line is learnt
again. The following recordings, each on a day of its own and at the line's speed of that day, are judged by
the service's own command. Recordings and pictures of what failed are kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from lifts.arrays import UInt8
from lifts.decision.arming import LIMITS as ARMING_LIMITS
from lifts.decision.arming import ArmingReason, ConfirmedReading, assess
from lifts.decision.verdict import Verdict
from lifts.decision.view import LIMITS as VIEW_LIMITS
from lifts.folder import LiftFolder, write_lift_folder
from lifts.geometry import CANONICAL_SIZE, to_canonical
from lifts.masks import extents
from lifts.schema import MaskPair, Track
from lifts.track import scaled
from ml.data.rendered import LAYOUT, renderers
from ml.evaluate.alarms.causes import NOT_FOUND, Case, cases
from ml.evaluate.events import Record, carrier_of, tally
from ml.evaluate.passages.watching import sources
from ml.evaluate.watching import watch_video, watch_with_summary
from ml.scene.masks import draw_masks
from ml.scene.sampling import sample_lift
from ml.scene.video.file import render_video
from ml.scene.video.schedule import sample_schedule, write_truth

_NOT_YET = (ArmingReason.TOO_FEW_PASSAGES, ArmingReason.ONE_STATE_ONLY, ArmingReason.NOT_MEASURED)
_STREAM = 7  # of random numbers: other days than those of `RenderedRecording`


@dataclass(frozen=True)
class Recorded:
    """What is recorded of each lift: `recordings` that count, of `carriers` each, and one that teaches.

    fps, height: of the camera's stream that is watched.
    """

    recordings: int = 3
    carriers: int = 12
    teaching: int = 10
    fps: float = 12.5
    height: int = 360


def judge_all(
    root: Path, seeds: Sequence[int], wanted: Recorded, model: Path, workers: int
) -> Iterator[Record]:
    """Judge each lift; yields its record as it is ready, those of an earlier run first.

    A record is what `judge_lift` returns, and `refused`: why the product would not let the lift be armed;
    None if nothing speaks against it.
    Records are lines of a file in `root`, which belongs to these recordings, the network and the code that
    finds and judges passages: a run that was interrupted goes on where it stopped.

    Raises:
        RuntimeError: the service's command failed; with its error output.
    """
    kept = root / f"enrolled-{key(wanted, model)}.jsonl"
    root.mkdir(parents=True, exist_ok=True)
    done = _read(kept)
    yield from (with_refusal(done[seed]) for seed in seeds if seed in done)
    missing = [seed for seed in seeds if seed not in done]
    with renderers(workers) as pool, kept.open("a", encoding="utf-8") as file:
        for future in as_completed([pool.submit(judge_lift, root, seed, wanted, model) for seed in missing]):
            record = future.result()
            file.write(json.dumps(record) + "\n")
            file.flush()
            yield with_refusal(record)


def key(wanted: Recorded, model: Path) -> str:
    """Return what a lift's record depends on, the service's code too, as 16 hexadecimal digits."""
    settings = json.dumps([LAYOUT, asdict(wanted), sources()]).encode()
    return hashlib.sha256(settings + model.read_bytes()).hexdigest()[:16]


def failed_folder(root: Path, wanted: Recorded, model: Path) -> Path:
    """Return where the pictures of what failed are: LIFT-RECORDING-NUMBER.jpg, as many as failed cases."""
    return root / f"failed-{key(wanted, model)}"


def _read(kept: Path) -> dict[int, Record]:
    """Read the records of an earlier run; a last line that was cut off is left out."""
    if not kept.exists():
        return {}
    text = kept.read_text(encoding="utf-8")
    lines = text.splitlines()
    if text and not text.endswith("\n"):
        kept.write_text("".join(f"{line}\n" for line in lines[:-1]), encoding="utf-8")
        lines = lines[:-1]
    return {record["seed"]: record for record in map(json.loads, lines)}


def judge_lift(root: Path, seed: int, wanted: Recorded, model: Path) -> Record:
    """Enrol one lift and watch its recordings; returns counts and cases of all that count.

    `place_certain` of the record: what the service said by the masks alone, and, if a person had to say where
    carriers are, what it said then. `reviewed`: state and verdict of each carrier that was seen where it
    belongs. Pictures of what failed are in `failed_folder`.
    """
    folder = root / f"lift-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    scene = sample_lift(seed)
    write_lift_folder(folder, LiftFolder(scene.lift, draw_masks(scene)))
    learnt = folder / "learnt.npz"
    teaching, truth = _record(root, seed, 0, wanted.teaching, wanted)
    lines, summary = watch_with_summary(teaching, folder, model, learnt)
    place_certain = [summary.get("place_certain")]
    if place_certain[0] is not True or not review(truth["carriers"], lines):
        references = place(truth, teaching, scene.lift.track)
        write_lift_folder(folder, LiftFolder(scene.lift, draw_masks(scene), references))
        learnt.unlink(missing_ok=True)
        lines, summary = watch_with_summary(teaching, folder, model, learnt)
        place_certain.append(summary.get("place_certain"))
    reviewed = review(truth["carriers"], lines)
    days = []
    for number in range(1, wanted.recordings + 1):
        video, truth = _record(root, seed, number, wanted.carriers, wanted)
        lines = watch_video(video, folder, model, learnt, folder / str(number))
        found = cases(truth["carriers"], lines)
        for at, case in enumerate(case for case in found if case.fate.failed):
            picture = _picture(case, folder / str(number), video, truth, scene.lift.track)
            _write(failed_folder(root, wanted, model) / f"{seed}-{number}-{at}.jpg", picture)
        counted = tally(truth["carriers"], lines, truth["duration_s"])
        days.append(
            {
                "light": truth["light"],
                "counts": counted.counts,
                "outcomes": [outcome._asdict() for outcome in counted.outcomes],
                "delays_s": counted.delays_s,
                "cases": [case.as_record() for case in found],
            }
        )
    shutil.rmtree(folder)
    return {
        "seed": seed,
        "reviewed": reviewed,
        "place_certain": place_certain,
        "recordings": days,
    }


def _record(root: Path, seed: int, number: int, carriers: int, wanted: Recorded) -> tuple[Path, Record]:
    """Return one recording of a lift and its truth; it is rendered unless an earlier run did."""
    name = f"v{LAYOUT}-{seed}-{number}-{carriers}-{wanted.fps:g}-{wanted.height}"
    video, kept = root / "enrolled" / f"{name}.mp4", root / "enrolled" / f"{name}.json"
    if kept.exists():
        return video, dict(json.loads(kept.read_text(encoding="utf-8")))
    video.parent.mkdir(parents=True, exist_ok=True)
    scene = sample_lift(seed)
    rng = np.random.default_rng(np.random.SeedSequence([seed, number, _STREAM]))
    schedule = sample_schedule(scene, rng, carriers)
    shape: dict[str, Any] = {"fps": wanted.fps, "height": wanted.height}
    truth = render_video(scene, schedule, number + 100, video, preset="veryfast", **shape)
    truth = {**truth, "light": schedule.base.light, "height": wanted.height}
    write_truth(kept, truth)  # last, as the mark of a complete recording
    return video, truth


def review(truth: Sequence[Record], lines: Sequence[Record]) -> list[tuple[str, str]]:
    """Return what a person sees who looks at the passages: of each carrier its true state and its verdict."""
    numbers = [(carrier_of(truth, line), line["verdict"]) for line in lines]
    return [(truth[number]["state"], verdict) for number, verdict in numbers if number is not None]


def refused(reviewed: Sequence[tuple[str, str]], masks: MaskPair, *, place_certain: bool) -> str | None:
    """Return why a lift would not be armed after such a review, None if nothing speaks against it.

    It is the product's own rule (`lifts.decision.arming`), as far as some ten passages can tell. A lift goes
    unarmed with more `unknown` than its limits of passages too close to call and of another lift's allow
    together: one of the two is then passed.
    """
    if not place_certain:
        return ArmingReason.PLACE_UNCERTAIN.value
    readings = [
        ConfirmedReading(state == "open", Verdict(verdict), Verdict(verdict)) for state, verdict in reviewed
    ]
    reason = assess(readings, [], None, None, drawn_px=extents(masks)).reason
    if reason is not None and reason not in _NOT_YET:
        return reason.value
    unknown = sum(verdict == Verdict.UNKNOWN.value for _, verdict in reviewed)
    most = VIEW_LIMITS.unknown_share + ARMING_LIMITS.refused
    return ArmingReason.TOO_MANY_UNKNOWN.value if unknown > most * len(reviewed) else None


def with_refusal(record: Record) -> Record:
    """Return a lift's record with `refused`: why the product would not let it be armed, or None."""
    masks = draw_masks(sample_lift(record["seed"]))
    certain = record["place_certain"][-1] is True
    return {**record, "refused": refused(record["reviewed"], masks, place_certain=certain)}


def place(truth: Record, video: Path, track: Track | None) -> dict[str, UInt8]:
    """Return what a person gives who sees that carriers are not where they belong: reference pictures.

    Of the first open and the first closed carrier that is seen as a whole, registered by the truth.

    Raises:
        RuntimeError: the lift has no track.
    """
    names = {"open": "reference_open", "closed": "reference_close"}
    found: dict[str, UInt8] = {}
    for carrier in truth["carriers"]:
        if names[carrier["state"]] not in found and carrier["t_begin"] >= 0:
            found[names[carrier["state"]]] = _registered(carrier, video, truth, track)[1]
    return found


def _registered(carrier: Record, video: Path, truth: Record, track: Track | None) -> list[UInt8]:
    """Return a carrier at begin, middle and end, cut out by the truth."""
    if track is None:
        raise RuntimeError(f"{video}: no track to cut carriers out by")
    small = scaled(track, truth["height"] / 720)
    poses = (small.begin, small.middle, small.end)
    frames = frames_at(video, [carrier["t_begin"], carrier["t_middle"], carrier["t_end"]])
    size = (CANONICAL_SIZE, CANONICAL_SIZE)
    return [
        np.asarray(cv2.warpAffine(frame, to_canonical(pose), size), np.uint8)
        for frame, pose in zip(frames, poses, strict=True)
    ]


def _picture(case: Case, pictures: Path, video: Path, truth: Record, track: Track | None) -> UInt8:
    """Return a failed carrier's three pictures side by side: the product's, else cut out by the truth."""
    if case.passage is not None:
        row = _load(pictures / f"{case.passage:04d}.png")
        shown = row.shape[1] // CANONICAL_SIZE
        chosen = [k * CANONICAL_SIZE for k in (0, shown // 2, shown - 1)]
        return np.concatenate([row[:, left : left + CANONICAL_SIZE] for left in chosen], axis=1)
    if case.carrier is None:
        raise RuntimeError(f"{video}: {NOT_FOUND}, and no carrier to cut out")
    cut = _registered(truth["carriers"][case.carrier], video, truth, track)
    return np.asarray(np.concatenate(cut, axis=1), np.uint8)


def frames_at(video: Path, times_s: Sequence[float]) -> list[UInt8]:
    """Return the frames nearest to ascending times in seconds, uint8[H, W, 3] RGB; after the end the last."""
    found, waiting = list[UInt8](), list(times_s)
    with av.open(str(video)) as container:
        rate = float(container.streams.video[0].average_rate or 25)
        frame = None
        for frame in container.decode(video=0):
            while waiting and (frame.time or 0.0) >= waiting[0] - 0.5 / rate:
                found.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                waiting.pop(0)
            if not waiting:
                break
        if frame is not None:
            found += [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)] * len(waiting)
    return found


def _load(path: Path) -> UInt8:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise RuntimeError(f"{path}: no such picture")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _write(path: Path, picture: UInt8) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])
