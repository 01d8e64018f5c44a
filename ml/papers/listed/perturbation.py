"""Universal perturbations: one small change for all pictures, made to fool the network that ships.

Ding et al., "Polynomial Universal Adversarial Perturbations for Person Re-Identification" (ICPR 2020), of
which the list in paper 002 gives the abstract alone: beside the additive form, a perturbation that
"consists of both an additive perturbation and a multiplicative modulation factor", found by "a Pearson
correlation coefficient loss". No equation; this is ours, of pictures x in grey levels:

    additive:    x' = clip(x + d),              |d| <= E in every value
    polynomial:  x' = clip(x + d + m (x - mean of x)),   |d| <= E / 2 and |m| <= E / 512

so that neither form changes a value by more than E. The abstract's factor "modulates the perturbation signal
in line with the unit impulse pattern of the input image": not done, for it does not say what that pattern is;
m is multiplied by the picture's contrast instead. The polynomial form's additive part has half of what the
additive form has, so the two together do not show what the factor adds. d and m are found by ascending the
sign of the gradient of minus the correlation between the margins of x' and those of x, over a batch, on lifts
whose pictures are judged by nobody here; the figures are of other lifts. A search ends after STEPS steps of
BATCH pictures, whether or not the correlation still falls: its cost is decided by that budget, and a longer
search might cost more. As a control stands noise of the same size: +E or -E in every value at random. This
is a test of robustness, white-box, and no attack that a camera in a station is exposed to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lifts.arrays import Bool
from ml.artefact.torchscript import read_weights
from ml.data.rendered import PlainLifts, RenderedLift
from ml.models.barwatch import BarwatchNetwork, prepare_masks
from ml.models.trunk import network_for
from ml.papers.listed.measure import Measurement, Row, Setting, compared
from ml.train.config import TrainConfig

ATTACK_FIRST_SEED, ATTACK_LIFTS, PASSAGES = 10_800, 12, 8
MEASURED_FIRST_SEED, MEASURED_LIFTS = 10_700, 16
SIZES = (2.0, 4.0, 8.0)
"""E, in grey levels of 255."""

STEPS, BATCH = 60, 16


@dataclass(frozen=True, eq=False)
class Perturbation:
    """What is added to every picture, float[3, 200, 200] in grey levels, and what its contrast is times."""

    added: Tensor
    modulated: Tensor

    def applied(self, x: Tensor) -> Tensor:
        """Change float[N, 3, 200, 200] of 0..255; stays in 0..255."""
        centred = x - x.mean((1, 2, 3), keepdim=True)
        return (x + self.added + self.modulated * centred).clamp(0, 255)


def network_of_artefact(setting: Setting) -> BarwatchNetwork:
    """Return the shipped network with gradients, from its file and manifest."""
    manifest = json.loads(setting.artefact.with_suffix(".json").read_text(encoding="utf-8"))
    config = TrainConfig.from_dict(manifest["training"]).model
    network = network_for(config)
    network.load_state_dict(read_weights(setting.artefact, config))
    return network.eval().requires_grad_(False)


def normalised(x: Tensor) -> Tensor:
    """As `prepare_pictures`, of float[N, 3, 200, 200] in 0..255, with a gradient."""
    some = x[:, :, 2::4, 2::4].flatten(1)
    mean, deviation = some.mean(1), some.std(1)
    scale: Tensor = 0.5 / deviation.clamp(min=8.0)
    out: Tensor = (x - mean.view(-1, 1, 1, 1)) * scale.view(-1, 1, 1, 1)
    return out


def margins_of(network: BarwatchNetwork, x: Tensor, masks: tuple[Tensor, Tensor]) -> Tensor:
    """Return the margins float[N] of float[N, 3, 200, 200] in 0..255.

    Args:
        masks: embeddings of open and close mask, float[N, D] each.
    """
    seen = network(normalised(x).contiguous(memory_format=torch.channels_last))
    cells = network.bar_grid * network.bar_grid
    background = torch.zeros_like(masks[0][:, :cells])
    margin: Tensor = network.match(seen.embedding, seen.features, *masks, background).margin
    return margin


def correlation(one: Tensor, other: Tensor) -> Tensor:
    """Return Pearson's correlation of float[N] each, float[] in -1..1."""
    a, b = one - one.mean(), other - other.mean()
    found: Tensor = (a * b).sum() / (a.norm() * b.norm()).clamp(min=1e-9)
    return found


