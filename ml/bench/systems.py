"""The systems that are timed: the shipped network, the paper's, and common alternatives."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lifts.arrays import UInt8
from ml.artefact.torchscript import load
from ml.machine.precision import precision_of
from ml.models.mobilenetv2 import MobileNetV2
from ml.models.paper import PaperNetwork, prepare
from ml.models.resnet50 import ResNet50

PAPER = "the paper's network"
INSTALL = "OpenVINO is not installed: pip install -c constraints.txt -e '.[bench]'"

IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and standard deviation by channel, as fractions of full scale, that published weights expect."""


@dataclass(frozen=True)
class TimedSystem:
    """One network and what runs it.

    name, runtime: as the table shows them.
    prepare_call: takes uint8[N, 200, 200, 3] and a number of threads; returns a call that processes these N
        pictures. Systems that run in torch ignore the number and follow `torch.set_num_threads`.
    """

    name: str
    runtime: str
    prepare_call: Callable[[UInt8, int], Callable[[], object]]


TORCHSCRIPT = {torch.float32: "TorchScript", torch.bfloat16: "TorchScript, bfloat16"}


def timed_dtypes() -> list[torch.dtype]:
    """Return the number formats to time: float32, and bfloat16 if the processor multiplies it natively."""
    return [torch.float32, *({precision_of(torch.device("cpu"))} - {torch.float32})]


def artefact_systems(path: Path, dtype: torch.dtype = torch.float32) -> list[TimedSystem]:
    """Return the artefact's systems: embedding alone, and judging by two masks if it supports that.

    Raises:
        ValueError: see `load`.
    """
    module = load(path, dtype=dtype)

    def embed(images: UInt8, _threads: int) -> Callable[[], object]:
        return _inference_call(module.embed, torch.from_numpy(images))

    def judge(images: UInt8, _threads: int) -> Callable[[], object]:
        masks = module.embed_mask(torch.from_numpy(np.stack([images[0, ..., 0], images[0, ..., 1]])))
        references = torch.cat([masks, torch.zeros_like(masks[:1])]).expand(len(images), -1, -1)
        return _inference_call(module.compare, torch.from_numpy(images), references)

    runtime = TORCHSCRIPT[dtype]
    systems = [TimedSystem("barwatch", runtime, embed)]
    if hasattr(module, "compare"):
        systems.append(TimedSystem("barwatch, judged by two masks", runtime, judge))
    return systems


def paper_system(dtype: torch.dtype = torch.float32) -> TimedSystem:
    """Return the paper's network in TorchScript, from bytes; random weights."""

    class FromBytes(nn.Module):
        """Maps uint8[N, 200, 200, 3] to float[N, 2]."""

        def __init__(self) -> None:
            super().__init__()
            self.network, self.dtype = PaperNetwork().to(dtype), dtype
            # Traced, because TorchScript cannot see module constants; the trace holds for every N.
            example = torch.zeros(1, 200, 200, 3, dtype=torch.uint8)
            self.prepare = torch.jit.trace(prepare, example)  # type: ignore[no-untyped-call]

        def forward(self, images: Tensor) -> Tensor:
            out: Tensor = self.network(self.prepare(images).to(self.dtype))
            return out

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # As for the shipped network: a picture's bytes are channels-last, so no copy is needed.
        network = FromBytes().eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        module = torch.jit.freeze(torch.jit.script(network))
    return TimedSystem(
        PAPER, TORCHSCRIPT[dtype], lambda images, _threads: _inference_call(module, torch.from_numpy(images))
    )


def alternative_systems() -> tuple[list[TimedSystem], list[dict[str, str]]]:
    """Return MobileNetV2 and ResNet-50 in OpenVINO, and, if it is not installed, rows that say so.

    Random weights, two outputs (open, closed), the same crops of 200x200. In float32 like the others, and
    also in bfloat16 if the processor has it, since OpenVINO would choose that by default.
    """
    networks: dict[str, Callable[[], nn.Module]] = {
        "MobileNetV2": lambda: MobileNetV2(2),
        "ResNet-50": lambda: ResNet50(2),
    }
    openvino = _openvino()
    if openvino is None:
        return [], [{"system": name, "runtime": "OpenVINO", "left_out": INSTALL} for name in networks]
    core = openvino.Core()
    precisions = {"float32": "f32"}
    if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        precisions["bfloat16"] = "bf16"
    systems = []
    for name, make in networks.items():
        model = cache(partial(_from_bytes, make))
        systems += [
            TimedSystem(name, f"OpenVINO, {precision}", compile_with(core, model, hint))
            for precision, hint in precisions.items()
        ]
    return systems, []


class ImageNetInput(nn.Module):
    """An ImageNet network with the normalisation of the raw bytes that all systems here receive."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.mean: Tensor
        self.spread: Tensor
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN)[:, None, None] * 255.0)
        self.register_buffer("spread", torch.tensor(IMAGENET_SPREAD)[:, None, None] * 255.0)

    def forward(self, images: Tensor) -> Tensor:
        """Map uint8[N, H, W, 3] RGB to the network's output."""
        out: Tensor = self.network((images.permute(0, 3, 1, 2).float() - self.mean) / self.spread)
        return out


def _from_bytes(make: Callable[[], nn.Module]) -> Any:
    return convert(ImageNetInput(make()))


def _openvino() -> Any:
    """Return the package, or None where it is not installed.

    Its telemetry is disabled: importing it would send a report to its vendor.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino  # noqa: PLC0415 - an extra that only this needs
    except ImportError:
        return None
    return openvino


def convert(network: nn.Module) -> Any:
    """Return OpenVINO's model of a network on uint8[N, 200, 200, 3]; the package must be installed."""
    import openvino  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it uses torch.jit
        example = torch.zeros(1, 200, 200, 3, dtype=torch.uint8)
        # Traced here, because the converter would trace it twice more as a check.
        traced = torch.jit.trace(network.eval(), example, check_trace=False)  # type: ignore[no-untyped-call]
        return openvino.convert_model(traced)


def compile_with(
    core: Any, model: Callable[[], Any], precision: str
) -> Callable[[UInt8, int], Callable[[], object]]:
    """Return a `TimedSystem.prepare_call` that compiles a model of `convert` when needed, in f32 or bf16."""

    def prepare_call(images: UInt8, threads: int) -> Callable[[], object]:
        shaped = model().clone()
        shaped.reshape(list(images.shape))
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            # Pinned threads could not leave a core on which another system's threads are running.
            "ENABLE_CPU_PINNING": False,
        }
        request = core.compile_model(shaped, "CPU", options).create_infer_request()
        return lambda: request.infer([images], share_inputs=True)

    return prepare_call


def _inference_call(method: Any, *tensors: Tensor) -> Callable[[], object]:
    def call() -> object:
        with torch.inference_mode():
            out: object = method(*tensors)
            return out

    return call
