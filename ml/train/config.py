"""The configuration of a training of the shipped network, saved in every checkpoint."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ml.models.barwatch import ModelConfig


@dataclass(frozen=True)
class TrainConfig:
    """A run of the shipped embedder.

    lifts, first_seed: the training lifts have seeds first_seed .. first_seed + lifts - 1.
    passages: rendered passages of each lift, three pictures each.
    textured: further lifts, with textured seats and backdrops (`ml.data.textured`); half as many passages in
        `takes` exposures each. photographs: names of those behind them (`ml.data.photographs`).
    rounds: how often in a run the textured lifts are rendered anew, from the next seeds; the old ones go.
    first_round: which of the textured lifts' rounds this run begins with: another run's lifts, or later ones.
    arriving: whether lifts are rendered while the run learns from those that are there; `lifts` and
        `textured` are then as many as it may come to, and there are no rounds.
    steps, minutes: the run ends, its learning rate annealed, after so many steps, or so many minutes of
        learning if not 0, whichever comes first.
    batch_lifts, batch_passages: lifts in a step, and passages of each, open and closed in turn.
    margin_scale: logits per unit of margin in the loss.
    teacher: checkpoint of a network that this one shall agree with; "" for none.
    trunk_share: share of the learning rate at which an ImageNet trunk learns; 0: it stays as it came.
    started_from: checkpoint whose weights the run started with; "" for none.
    """

    preset: str = "small"
    seed: int = 0
    lifts: int = 1600
    first_seed: int = 0
    passages: int = 8
    textured: int = 0
    takes: int = 6
    photographs: tuple[str, ...] = ()
    rounds: int = 1
    first_round: int = 0
    arriving: bool = False
    steps: int = 8000
    minutes: float = 0.0
    batch_lifts: int = 12
    batch_passages: int = 2
    learning_rate: float = 3e-3
    warmup_steps: int = 200
    weight_decay: float = 2e-4
    average_decay: float = 0.998
    margin_scale: float = 10.0
    margin_weight: float = 0.5
    fit_weight: float = 0.25
    dense_weight: float = 1.0
    occupancy_weight: float = 0.5
    passage_weight: float = 0.5
    rider_weight: float = 1.0
    blind_weight: float = 1.0
    mask_weight: float = 0.25
    teacher_weight: float = 1.0
    teacher: str = ""
    trunk_share: float = 0.3
    started_from: str = ""
    model: ModelConfig = field(default_factory=ModelConfig)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for checkpoints and manifests."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> TrainConfig:
        """Read `as_dict` back; fields that no longer exist are ignored."""
        model = dict(values["model"])
        model["widths"] = tuple(model["widths"])
        known = {name: values[name] for name in (f.name for f in fields(TrainConfig)) if name in values}
        known["photographs"] = tuple(known.get("photographs", ()))
        return TrainConfig(**{**known, "model": ModelConfig(**model)})


PRESETS = {
    "smoke": TrainConfig(
        preset="smoke",
        lifts=6,
        passages=2,
        textured=1,
        takes=1,
        steps=12,
        batch_lifts=3,
        batch_passages=2,
        warmup_steps=4,
    ),
    "small": TrainConfig(preset="small"),
    # Goes on from what ships (--start-from): who sits there, before texture.
    "sight": TrainConfig(preset="sight", lifts=600, textured=800, rounds=4, steps=4000, learning_rate=1e-3),
    # Goes on from what ships as well, for fewer steps: a teacher's cost many times as much.
    "teacher": TrainConfig(
        preset="teacher", lifts=400, textured=400, steps=1000, learning_rate=5e-4, warmup_steps=40
    ),
    # For 16 cores and one GPU: they render and load as fast as they can, and the clock ends it.
    "gpu": TrainConfig(
        preset="gpu",
        lifts=3000,
        textured=10_000,
        arriving=True,
        steps=100_000,
        minutes=9.0,
        batch_lifts=24,
    ),
    "large": TrainConfig(preset="large", lifts=3000, passages=10, steps=20_000),
}
