"""The rendered pictures that the papers' runs take, in the order in which they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from ml.commands.common import LOCO_FIRST_SEED, LOCO_LIFTS
from ml.data.benchmark import Part, alike_parts, parts, render_parts
from ml.data.rendered import LiftRecipe, PlainLifts, prepare
from ml.retrieval.identities import HALVES, PASSAGES, SEEDS, IdentityLifts

SetOfPictures = Literal["small", "judged", "large", "carriers"]
"""Table 1's training and validation pictures; all that judge bars; Table 3's; carriers to find again."""

JUDGED_PASSAGES = 67
"""Of each unseen lift, as `barwatch evaluate` has them."""


class Rendering(NamedTuple):
    """One set: its files, and what renders those that are missing with so many processes."""

    files: tuple[Path, ...]
    render: Callable[[int], Iterator[Any]]

    @property
    def there(self) -> bool:
        """Whether nothing is missing."""
        return all(file.exists() for file in self.files)


def renderings(folder: Path) -> dict[SetOfPictures, Rendering]:
    """Return the sets below a folder of runs: `folder`/benchmark and `folder`/rendered."""
    benchmark, cache = folder / "benchmark", folder / "rendered"
    unseen = _lifts(cache, range(LOCO_FIRST_SEED, LOCO_FIRST_SEED + LOCO_LIFTS), PlainLifts(JUDGED_PASSAGES))
    found: dict[SetOfPictures, Rendering] = {
        "small": _parts(benchmark, parts(["train", "validation"])),
        "judged": _all(_parts(benchmark, [*parts(["test"]), *alike_parts()]), unseen),
        "large": _parts(benchmark, parts(["large"])),
        "carriers": _all(
            *(_lifts(cache, SEEDS, IdentityLifts(half, PASSAGES[half])) for half in HALVES),
        ),
    }
    return {name: found[name] for name in get_args(SetOfPictures)}


def _parts(folder: Path, wanted: list[Part]) -> Rendering:
    return Rendering(
        tuple(part.path(folder) for part in wanted), lambda workers: render_parts(folder, wanted, workers)
    )


def _lifts(folder: Path, seeds: range, recipe: LiftRecipe) -> Rendering:
    return Rendering(
        tuple(recipe.path(folder, seed) for seed in seeds),
        lambda workers: prepare(folder, seeds, recipe, workers),
    )


def _all(*some: Rendering) -> Rendering:
    return Rendering(
        tuple(chain.from_iterable(each.files for each in some)),
        lambda workers: chain.from_iterable(each.render(workers) for each in some),
    )
