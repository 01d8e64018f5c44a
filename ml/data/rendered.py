"""Rendered lifts on disk: one file per lift, made once from its seed, in parallel, resumable.

Seeds 0..9999 are for training, 10000.. for validation and leave-one-chairlift-out tests, 20000.. for the
shipped samples, 30000.. for the benchmark: which lifts a network has seen can be read off their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from lifts.arrays import Bool, UInt8
from lifts.schema import MaskPair
from ml.machine.files import written_whole
from ml.scene.conditions import HALF_LOWERED, sample_conditions
from ml.scene.lift import LiftScene
from ml.scene.masks import draw_masks
from ml.scene.render import Rendered, render_registered
from ml.scene.sampling import sample_lift

LAYOUT = 5
"""Version of the files that `prepare` writes: raised with every change of layout or renderer."""

TRAINING_SEEDS = range(10_000)

TRAINING_HALF_LOWERED = 0.2
"""Half-lowered bars are rare and what a network errs on most: training sees more of them than there are."""


@dataclass(frozen=True, eq=False)
class RenderedLift:
    """All that was rendered of one lift.

    images: uint8[P, 200, 200, 3] RGB; picture i belongs to passage i // 3, at begin, middle, end.
    bars: uint8[P, 200, 200]; 0 no bar, 1 visible bar, 2 bar hidden by something in front.
    riders: uint8[P, 200, 200]; 1 where somebody on the carrier is seen.
    is_open, occupied: bool[P].
    open_mask, close_mask: uint8[200, 200] of 0 and 255.
    """

    seed: int
    images: UInt8
    bars: UInt8
    riders: UInt8
    is_open: Bool
    occupied: Bool
    open_mask: UInt8
    close_mask: UInt8

    @staticmethod
    def of(scene: LiftScene, pictures: Sequence[Rendered], masks: MaskPair | None = None) -> RenderedLift:
        """Return a lift with its pictures, at least one, and its masks: the lift's own unless given."""
        masks = masks or draw_masks(scene)
        return RenderedLift(
            seed=scene.seed,
            images=np.stack([picture.image for picture in pictures]),
            bars=np.stack([picture.bar for picture in pictures]),
            riders=np.stack([picture.rider for picture in pictures]),
            is_open=np.array([picture.is_open for picture in pictures]),
            occupied=np.array([picture.occupied for picture in pictures]),
            open_mask=masks.open,
            close_mask=masks.close,
        )


def render_lift(seed: int, passages: int) -> RenderedLift:
    """Render `passages` passages of three pictures each of the lift with this seed; a pure function.

    Open and closed alternate, so that both are there however few passages; three in four are occupied.
    """
    lift = sample_lift(seed)
    rng = np.random.default_rng([seed, 1])
    half_lowered = TRAINING_HALF_LOWERED if seed in TRAINING_SEEDS else HALF_LOWERED
    pictures = []
    for passage in range(passages):
        conditions = sample_conditions(
            lift,
            rng,
            is_open=bool(passage % 2 == 0),
            occupied=bool(rng.random() < 0.75),
            half_lowered=half_lowered,
        )
        pictures += [render_registered(lift, conditions, position, rng) for position in range(3)]
    return RenderedLift.of(lift, pictures)


class LiftRecipe(Protocol):
    """How lifts are rendered from their seeds; picklable, so that other processes can."""

    def path(self, folder: Path, seed: int) -> Path:
        """Where a lift's file is kept."""

    def render(self, seed: int) -> RenderedLift:
        """Render a lift: a pure function of seed and recipe."""


@dataclass(frozen=True)
class PlainLifts:
    """Lifts before the renderer's own places, as in all published sets."""

    passages: int

    def path(self, folder: Path, seed: int) -> Path:
        """Where a lift's file is kept; files of another layout are never read."""
        return folder / f"v{LAYOUT}-lift-{seed:05d}-{self.passages}.npz"

    def render(self, seed: int) -> RenderedLift:
        """Render a lift."""
        return render_lift(seed, self.passages)


def load(path: Path, maps: bool = True) -> RenderedLift:
    """Read one lift back; without `maps`, what is where in its pictures is left out: uint8[0, 200, 200]."""
    left_out = () if maps else ("bars", "riders")
    with np.load(path) as data:
        arrays = {f.name: data[f.name] for f in fields(RenderedLift) if f.name not in left_out}
    arrays |= {name: np.zeros((0, 200, 200), np.uint8) for name in left_out}
    return RenderedLift(**{**arrays, "seed": int(arrays["seed"])})


def prepare(folder: Path, seeds: Sequence[int], recipe: LiftRecipe, workers: int = 2) -> Iterator[Path]:
    """Render the lifts that `folder` does not hold yet; yields each lift's file as it is ready.

    Files appear whole or not at all, so an interrupted run resumes where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not recipe.path(folder, seed).exists()]
    yield from (recipe.path(folder, seed) for seed in seeds if seed not in missing)
    with renderers(workers) as pool:
        for future in as_completed([pool.submit(_render_to, folder, seed, recipe) for seed in missing]):
            yield future.result()


def renderers(processes: int) -> ProcessPoolExecutor:
    """A pool of processes that render, one thread each.

    Spawned: a fork would inherit OpenCV's thread pool without its threads and wait for them indefinitely.
    """
    return ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    )


def write(path: Path, lift: RenderedLift) -> None:
    """Write a lift's file, whole or not at all."""
    with written_whole(path) as part, part.open("wb") as file:
        np.savez(file, **{field.name: getattr(lift, field.name) for field in fields(lift)})


def _render_to(folder: Path, seed: int, recipe: LiftRecipe) -> Path:
    path = recipe.path(folder, seed)
    write(path, recipe.render(seed))
    return path
