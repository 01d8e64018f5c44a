"""Carriers to be recognised again: the counterpart of Market-1501, with passages for people.

Market-1501 (Srinivas Murthy's thesis, section 3.1.1) has 1,501 identities seen by six cameras, several
pictures by each; 750 identities train, the other 751 test. Here an identity is a passage, and what is seen of
it at begin, middle and end are its three cameras. Somebody sits on every carrier, as there is somebody in
every picture of Market-1501: an empty one has nothing of its own. The lifts are S1 to S20, each in one
recording, so that carriers of a lift share light, weather and background. All else that changes from carrier
to carrier, such as the bar, the people on the ground and the carriers before and behind, is drawn anew for
each camera: what the cameras' pictures of an identity have in common, and no other carrier of its lift has,
is who sits there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal, get_args

import numpy as np
import torch
from torch import Tensor

from lifts.geometry import middle_fraction
from ml.data.benchmark import FIRST_SEED, lift_of
from ml.data.counts import TABLE
from ml.data.moving import scene_at, slip_at
from ml.data.pictures import PictureSet, read_lifts
from ml.data.rendered import RenderedLift
from ml.scene.conditions import sample_conditions, sample_riders
from ml.scene.lift import LiftScene
from ml.scene.passage import Circumstances
from ml.scene.recording import in_recording, sample_recordings
from ml.scene.render import Rendered, render_registered

LAYOUT = 2
"""Version of these sets: raised with every change of what is drawn for a seed."""

Half = Literal["train", "test", "validation"]
"""Which identities: those that are learnt, as many that are not (half of the classes are unseen, as with ABIR
and in Market-1501), and a few more on which a training is stopped."""

HALVES: tuple[Half, ...] = get_args(Half)

PASSAGES: dict[Half, int] = {"train": 38, "test": 38, "validation": 8}
"""Of each of the twenty lifts: 760, 760 and 160 identities."""

SEEDS = range(FIRST_SEED + 1, FIRST_SEED + 1 + len(TABLE))
"""What stands for S1 to S20."""

CAMERAS = ("begin", "middle", "end")

SHOTS = 3
"""Pictures by each camera."""

_APART = 0.06
"""Of the way from begin to end, between the pictures of one camera."""


@dataclass(frozen=True, eq=False)
class Identities(PictureSet):
    """Pictures of carriers, and which carrier each is of.

    identity: int64[N], the passage, from 0 and of all lifts together. camera: int64[N], index into CAMERAS.
    """

    identity: Tensor
    camera: Tensor

    per_picture: ClassVar[tuple[str, ...]] = (*PictureSet.per_picture, "identity", "camera")


@dataclass(frozen=True)
class IdentityLifts:
    """Lifts of the benchmark with passages that are seen `SHOTS` times by each of `CAMERAS`."""

    half: Half
    passages: int

    def path(self, folder: Path, seed: int) -> Path:
        """Where a lift's file is kept; files of another layout are never read."""
        return folder / f"i{LAYOUT}-{self.half}-{seed:05d}-{self.passages}.npz"

    def render(self, seed: int) -> RenderedLift:
        """Render a lift's passages, camera by camera."""
        lift = lift_of(seed - FIRST_SEED)
        recording = sample_recordings(lift, np.random.default_rng([lift.seed, 7]), 1)[0]
        seen = scenes(lift)
        done: list[Rendered] = []
        for passage in range(self.passages):
            rng = np.random.default_rng([lift.seed, 10, HALVES.index(self.half), passage])
            by_camera = circumstances(lift, recording, rng)
            for shot, (scene, position, progress) in enumerate(seen):
                if shot % SHOTS == 0:
                    c = next(by_camera)
                shown = replace(c, slips=(slip_at(c, lift, progress, rng),) * 3)
                done.append(render_registered(scene, shown, position, rng))
        return RenderedLift.of(lift, done)


def circumstances(
    lift: LiftScene, recording: Circumstances, rng: np.random.Generator
) -> Iterator[Circumstances]:
    """Yield what each camera sees of a carrier: its riders, and nothing else that stays with it."""
    riders = sample_riders(rng, lift.spec.seats, occupied=True)
    while True:
        drawn = sample_conditions(lift, rng, occupied=True, each_by_itself=True)
        yield in_recording(recording, replace(drawn, riders=riders), rng)


def scenes(lift: LiftScene) -> list[tuple[LiftScene, int, float]]:
    """Return (installation, position to render at, progress 0..1) of each picture of a passage, in turn."""
    middle = middle_fraction(lift.lift.track) if lift.lift.track else 0.5
    near = np.arange(SHOTS) * _APART
    progresses = [*near, *(middle - _APART + near), *(1 - near[::-1])]
    return [(*scene_at(lift, float(progress)), float(progress)) for progress in progresses]


def read_identities(files: Sequence[Path]) -> Identities:
    """Read lifts that `IdentityLifts` rendered."""
    data = read_lifts(files)
    row = torch.arange(len(data))
    each = len(CAMERAS) * SHOTS
    return Identities(**vars(data), identity=row // each, camera=row % each // SHOTS)
