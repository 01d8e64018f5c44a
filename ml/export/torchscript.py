"""The one module that writes TorchScript (design section 5), so that torch.export can replace it."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ml.models.barwatch import Embedder, Output, StandardConv, prepare_masks, prepare_pictures


def fold(module: nn.Module) -> None:
    """Replace every StandardConv by the plain convolution that it computes, in place."""
    for name, child in module.named_children():
        if not isinstance(child, StandardConv):
            fold(child)
            continue
        outputs, inputs, kernel, _ = child.weight.shape
        plain = nn.Conv2d(inputs, outputs, kernel, child.stride, child.padding)
        with torch.no_grad():
            plain.weight.copy_(child.standard_weight())
            plain.bias.copy_(child.bias)  # type: ignore[union-attr]
        setattr(module, name, nn.Sequential(plain, nn.ReLU()) if child.relu else plain)


class Artefact(nn.Module):
    """The network as it ships: raw bytes in, embeddings out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Output:
        """uint8[N, 200, 200, 3] RGB to everything the network says of it."""
        output: Output = self.network(prepare_pictures(images))
        return output

    @torch.jit.export
    def embed(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] RGB to float32[N, D]."""
        return self.forward(images).embedding

    @torch.jit.export
    def embed_mask(self, masks: Tensor) -> Tensor:
        """uint8[N, 200, 200] to float32[N, D]."""
        output: Output = self.network(prepare_masks(masks))
        return output.embedding

    @torch.jit.export
    def occupancy(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] RGB to float32[N] in 0..1."""
        return torch.sigmoid(self.forward(images).occupancy_logits)

    @torch.jit.export
    def embed_and_occupancy(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """`embed` and `occupancy` of one forward pass."""
        output = self.forward(images)
        return output.embedding, torch.sigmoid(output.occupancy_logits)

    @torch.jit.export
    def bar_map(self, images: Tensor) -> Tensor:
        """uint8[N, 200, 200, 3] RGB to float32[N, 50, 50]: the probability that a cell holds bar."""
        return torch.sigmoid(self.forward(images).bar_logits)


def script(model: Embedder) -> torch.jit.ScriptModule:
    """Return the scripted artefact of a trained network; the network given is left as it is."""
    copy = Embedder(model.config)
    copy.load_state_dict(model.state_dict())
    fold(copy)
    copy.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with warnings.catch_warnings():
        # Deprecated in torch 2.13, and what the service loads: see the module's first line.
        warnings.simplefilter("ignore", DeprecationWarning)
        scripted = torch.jit.script(Artefact(copy).eval())
        frozen: torch.jit.ScriptModule = torch.jit.freeze(
            scripted, preserved_attrs=["embed", "embed_mask", "occupancy", "embed_and_occupancy", "bar_map"]
        )
    return frozen


class Scripted:
    """A scripted artefact behind numpy, for evaluation (ml.evaluate.scoring.Embeds)."""

    def __init__(self, module: torch.jit.ScriptModule) -> None:
        self.module = module

    @staticmethod
    def load(path: Path) -> Scripted:
        """Load barwatch.ts."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return Scripted(torch.jit.load(str(path), map_location="cpu"))  # type: ignore[no-untyped-call]

    def pictures(
        self, images: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """uint8[N, 200, 200, 3] to (float32[N, D], float32[N])."""
        with torch.inference_mode():
            embedding, occupancy = self.module.embed_and_occupancy(torch.from_numpy(images))
        return embedding.numpy(), occupancy.numpy()

    def masks(self, masks: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """uint8[N, 200, 200] to float32[N, D]."""
        with torch.inference_mode():
            embeddings: Tensor = self.module.embed_mask(torch.from_numpy(masks))
        return embeddings.numpy()
