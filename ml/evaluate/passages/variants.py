"""Each recording as other cameras, networks and lines would have given it, kept beside the original."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.evaluate.passages.halts import Truth, edit_truth, sample_halts
from ml.evaluate.passages.packets import with_damaged, with_lost
from ml.evaluate.passages.pictures import with_bits, with_every, with_halts
from ml.evaluate.watching import RenderedRecording
from ml.scene.video.schedule import write_truth

Make = Callable[[Path, Path, Truth, np.random.Generator], Truth]


@dataclass(frozen=True)
class Variant:
    """One way to change a recording; make writes the video and returns its truth, None leaves it as it is.

    references: whether the lift folder keeps its reference pictures.
    """

    name: str
    what: str
    make: Make | None = None
    references: bool = True


@dataclass(frozen=True)
class Prepared:
    """A variant of a recording, ready to be watched: video, lift folder, and what is true about it."""

    video: Path
    lift: Path
    truth: Truth


def _thinned(every: int) -> Make:
    def make(source: Path, target: Path, truth: Truth, _rng: np.random.Generator) -> Truth:
        with_every(source, target, every)
        return {**truth, "fps": truth["fps"] / every}

    return make


def _damaged(source: Path, target: Path, truth: Truth, rng: np.random.Generator) -> Truth:
    return {**truth, "damaged": with_damaged(source, target, rng)}


def _lost(source: Path, target: Path, truth: Truth, rng: np.random.Generator) -> Truth:
    return {**truth, "lost": with_lost(source, target, rng)}


def _squeezed(source: Path, target: Path, truth: Truth, _rng: np.random.Generator) -> Truth:
    with_bits(source, target, 300_000)
    return truth


def _halted(source: Path, target: Path, truth: Truth, rng: np.random.Generator) -> Truth:
    halts = sample_halts(truth, rng)
    with_halts(source, target, halts, rng)
    return edit_truth(truth, halts)


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("original", "as recorded, 25 frames a second"),
        Variant("half", "12.5 frames a second", _thinned(2)),
        Variant("fps5", "5 frames a second", _thinned(5)),
        Variant("damaged", "2 % of the packets damaged", _damaged),
        Variant("lost", "2 % of the packets lost", _lost),
        Variant("kbit300", "300 kbit/s", _squeezed),
        Variant(
            "stops",
            "the picture stands twice for 6 s with a carrier on its passage and runs at half speed for 15 s "
            "(people stand and creep with the line: a stand-in)",
            _halted,
        ),
        Variant("masks-only", "a lift folder without reference pictures", references=False),
    )
}
"""By name, in the order of the report; each one's place in it seeds what it draws: add at the end."""


def prepare(root: Path, recording: RenderedRecording, variant: Variant) -> Prepared:
    """Make a variant of a rendered recording, unless it exists: video-NAME.mp4 and truth-NAME.json."""
    folder = recording.folder(root)
    lift = folder if variant.references else _without_references(folder)
    source, truth = folder / "video.mp4", folder / "truth.json"
    if variant.make is None:
        return Prepared(source, lift, _read(truth))
    target, truth_file = folder / f"video-{variant.name}.mp4", folder / f"truth-{variant.name}.json"
    if not truth_file.exists():
        place = list(VARIANTS).index(variant.name)
        rng = np.random.default_rng(np.random.SeedSequence([recording.seed, recording.number, 7, place]))
        write_truth(truth_file, variant.make(source, target, _read(truth), rng))  # last: now it is whole
    return Prepared(target, lift, _read(truth_file))


def _read(path: Path) -> Truth:
    truth: Truth = json.loads(path.read_text(encoding="utf-8"))
    return truth


def _without_references(folder: Path) -> Path:
    bare = folder / "masks-only"
    bare.mkdir(exist_ok=True)
    for name in ("lift.toml", "open.png", "close.png"):
        shutil.copyfile(folder / name, bare / name)
    return bare
