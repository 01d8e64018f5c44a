"""The benchmark's sets: S1 to S20 with the paper's counts, from seeds, a file for each lift and split.

Every passage is a pure function of (lift, split, state, number), so that files can be made in any order, by
any number of processes, and again after an interruption. A file's checksum is that of its pictures and
labels, not of its bytes on disk: the same on any x86-64 processor with AVX2, with or without AVX-512. Where
there is no AVX2, OpenCV rounds otherwise: a few pixels in a few pictures differ by a few grey levels.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ml.data.counts import ALIKE, SPLITS, TABLE, Counts, Split, pictures, unlisted
from ml.data.rendered import LAYOUT, RenderedLift, renderers, write
from ml.machine.files import written_whole
from ml.scene.conditions import sample_conditions, sample_riders
from ml.scene.lift import LiftScene
from ml.scene.passage import Circumstances, plain
from ml.scene.recording import in_recording, sample_recordings
from ml.scene.render import Rendered, render_registered
from ml.scene.sampling import sample_lift

FIRST_SEED = 30_000
"""S1 is the lift of the seed after this one, or of one a multiple of 100 later; no training-only, LOCO or
sample lift has a seed from here."""

SEEN_PX = 300
"""Fewest canonical pixels of the bar that must be visible, in either state, on a carrier with riders."""

RECORDINGS = (6 / 9, 2 / 9, 1 / 9)
"""Recordings of each lift, shared by all of its splits (paper, section 4.1: "several"), by their length."""

OCCUPIED = {True: 0.7, False: 0.9}
"""Share of occupied carriers, by whether the bar is open: the bar of an empty carrier is rarely lowered."""


@dataclass(frozen=True)
class Part:
    """One file of the benchmark: a lift's pictures of one split."""

    counts: Counts
    split: Split

    @property
    def name(self) -> str:
        """E.g. S07-train."""
        return f"S{self.counts.number:02d}-{self.split}"

    @property
    def pictures(self) -> int:
        """How many pictures it holds."""
        return sum(pictures(self.counts, self.split))

    def path(self, folder: Path) -> Path:
        """Where `render_parts` keeps it."""
        return folder / f"v{LAYOUT}-{self.name}.npz"


def parts(splits: Sequence[Split]) -> list[Part]:
    """All files of the given splits, lift by lift."""
    return [Part(counts, split) for counts in TABLE for split in splits]


def alike_parts() -> list[Part]:
    """The files of further lifts, S21 to S40, drawn as S1 to S20 are; no training sees them."""
    return [Part(counts, "test") for counts in ALIKE]


@lru_cache(maxsize=4)
def lift_of(number: int) -> LiftScene:
    """The lift S1 to S20, or S21 to S40, by its number.

    A camera that watches a bar is mounted where the bar is visible. So this is the first of the seeds
    FIRST_SEED + number, + 100, + 200 ... whose bar is (`SEEN_PX`).
    """
    return next(filter(_bar_is_seen, map(sample_lift, itertools.count(FIRST_SEED + number, 100))))


def _bar_is_seen(lift: LiftScene) -> bool:
    riders = sample_riders(np.random.default_rng(lift.seed), lift.spec.seats, occupied=True)
    taken = [replace(plain(lift, opening), riders=riders) for opening in (0.0, 1.0)]
    return all((render_registered(lift, c, 1).bar == 1).sum() >= SEEN_PX for c in taken)


def passages(part: Part, lift: LiftScene) -> Iterator[tuple[Circumstances, int, np.random.Generator]]:
    """Yield (circumstances, pictures taken, generator of the pixels) of each passage, open ones first.

    Three pictures a passage, as in the paper; the last of each state has what is left of the count. Each
    picture is registered individually (section 4.1), not by the time since another.
    """
    seed = lift.seed
    recordings = sample_recordings(lift, np.random.default_rng([seed, 7]), len(RECORDINGS))
    for state, count in zip((True, False), pictures(part.counts, part.split), strict=True):
        for number, first in enumerate(range(0, count, 3)):
            rng = np.random.default_rng([seed, 8, SPLITS.index(part.split), int(state), number])
            occupied = bool(rng.random() < OCCUPIED[state])
            drawn = sample_conditions(lift, rng, is_open=state, occupied=occupied, each_by_itself=True)
            recording = recordings[int(rng.choice(len(recordings), p=RECORDINGS))]
            yield in_recording(recording, drawn, rng), min(3, count - first), rng


def render_part(part: Part) -> tuple[RenderedLift, list[dict[str, Any]]]:
    """Render one file's pictures; returns them and each picture's factors (plain JSON values)."""
    lift = lift_of(part.counts.number)
    done: list[Rendered] = []
    factors: list[dict[str, Any]] = []
    listed = part.pictures - (unlisted(part.counts) if part.split == "validation" else 0)
    for conditions, taken, rng in passages(part, lift):
        for position in range(taken):
            rendered = render_registered(lift, conditions, position, rng)
            done.append(rendered)
            poses = {"pose": rendered.pose.model_dump(), "registered": rendered.registered.model_dump()}
            factors.append({**rendered.metadata, **poses, "listed": len(factors) < listed})
    return RenderedLift.of(lift, done), factors


def checksum(content: RenderedLift) -> str:
    """SHA-256 of pictures, labels and masks, in that order."""
    digest = hashlib.sha256()
    for name in ("images", "bars", "riders", "is_open", "occupied", "open_mask", "close_mask"):
        digest.update(np.ascontiguousarray(getattr(content, name)).tobytes())
    return digest.hexdigest()


def _render_to(folder: Path, part: Part) -> tuple[Part, str]:
    content, factors = render_part(part)
    digest = checksum(content)
    side = part.path(folder).with_suffix(".json")
    with written_whole(side) as at:
        at.write_text(json.dumps({"sha256": digest, "pictures": factors}) + "\n", encoding="utf-8")
    write(part.path(folder), content)  # last: a file that is there is whole
    return part, digest


def render_parts(folder: Path, wanted: Sequence[Part], workers: int = 2) -> Iterator[tuple[Part, str]]:
    """Render the files that are not there yet; yields (part, checksum) as each is ready."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [part for part in wanted if not part.path(folder).exists()]
    for part in wanted:
        if part not in missing:
            side = json.loads(part.path(folder).with_suffix(".json").read_text(encoding="utf-8"))
            yield part, side["sha256"]
    missing.sort(
        key=lambda part: -part.pictures
    )  # the longest first, so that no process is left with it at the end
    with renderers(workers) as pool:
        for future in as_completed([pool.submit(_render_to, folder, part) for part in missing]):
            yield future.result()
