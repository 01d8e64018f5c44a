"""The number format of the forward pass in training: bfloat16 where it is native, else float32."""

from __future__ import annotations

import torch

from lifts.processor import multiplies_bfloat16


def precision_of(device: torch.device) -> torch.dtype:
    """Return what a forward pass on this device is computed in: bfloat16 where it is native, or float32."""
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = multiplies_bfloat16(torch.cpu.get_capabilities())
    return torch.bfloat16 if native else torch.float32


def precision_name(device: torch.device) -> str:
    """Return the same for logs and results: "bfloat16" or "float32"."""
    return str(precision_of(device)).removeprefix("torch.")


def autocast(device: torch.device, native: bool = True) -> torch.autocast:
    """Return the context of a forward pass: autocast to bfloat16 where that is native, else nothing.

    Weights, gradients and the optimiser are float32 everywhere; without `native`, so is the pass.
    """
    reduced = native and precision_of(device) is torch.bfloat16
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=reduced)