def find(
    network: BarwatchNetwork,
    lifts: Sequence[RenderedLift],
    size: float,
    polynomial: bool,
    seed: int,
    steps: int = STEPS,
) -> Perturbation:
    """Find a perturbation of at most `size` grey levels, on lifts that are not measured."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.from_numpy(np.concatenate([lift.images for lift in lifts]))
    opened, closed = (
        torch.cat(each) for each in zip(*(_masks(network, lift) for lift in lifts), strict=True)
    )
    most, factor = size / 2 if polynomial else size, size / 512
    added = ((2 * torch.rand(3, 200, 200, generator=generator) - 1) * most).requires_grad_()
    modulated = torch.zeros(3, 200, 200, requires_grad=True)
    for _ in range(steps):
        rows = torch.randperm(len(images), generator=generator)[:BATCH]
        x, masks = _floats(images[rows]), (opened[rows], closed[rows])
        with torch.no_grad():
            plain = margins_of(network, x, masks)
        changed = margins_of(network, Perturbation(added, modulated).applied(x), masks)
        gradients = torch.autograd.grad(correlation(changed, plain), (added, modulated))
        with torch.no_grad():
            added.sub_(most / 8 * gradients[0].sign()).clamp_(-most, most)
            if polynomial:
                modulated.sub_(factor / 8 * gradients[1].sign()).clamp_(-factor, factor)
    return Perturbation(added.detach(), modulated.detach())


def noise(size: float, seed: int) -> Perturbation:
    """Return the control: +size or -size in every value."""
    drawn = torch.rand(3, 200, 200, generator=torch.Generator().manual_seed(seed))
    return Perturbation(size * (2.0 * (drawn > 0.5) - 1.0), torch.zeros(3, 200, 200))


@torch.no_grad()
def judged_right(network: BarwatchNetwork, lift: RenderedLift, change: Perturbation | None) -> Bool:
    """Return whether each picture's margin has the right sign, bool[N], with a change or without."""
    opened, closed = _masks(network, lift)
    found = []
    for rows in torch.split(torch.arange(len(lift.images)), 32):
        x = _floats(torch.from_numpy(lift.images)[rows])
        x = x if change is None else change.applied(x)
        found.append(margins_of(network, x, (opened[rows], closed[rows])))
    return np.asarray((torch.cat(found) < 0).numpy() == lift.is_open)


def perturbation_rows(setting: Setting) -> list[Row]:
    """Return the share of pictures judged right, by the size and the form of the change."""
    network = network_of_artefact(setting)
    recipe = PlainLifts(4 if setting.smoke else PASSAGES)
    attacked = setting.lifts(ATTACK_FIRST_SEED, ATTACK_LIFTS, recipe)
    asked = setting.lifts(MEASURED_FIRST_SEED, MEASURED_LIFTS, recipe)
    lift_of = np.repeat(np.arange(len(asked)), [len(lift.images) for lift in asked])

    def judged(change: Perturbation | None) -> Bool:
        return np.concatenate([judged_right(network, lift, change) for lift in asked])

    rows: list[Row] = []
    plain, steps = judged(None), 2 if setting.smoke else STEPS
    for size in SIZES[-1:] if setting.smoke else SIZES:
        right: dict[str, list[Bool]] = {"noise": [], "additive": [], "polynomial": [], "no change": [plain]}
        for seed in range(setting.seeds):
            right["noise"].append(judged(noise(size, seed)))
            for name in ("additive", "polynomial"):
                change = find(network, attacked, size, name == "polynomial", seed, steps)
                right[name].append(judged(change))
        rows += [{"grey levels": size, **row} for row in compared(right, lift_of, "noise")]
    return rows


@torch.no_grad()
def _masks(network: BarwatchNetwork, lift: RenderedLift) -> tuple[Tensor, Tensor]:
    both = np.stack([lift.open_mask, lift.close_mask])
    embedded = network(prepare_masks(torch.from_numpy(both))).embedding
    count = len(lift.images)
    return embedded[:1].expand(count, -1), embedded[1:].expand(count, -1)


def _floats(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).float()


PERTURBATION = Measurement(
    "universal perturbations of the network that ships",
    "Ding et al., Polynomial Universal Adversarial Perturbations (ICPR 2020)",
    perturbation_rows,
    f"**Decided by its budget**: each search ends after {STEPS} steps of {BATCH} pictures, whether or not "
    "the correlation still falls; a longer one might cost more. Differences are to noise of the same size. "
    "Polynomial ones have half of the additive ones' additive part, and no modulation by the picture's "
    "unit impulse pattern, as the abstract has it.",
)
