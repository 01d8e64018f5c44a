"""Embedding speed on a GPU, from host bytes to distances, beside the limits of its bus and arithmetic.

It has not been run on a GPU yet: only the parts that need none are tested (counting operations, the limits).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from ml.artefact.torchscript import load

BATCH = 512
MASKS = 2
"""Open and close."""

_BYTES = 200 * 200 * 3
_MATRIX = 8192  # large enough that half-precision products reach their full rate


def gpu_rate(model: Path, seconds: float, batch: int = BATCH) -> dict[str, Any]:
    """Measure the artefact on the GPU, and in the same run the GPU's two limits.

    Pictures lie as bytes in pinned host memory, cross the bus as uint8, are normalised on the device
    (channels-last, as their bytes are), embedded in half precision and compared with a bank of masks in
    float32; the distances go back. Two streams take turns, so that one copies while the other computes.

    `seconds` are given to each of the three figures.

    Returns:
        The figures of `compare_with_limits`; or `left_out`, the reason, if there is no GPU or the artefact
        cannot run in half precision.
    """
    if not torch.cuda.is_available():
        return {"left_out": "no CUDA device here"}
    try:
        network = load(model, "cuda", torch.float16)
    except ValueError as error:
        return {"left_out": str(error)}
    masks = torch.randint(0, 2, (MASKS, 200, 200), dtype=torch.uint8, device="cuda") * 255
    with torch.inference_mode():
        bank = network.embed_mask(masks).float()  # [MASKS, D]
        host = [torch.randint(0, 256, (batch, 200, 200, 3), dtype=torch.uint8).pin_memory() for _ in range(2)]
        back = [torch.empty(batch, MASKS).pin_memory() for _ in range(2)]
        device = [torch.empty_like(images, device="cuda") for images in host]
        streams = [torch.cuda.Stream() for _ in range(2)]  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()  # the other streams do not wait for what this one has made

        def embed_pictures(turn: int) -> None:
            k = turn % 2
            with torch.cuda.stream(streams[k]):
                device[k].copy_(host[k], non_blocking=True)
                back[k].copy_(torch.cdist(network.embed(device[k]).float(), bank), non_blocking=True)

        def copy_pictures(turn: int) -> None:
            device[turn % 2].copy_(host[turn % 2], non_blocking=True)

        a = torch.randn(_MATRIX, _MATRIX, dtype=torch.half, device="cuda")
        b, product = torch.randn_like(a), torch.empty_like(a)
        return {"gpu": torch.cuda.get_device_name(), "batch": batch} | compare_with_limits(
            batch / _seconds_each(embed_pictures, seconds),
            batch * _BYTES / _seconds_each(copy_pictures, seconds),
            2 * _MATRIX**3 / _seconds_each(lambda _turn: torch.mm(a, b, out=product), seconds),
            count_operations(load(model)),
        )


def compare_with_limits(
    pictures_per_s: float, bytes_per_s: float, flop_per_s: float, flop_per_picture: int
) -> dict[str, float]:
    """Return what was measured beside the two limits, and its share of the nearer one.

    Args:
        pictures_per_s: measured, from host bytes to distances.
        bytes_per_s: measured, from pinned memory to the device.
        flop_per_s: measured, in products of large half-precision matrices.
        flop_per_picture: of the network, a multiplication and an addition counting two.
    """
    copy, arithmetic = bytes_per_s / _BYTES, flop_per_s / flop_per_picture
    return {
        "pictures_per_s": pictures_per_s,
        "copy_gb_per_s": bytes_per_s / 1e9,
        "copy_limit_pictures_per_s": copy,
        "arithmetic_tflop_per_s": flop_per_s / 1e12,
        "gflop_per_picture": flop_per_picture / 1e9,
        "arithmetic_limit_pictures_per_s": arithmetic,
        "share_of_limit": pictures_per_s / min(copy, arithmetic),
    }


def count_operations(network: Any) -> int:
    """Return the floating-point operations of the convolutions and products that embed one picture."""
    image = torch.zeros(1, 200, 200, 3, dtype=torch.uint8)
    with torch.inference_mode():
        for _ in range(3):  # TorchScript specialises its graph in the first calls
            network.embed(image)
        with FlopCounterMode(display=False) as counter:
            network.embed(image)
    return int(counter.get_total_flops())


def _seconds_each(work: Callable[[int], object], seconds: float) -> float:
    """Seconds a turn takes when turns follow each other without waiting."""
    for turn in range(6):
        work(turn)
    torch.cuda.synchronize()
    turns, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds:
        for _ in range(10):
            work(turns)
            turns += 1
        torch.cuda.synchronize()
    return spent / turns
