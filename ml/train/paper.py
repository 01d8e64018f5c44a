"""The paper's recipe: plain SGD with Nesterov momentum, early stopping on the validation set."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ml.data.pictures import Pictures
from ml.losses.contrastive import contrastive_loss
from ml.models.paper import PaperNetwork, prepare
from ml.train.memory import keep_freed_memory

Kind = Literal["simple", "siamese"]
Progress = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True)
class PaperConfig:
    """Section 4.3: Nesterov momentum 0.9, rate decay 1e-8 a step, at most 1000 epochs, early stopping.

    learning_rate: the paper's 1e-5 belongs to its input's units, which it does not give; ours are those of
    `prepare`, and the rate is chosen on the validation set. batch, patience (epochs without a better
    validation accuracy): not in the paper. clip_norm: largest norm of a step's gradient; the distances of
    the first steps are many times the margin, and a trial without a bound diverged at 1e-4. threads: of the
    CPU, 0 where they are not known; sums, and so the figures, come out the same only with as many.
    """

    kind: Kind
    seed: int = 0
    learning_rate: float = 3e-2
    decay: float = 1e-8
    momentum: float = 0.9
    batch: int = 32
    epochs: int = 1000
    patience: int = 5
    clip_norm: float = 1.0
    threads: int = 0


def forward(model: PaperNetwork, images: Tensor, device: torch.device) -> Tensor:
    """Outputs float32[N, 2] of uint8 pictures or masks, in half precision inside."""
    with torch.autocast(device.type, dtype=torch.bfloat16):
        x = prepare(images.to(device)).contiguous(memory_format=torch.channels_last)
        outputs: Tensor = model(x)
    return outputs.float()


def batch_loss(model: PaperNetwork, data: Pictures, index: Tensor, kind: Kind) -> Tensor:
    """The loss of the pictures at int64[B]; each makes a pair with its right mask and one with the wrong."""
    device = next(model.parameters()).device
    outputs = forward(model, data.images[index], device)
    is_open = data.is_open[index]
    if kind == "simple":
        return F.cross_entropy(outputs, is_open.long().to(device))
    # A lift's masks are embedded once a batch, however many of its pictures meet them.
    lifts, which = torch.unique(data.lift[index], return_inverse=True)
    masks = forward(model, data.masks[lifts].flatten(0, 1), device).reshape(-1, 2, 2)
    pairs = masks[which.to(device)].flatten(0, 1)  # [B * (closed, open), 2]
    same = torch.stack([~is_open, is_open], 1).flatten()
    return contrastive_loss(outputs.repeat_interleave(2, 0), pairs, same.to(device))


@torch.inference_mode()
def outputs_of(model: PaperNetwork, images: Tensor, batch: int = 64) -> Tensor:
    """Outputs float32[N, 2] of any number of pictures or masks, on the CPU."""
    device = next(model.parameters()).device
    starts = range(0, len(images), batch)
    return torch.cat([forward(model, images[k : k + batch], device).cpu() for k in starts])


def scores(model: PaperNetwork, data: Pictures, kind: Kind) -> Tensor:
    """Float[N]: positive means open; the logits' difference, or how much nearer the open mask is (eq. 3)."""
    outputs = outputs_of(model, data.images)
    if kind == "simple":
        return outputs[:, 1] - outputs[:, 0]
    masks = outputs_of(model, data.masks.flatten(0, 1)).reshape(-1, 2, 2)  # [L, closed and open, 2]
    distance = torch.linalg.vector_norm(outputs[:, None] - masks[data.lift], dim=2)  # [N, 2]
    nearer: Tensor = distance[:, 0] - distance[:, 1]
    return nearer


def accuracy(model: PaperNetwork, data: Pictures, kind: Kind) -> float:
    """Share of pictures whose state is told rightly, 0..1: weighted by pictures, as the paper's is."""
    return float(((scores(model, data, kind) > 0) == data.is_open).float().mean())


def batches(count: int, size: int, rng: torch.Generator) -> Iterator[Tensor]:
    """Every index once, shuffled, int64[size] at a time."""
    order = torch.randperm(count, generator=rng)
    for first in range(0, count, size):
        yield order[first : first + size]


