"""Batches: a few lifts with their masks, a few passages of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import IterableDataset

from lifts.arrays import Bool
from ml.data import augment
from ml.data.arriving import arrived
from ml.data.rendered import RenderedLift, load

BLIND, DISPLACED = 0.06, 0.6
"""Share of pictures that do not show the carrier, and share of these that show what is beside it."""

CACHED_BYTES = 4 << 30
"""Pictures that a loader keeps in memory; reading a file again costs milliseconds."""

WATCHED = 0.6
"""Share of lifts in an episode that know their background from other pictures."""


@dataclass(frozen=True, eq=False)
class Episode:
    """One batch of L lifts with P pictures each; picture i belongs to lift i // P, and to passage i // 3.

    images: uint8[L * P, 200, 200, 3]; bars: uint8[L * P, 200, 200], 255 where bar, 128 where it is hidden.
    riders: uint8[L * P, 200, 200], 255 where somebody on the carrier is seen.
    is_open, occupied: float32[L * P]; blind: float32[L * P], 1 where the picture does not show the carrier.
    open_masks, close_masks: uint8[L, 200, 200].
    watched: bool[L, P, P]: the other pictures of the same lift that give a picture's background embedding,
        without their labels; never the picture itself. None on some lifts, a random share on the others.
    """

    images: torch.Tensor
    bars: torch.Tensor
    riders: torch.Tensor
    is_open: torch.Tensor
    occupied: torch.Tensor
    blind: torch.Tensor
    open_masks: torch.Tensor
    close_masks: torch.Tensor
    watched: torch.Tensor

    def to(self, device: torch.device) -> Episode:
        """Return the same on a device; from pinned memory without waiting for it."""
        return Episode(**{name: value.to(device, non_blocking=True) for name, value in vars(self).items()})

    def pin_memory(self) -> Episode:
        """Return the same in memory that a GPU reads by itself; torch's loader calls this."""
        return Episode(**{name: value.pin_memory() for name, value in vars(self).items()})


class Episodes(IterableDataset[Episode]):
    """An endless stream of episodes; each depends on seed and step only, so a resumed run sees the same.

    Args:
        files: rendered lifts; or a folder that others add to and take from, whose episodes depend on what is
            there, and repeat nothing.
        lifts, passages: in an episode, and of each lift.
        first_step: of the run, from which to go on.
    """

    def __init__(
        self, files: Sequence[Path] | Path, lifts: int, passages: int, seed: int, first_step: int = 0
    ) -> None:
        self.files = files if isinstance(files, Path) else sorted(files)
        self.lifts, self.pictures, self.seed = lifts, 3 * passages, seed
        self.first_step = first_step

    def __iter__(self) -> Iterator[Episode]:
        """Yield one episode per step; several loader workers share the steps."""
        cv2.setNumThreads(1)
        info = torch.utils.data.get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        cache: dict[Path, RenderedLift] = {}
        step = self.first_step + worker
        while True:
            yield self.episode(step, cache)
            step += workers

    def episode(self, step: int, cache: dict[Path, RenderedLift]) -> Episode:
        """Return the episode of this step: a pure function of (files that are there, seed, step)."""
        rng = np.random.default_rng([self.seed, step])
        parts = [self._lift(lift, rng) for lift in self._chosen(rng, cache)]
        images, bars, riders, is_open, occupied, blind, opens, closes = (
            np.concatenate([np.asarray(p[k]) for p in parts]) for k in range(8)
        )
        return Episode(
            images=torch.from_numpy(images),
            bars=torch.from_numpy(bars),
            riders=torch.from_numpy(riders),
            is_open=torch.from_numpy(is_open.astype(np.float32)),
            occupied=torch.from_numpy(occupied.astype(np.float32)),
            blind=torch.from_numpy(blind.astype(np.float32)),
            open_masks=torch.from_numpy(opens),
            close_masks=torch.from_numpy(closes),
            watched=torch.from_numpy(self._watched(rng)),
        )

    def _chosen(self, rng: np.random.Generator, cache: dict[Path, RenderedLift]) -> list[RenderedLift]:
        while True:
            files = arrived(self.files) if isinstance(self.files, Path) else self.files
            chosen = rng.choice(len(files), self.lifts, replace=len(files) < self.lifts)
            try:
                return [_cached(files[i], cache) for i in chosen]
            except FileNotFoundError:
                if not isinstance(self.files, Path):
                    raise
                # One of them made room for a younger one since they were listed.

    def _watched(self, rng: np.random.Generator) -> Bool:
        some: Bool = rng.random((self.lifts, self.pictures, self.pictures)) < rng.random((self.lifts, 1, 1))
        some &= rng.random((self.lifts, 1, 1)) < WATCHED
        some[:, np.arange(self.pictures), np.arange(self.pictures)] = False
        return some

    def _lift(self, lift: RenderedLift, rng: np.random.Generator) -> tuple[npt.NDArray[np.generic], ...]:
        geometry = augment.lift_geometry(rng)
        passages = [np.flatnonzero(lift.is_open[::3] == state) for state in (True, False)]
        picked = np.concatenate(
            [3 * rng.choice(passages[n % 2]) + np.arange(3) for n in range(self.pictures // 3)]
        )
        images, bars, riders = [], [], []
        blind = rng.random(self.pictures) < BLIND
        for index, is_blind in zip(picked, blind, strict=True):
            displaced = is_blind and rng.random() < DISPLACED
            if is_blind and not displaced:
                images.append(augment.blinded(rng))
                bars.append(np.zeros((200, 200), np.uint8))
                riders.append(np.zeros((200, 200), np.uint8))
                continue
            error = augment.elsewhere(rng) if displaced else augment.registration_error(rng)
            matrix = error @ geometry
            image = augment.warp(lift.images[index], matrix)
            if rng.random() < 0.4:
                image = augment.clutter(image, rng)
            images.append(augment.optics(augment.colours(image, rng), rng))
            levels = np.array([0, 255, 128], np.uint8)[lift.bars[index]]
            bars.append(augment.warp(levels, matrix, nearest=True))
            riders.append(augment.warp(lift.riders[index] * np.uint8(255), matrix, nearest=True))
        opens = augment.redraw(augment.warp(lift.open_mask, geometry, nearest=True), rng)
        closes = augment.redraw(augment.warp(lift.close_mask, geometry, nearest=True), rng)
        return (
            np.stack(images),
            np.stack(bars),
            np.stack(riders),
            lift.is_open[picked],
            lift.occupied[picked] & ~blind,
            blind,
            opens[None],
            closes[None],
        )


def _cached(path: Path, cache: dict[Path, RenderedLift]) -> RenderedLift:
    """Return a file's lift; the cache keeps as many as fit, and forgets the oldest first."""
    if path not in cache:
        lift = load(path)
        while (
            cache and sum(kept.images.nbytes for kept in cache.values()) + lift.images.nbytes > CACHED_BYTES
        ):
            del cache[next(iter(cache))]
        cache[path] = lift
    return cache[path]
