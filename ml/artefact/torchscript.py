"""The only module that writes and reads TorchScript (docs/artefact.md); torch.export can replace it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lifts.arrays import Float32, Int64, UInt8
from lifts.decision.verdict import NO_RIDERS
from ml.artefact.folding import fold, unfold
from ml.models.barwatch import BarwatchNetwork, EmbedderOutput, ModelConfig, prepare_masks, prepare_pictures
from ml.models.trunk import network_for


class Artefact(nn.Module):
    """The network as it ships: raw bytes in, embeddings and margins out."""

    def __init__(self, network: BarwatchNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> EmbedderOutput:
        """uint8[N, 200, 200, 3] RGB to everything the network says of it."""
        output: EmbedderOutput = self.network(prepare_pictures(images).to(self.network.bar.weight.dtype))
        return output

    @torch.jit.export
    def embed(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] RGB to float32[N, D]."""
        return self.forward(images).embedding

    @torch.jit.export
    def embed_mask(self, masks: Tensor) -> Tensor:
        """uint8[N, 200, 200] to float32[N, D]."""
        output: EmbedderOutput = self.network(prepare_masks(masks).to(self.network.bar.weight.dtype))
        return output.embedding

    @torch.jit.export
    def occupancy(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] RGB to float32[N] in 0..1."""
        return torch.sigmoid(self.forward(images).occupancy_logits)

    @torch.jit.export
    def bar_map(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] RGB to float32[N, 50, 50]: the probability that a cell holds bar."""
        return torch.sigmoid(self.forward(images).bar_logits)

    @torch.jit.export
    def look(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """uint8[N, 200, 200, 3] to all that does not depend on masks.

        Returns:
            embeddings float32[N, D], features for `match`, occupancy float32[N], and rider maps
            float32[N, 25, 25], log odds; the last is not in artefacts before 0.7.
        """
        output = self.forward(images)
        occupancy = torch.sigmoid(output.occupancy_logits)
        return output.embedding, output.features, occupancy, output.rider_logits

    @torch.jit.export
    def match(self, embedding: Tensor, features: Tensor, references: Tensor) -> tuple[Tensor, Tensor]:
        """Judge pictures by their lifts' masks, without looking at them again.

        Args:
            embedding, features: from `look`.
            references: float32[N, 3, D]: embeddings of the open and the close mask, and the mean embedding of
                the lift's own unlabelled pictures, zeros where there are none.

        Returns:
            margins float32[N] and float32[N] in 0..1, the chance that it is a carrier of that lift.
        """
        cells = self.network.bar_grid * self.network.bar_grid
        background = references[:, 2, :cells]
        found = self.network.match(embedding, features, references[:, 0], references[:, 1], background)
        return found.margin, torch.sigmoid(found.fit_logits)

    @torch.jit.export
    def compare(self, images: Tensor, references: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """`look` and `match` in one: embeddings, occupancy, margins, chances and rider maps."""
        embedding, features, occupancy, riders = self.look(images)
        margin, fit = self.match(embedding, features, references)
        return embedding, occupancy, margin, fit, riders


BATCH = 32
"""Pictures in one forward pass: the trunk keeps megabytes of each."""

METHODS = ["embed", "embed_mask", "occupancy", "bar_map", "look", "match", "compare"]


def script(model: BarwatchNetwork) -> torch.jit.ScriptModule:
    """Return the scripted artefact of a trained network; the network given is left as it is.

    It is not frozen: frozen weights are constants, which can neither move to a device nor become half
    precision. Who loads it freezes it, once it is where it runs.
    """
    copy = network_for(model.config)
    copy.load_state_dict(model.state_dict())
    fold(copy)
    copy.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    copy.requires_grad_(False)
    return _scripted(Artefact(copy))


def _scripted(module: nn.Module) -> torch.jit.ScriptModule:
    with warnings.catch_warnings():
        # Deprecated in torch 2.13, and what the service loads: see the module's first line.
        warnings.simplefilter("ignore", DeprecationWarning)
        scripted: torch.jit.ScriptModule = torch.jit.script(module.eval())
    return scripted


def read_weights(path: Path, config: ModelConfig | None = None) -> dict[str, Tensor]:
    """Return an artefact's weights as a network that trains on has them (`unfold`).

    Args:
        path: barwatch.ts.
        config: the artefact's; the default's if None.

    Raises:
        ValueError: the artefact is frozen, or of another network.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
    return unfold(module.state_dict(), config)


def load(path: Path, device: str = "cpu", dtype: torch.dtype = torch.float32) -> torch.jit.ScriptModule:
    """Return the artefact on a device, frozen there as the service does it.

    Args:
        path: barwatch.ts.
        device: where it shall run.
        dtype: what it computes in.

    Raises:
        ValueError: reduced precision of an artefact that was exported frozen: its weights are constants.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = torch.jit.load(str(path), map_location=device).eval()  # type: ignore[no-untyped-call]
        if dtype != torch.float32 and not any(True for _ in module.parameters()):
            raise ValueError("the artefact was exported frozen, its weights cannot become another precision")
        kept = [name for name in METHODS if hasattr(module, name)]
        frozen: torch.jit.ScriptModule = torch.jit.freeze(module.to(dtype), preserved_attrs=kept)
    return frozen


@dataclass(frozen=True, eq=False)
class EncodedPictures:
    """What the network makes of N pictures before it knows their masks; `Scripted.match` takes it."""

    embedding: Float32
    features: Tensor
    occupancy: Float32
    riders: Float32

    def take(self, rows: Int64 | slice) -> EncodedPictures:
        """The same of some of the pictures."""
        where = rows if isinstance(rows, slice) else torch.from_numpy(rows)
        riders = self.riders[rows] if len(self.riders) else self.riders
        return EncodedPictures(self.embedding[rows], self.features[where], self.occupancy[rows], riders)


class Scripted:
    """A scripted artefact behind numpy, for evaluation (ml.evaluate.scoring.Embeds)."""

    def __init__(self, module: torch.jit.ScriptModule) -> None:
        self.module = module

    @staticmethod
    def load(path: Path, dtype: torch.dtype = torch.float32) -> Scripted:
        """Load barwatch.ts, to compute in `dtype`."""
        return Scripted(load(path, dtype=dtype))

    def look(self, images: UInt8) -> EncodedPictures:
        """uint8[N, 200, 200, 3] to what `match` needs and `pictures` says, in batches of BATCH."""
        with torch.inference_mode():
            parts = [
                self.module.look(torch.from_numpy(np.ascontiguousarray(images[at : at + BATCH])))
                for at in range(0, len(images), BATCH)
            ]
        embedding, features, occupancy, *maps = (torch.cat(part) for part in zip(*parts, strict=True))
        riders = maps[0].numpy() if maps else NO_RIDERS
        return EncodedPictures(embedding.numpy(), features, occupancy.numpy(), riders)

    def match(self, seen: EncodedPictures, references: Float32) -> tuple[Float32, Float32]:
        """Judge N pictures by one lift's references float32[3, D]: margins, chances float32[N] to belong."""
        count = len(seen.embedding)
        with torch.inference_mode():
            margin, fit = self.module.match(
                torch.from_numpy(seen.embedding),
                seen.features,
                torch.from_numpy(references).expand(count, -1, -1),
            )
        return margin.numpy(), fit.numpy()

    def masks(self, masks: UInt8) -> Float32:
        """uint8[N, 200, 200] to float32[N, D]."""
        with torch.inference_mode():
            embeddings: Tensor = self.module.embed_mask(torch.from_numpy(masks))
        return embeddings.numpy()