def train_paper(
    config: PaperConfig,
    train: Pictures,
    validation: Pictures,
    out: Path,
    progress: Progress,
    device: torch.device,
) -> Path:
    """Train until the validation accuracy has not risen for `patience` epochs; returns the best's file.

    Writes out/best.pt, out/last.pt (from which a run that was cut short goes on) and out/log.csv.
    """
    keep_freed_memory()
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    rng = torch.Generator().manual_seed(config.seed)
    model = PaperNetwork().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    sgd = torch.optim.SGD(model.parameters(), config.learning_rate, config.momentum, nesterov=True)
    state: dict[str, Any] = {"epoch": 0, "step": 0, "best": 0.0, "best_epoch": 0}
    last, best = out / "last.pt", out / "best.pt"
    if last.exists():
        saved = torch.load(last, map_location=device, weights_only=True)
        # It may go on for longer than was first asked, but not as another run.
        was = replace(PaperConfig(**saved["config"]), epochs=config.epochs, threads=config.threads)
        if was != config:
            raise ValueError(f"{last} is of another run: {saved['config']}")
        model.load_state_dict(saved["model"])
        sgd.load_state_dict(saved["sgd"])
        rng.set_state(saved["rng"].cpu())
        state = saved["state"]
    while state["epoch"] < config.epochs and state["epoch"] - state["best_epoch"] < config.patience:
        started, losses = time.monotonic(), []
        for index in batches(len(train), config.batch, rng):
            for group in sgd.param_groups:
                group["lr"] = config.learning_rate / (1 + config.decay * state["step"])
            loss = batch_loss(model, train, index, config.kind)
            sgd.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
            sgd.step()
            losses.append(float(loss.detach()))
            state["step"] += 1
        state["epoch"] += 1
        said = {
            "loss": sum(losses) / len(losses),
            "validation": accuracy(model, validation, config.kind),
            "seconds": time.monotonic() - started,
        }
        weights = {"config": asdict(config), "model": model.state_dict(), "state": state}
        if said["validation"] > state["best"]:
            state["best"], state["best_epoch"] = said["validation"], state["epoch"]
            _save(weights, best)
        _save({**weights, "sgd": sgd.state_dict(), "rng": rng.get_state()}, last)
        _log(out / "log.csv", state["epoch"], said)
        progress(state["epoch"], said)
    return best


def train_rates(
    config: PaperConfig,
    rates: Sequence[float],
    train: Pictures,
    validation: Pictures,
    out: Path,
    progress: Progress,
    device: torch.device,
) -> Path:
    """Train once with each learning rate; returns the file of the best on validation.

    Each has its folder, out/rate-RATE; out/best.pt is that of the best and says what each rate reached.
    """
    reached: dict[str, float] = {}
    contents = []
    for rate in rates:
        tried = replace(config, learning_rate=rate)
        path = train_paper(tried, train, validation, out / f"rate-{rate:g}", progress, device)
        contents.append(torch.load(path, map_location="cpu", weights_only=True))
        reached[f"{rate:g}"] = contents[-1]["state"]["best"]
    best = max(contents, key=lambda content: content["state"]["best"])
    best["state"] |= {"reached_by_rate": reached, "training_pictures": len(train)}
    _save(best, out / "best.pt")
    return out / "best.pt"


def _save(content: dict[str, Any], path: Path) -> None:
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.rename(path)


def _log(path: Path, epoch: int, said: dict[str, float]) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        if new:
            log.writerow(["epoch", *said])
        log.writerow([epoch, *(f"{value:.5f}" for value in said.values())])


def load_paper(path: Path, device: torch.device) -> tuple[PaperNetwork, PaperConfig, dict[str, Any]]:
    """Read best.pt back: the network, its configuration, and how far training had come."""
    saved = torch.load(path, map_location=device, weights_only=True)
    model = PaperNetwork().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    model.load_state_dict(saved["model"])
    return model, PaperConfig(**saved["config"]), saved["state"]
