"""The networks themselves: the only module of the service that imports torch.

`torch.jit` is deprecated; what replaces it one day replaces `_load` here and nothing else.
"""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np
import structlog
import torch

from lifts.decision.verdict import Inference
from lifts.pictures.numbers import PictureNumbers, pack, unpack
from lifts.processor import multiplies_bfloat16
from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError, DeviceError
from service.inference.artefact import Manifest, check_golden, check_passages, read_verified

log = structlog.get_logger(__name__)

Precision = Literal["auto", "float32"]

MAX_BATCH = 32
"""Pictures per pass: bounds the memory of a pass, whatever the caller sends."""

REQUIRED = ("embed", "embed_mask", "occupancy")
METHODS = (*REQUIRED, "compare", "look", "match")
"""What the service calls; not every artefact has the last three. `compare` is `look` and `match` in one."""

REDUCED_SLACK = 10.0
"""bfloat16 has 8 bits of mantissa, half precision 11: golden vectors may differ by this many tolerances."""


class EmbeddingModel:
    """A verified, loaded, warmed-up network on one device. Make it with `load`. Not for several threads."""

    def __init__(
        self, module: Any, manifest: Manifest, device: torch.device, precision: str = "float32"
    ) -> None:
        self.manifest = manifest
        self.device = device
        self.precision = precision
        self._module = module
        self._compare = getattr(module, "compare", None)
        self._in_steps = hasattr(module, "look") and hasattr(module, "match")

    @classmethod
    def load(
        cls,
        path: Path,
        device: str = "auto",
        *,
        threads: int | None = None,
        precision: Precision = "auto",
        public_key: str | None = None,
        digest: str | None = None,
    ) -> EmbeddingModel:
        """Verify and load a model, compare it with its golden vectors and passages, warm it up.

        Args:
            path: barwatch.ts or barwatch.json.
            device: "cpu", "cuda", "cuda:1" or "auto" (CUDA if there is any).
            threads: CPU threads of a pass in this process; None leaves torch's own choice.
            precision: "auto": in bfloat16 on a CPU that multiplies it by itself, twice as fast, in half
                precision on CUDA, where the golden vectors and passages bear it; else, and with "float32",
                in full.
            public_key: whose signature the manifest must carry; None: nobody's.
            digest: the manifest's, of the model that is expected; None: any.

        Raises:
            ArtefactError: missing, damaged or not what the manifest describes; nothing was loaded then.
            DeviceError: the device is not there, fails, or computes something else than the processor.
        """
        manifest, content = read_verified(path, public_key)
        if digest not in {None, manifest.digest}:
            raise ArtefactError(f"{path}: the model was replaced by {manifest.identity}: restart to use it")
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        chosen = _device(device)
        model = cls(_load(content, manifest, REQUIRED), manifest, torch.device("cpu"))
        # First on the CPU in full precision, which is what the golden vectors were made with.
        check_golden(manifest, model)
        if chosen.type == "cpu":
            return cls._ready(model, content, chosen, precision)
        check_passages(manifest, model)
        try:
            return cls._ready(model, content, chosen, precision)
        except (ArtefactError, RuntimeError) as error:
            # The very same model was right on the processor.
            raise DeviceError(f"device {chosen}: {str(error).strip().splitlines()[0]}") from error

    @classmethod
    def _ready(
        cls, model: EmbeddingModel, content: bytes, chosen: torch.device, precision: Precision
    ) -> EmbeddingModel:
        """Move a checked model to its device, in the precision that is fastest there, and warm it up."""
        manifest = model.manifest
        reduced = _reduced_type(chosen) if precision == "auto" else None
        found = None if reduced is None else cls._reduced(content, manifest, chosen, reduced)
        if found is None:
            found = cls(model._module.to(chosen), manifest, chosen)
            if chosen.type != "cpu":
                check_golden(manifest, found, REDUCED_SLACK)
            found = found._finished()
        return found

    def _finished(self) -> EmbeddingModel:
        """Freeze and warm up; raises ArtefactError: its golden passages are judged otherwise."""
        ready = type(self)(_frozen(self._module), self.manifest, self.device, self.precision)
        ready.warm_up()
        check_passages(self.manifest, ready)
        return ready

    @classmethod
    def _reduced(
        cls, content: bytes, manifest: Manifest, device: torch.device, dtype: torch.dtype
    ) -> EmbeddingModel | None:
        """The model in reduced precision; None where it cannot run so, or differs too much."""
        try:
            module = _load(content, manifest, REQUIRED).to(device, dtype)
            model = cls(module, manifest, device, str(dtype).removeprefix("torch."))
            check_golden(manifest, model, REDUCED_SLACK)
            return model._finished()
        except (ArtefactError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[-1]
            log.warning("full precision", model=manifest.identity, refused=str(dtype), reason=reason)
            return None

    def pictures(self, images: Image, references: Float32 | None = None) -> Inference:
        """Embed registered pictures and compare them with their lifts' references.

        Args:
            images: uint8[N, 200, 200, 3] RGB, any N.
            references: float32[3, D] of all or [N, 3, D] of each (`reference_embeddings`); without them the
                matches mean nothing.

        Raises:
            ValueError: another shape or type.
        """
        _expect(images, (200, 200, 3))
        dim, each = self.manifest.embedding_dim, self._each(references, len(images))
        cells = self.manifest.calibration.rider_cells
        nothing = ((0, dim), 0, (0, 2), (0, cells, cells))
        inferences = [Inference(*(np.zeros(shape, np.float32) for shape in nothing))]
        with torch.inference_mode():
            for batch, compared in zip(self._batches(images), self._batches(each), strict=True):
                inferences.append(self._infer(batch, compared))
        return Inference(*(np.concatenate(parts) for parts in zip(*inferences, strict=True)))

    def _infer(self, batch: torch.Tensor, references: torch.Tensor) -> Inference:
        if self._compare is None:
            embeddings, occupancy = self._module.embed(batch), self._module.occupancy(batch)
            matches, maps = torch.full((len(batch), 2), torch.nan), []
        else:
            embeddings, occupancy, margin, fit, *maps = self._compare(batch, references)
            matches = torch.stack([margin, fit], 1)
            # Whoever judges takes a model without matches for one that only gives distances.
            embeddings = embeddings.masked_fill(~matches.isfinite().all(1, keepdim=True), torch.nan)
        # A model whose calibration says nothing of its maps is judged without them.
        maps = maps if self.manifest.calibration.rider_cells else [torch.zeros((0, 0, 0))]
        if not maps:
            raise ArtefactError(f"{self.manifest.file}: the model gives no rider maps, which it is judged by")
        return Inference(*(part.float().cpu().numpy() for part in (embeddings, occupancy, matches, maps[0])))

    def look(self, images: Image) -> Image:
        """Return what the network makes of 1 to MAX_BATCH pictures, packed (`lifts.pictures.numbers`).

        uint8[N, K] of uint8[N, 200, 200, 3] RGB; K is 0 of a model that cannot compare by it, and where a
        number is not finite. Raises ValueError: another shape or type.
        """
        _expect(images, (200, 200, 3))
        count, cells = len(images), self.manifest.calibration.rider_cells
        if self._compare is not None and not self._in_steps:
            return np.zeros((count, 0), np.uint8)
        with torch.inference_mode():
            batch = self._batches(images)[0]
            embeddings, features, occupancy, *maps = (
                self._module.look(batch)
                if self._in_steps
                else (self._module.embed(batch), torch.zeros((count, 0, 0, 0)), self._module.occupancy(batch))
            )
        riders = maps[0] if cells else torch.zeros((count, 0, 0))
        parts = (part.float().cpu().numpy() for part in (embeddings, occupancy, riders, features))
        return pack(PictureNumbers(*parts), self.manifest.calibration.bar_map_cells)

    def kept(self, packed: Image, references: Float32 | None = None) -> Inference:
        """Compare pictures by what was kept of them (`look`), uint8[N, K], as `pictures` does.

        Raises ValueError: it was not kept by this model.
        """
        numbers, dim = unpack(packed), self.manifest.embedding_dim
        known = numbers.embeddings.shape[1], numbers.riders.shape[1], numbers.features.shape[1] > 0
        if known != (dim, self.manifest.calibration.rider_cells, self._in_steps):
            raise ValueError("these numbers were kept by another model")
        matches = np.full((len(packed), 2), np.nan, np.float32)
        if self._in_steps:
            arrays = (numbers.embeddings, numbers.features, self._each(references, len(packed)))
            embeddings, features, each = (torch.from_numpy(array).to(self.device) for array in arrays)
            with torch.inference_mode():
                found = self._module.match(embeddings, features.to(getattr(torch, self.precision)), each)
            matches = torch.stack(found, 1).float().cpu().numpy()
            finite = np.isfinite(matches).all(1, keepdims=True)
            numbers = numbers._replace(embeddings=np.where(finite, numbers.embeddings, np.float32(np.nan)))
        return Inference(numbers.embeddings, numbers.occupancy, matches, numbers.riders)

    def _each(self, references: Float32 | None, count: int) -> Float32:
        """Return the references of each picture, float32[N, 3, D], zeros for none. Raises ValueError."""
        dim = self.manifest.embedding_dim
        if references is not None and references.shape not in {(3, dim), (count, 3, dim)}:
            raise ValueError(
                f"expected references float32[3, {dim}] or [{count}, 3, {dim}], got {list(references.shape)}"
            )
        each = np.zeros((count, 3, dim), np.float32)
        if references is not None:
            each[:] = references
        return each

    def masks(self, masks: Image) -> Float32:
        """Embed masks uint8[N, 200, 200] of 0 and 255; returns float32[N, D]. Raises ValueError."""
        _expect(masks, (200, 200))
        empty = np.zeros((0, self.manifest.embedding_dim), np.float32)
        with torch.inference_mode():
            parts = [self._module.embed_mask(batch).float().cpu().numpy() for batch in self._batches(masks)]
        return np.concatenate([empty, *parts])

    def warm_up(self) -> None:
        """Run the passes that a passage and an enrolment will: the first of a shape compile and are slow."""
        for count in (1, 1, 3, 3, 12):  # the golden passages are twelve pictures once more
            self.pictures(np.zeros((count, 200, 200, 3), np.uint8))
        self.masks(np.zeros((2, 200, 200), np.uint8))

    def _batches(self, array: Image | Float32) -> list[torch.Tensor]:
        # torch refuses to promise not to write into a read-only array: pictures from a pipe are such.
        tensor = torch.from_numpy(array if array.flags.writeable else array.copy())
        return [part.to(self.device) for part in torch.split(tensor, MAX_BATCH)] if len(array) else []


def default_threads() -> int:
    """Return how many CPU threads to give the embedder: half the cores, the rest decode video."""
    return max(1, len(os.sched_getaffinity(0)) // 2)


def _device(name: str) -> torch.device:
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.version.cuda is not None:
            log.warning("no CUDA device, though torch is built for one: the processor computes")
        return torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ArtefactError(f"unknown device {name!r}") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise DeviceError(f"device {name!r} asked for, but CUDA is not available here")
    return device


def _reduced_type(device: torch.device) -> torch.dtype | None:
    """What the device is faster in than in float32, None for nothing: the same whenever a machine starts."""
    if device.type == "cuda":
        return torch.float16
    return torch.bfloat16 if multiplies_bfloat16(torch.cpu.get_capabilities()) else None


def _load(content: bytes, manifest: Manifest, methods: tuple[str, ...]) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            module = torch.jit.load(io.BytesIO(content), map_location="cpu")  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ArtefactError(f"{manifest.file}: not a TorchScript model: {reason}") from error
    for name in methods:
        if not hasattr(module, name):
            raise ArtefactError(f"{manifest.file}: the model has no method {name}")
    return module.eval()


def _frozen(module: Any) -> Any:
    """Turn weights into constants, which saves a fifth of a pass; from here on they cannot move any more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        kept = [name for name in METHODS if hasattr(module, name)]
        return torch.jit.freeze(module, preserved_attrs=kept)


def _expect(array: Image, shape: tuple[int, ...]) -> None:
    if array.dtype != np.uint8 or array.shape[1:] != shape:
        raise ValueError(
            f"expected uint8[N, {', '.join(map(str, shape))}], got {array.dtype}{list(array.shape)}"
        )
