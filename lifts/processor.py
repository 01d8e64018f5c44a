"""Number formats that this machine's processor is fast in, for serving, training and benchmarks."""

from __future__ import annotations

import os
from collections.abc import Mapping

_WITHOUT_BFLOAT16 = frozenset({"default", "avx2"})
_ISA_WITH_BFLOAT16 = ("BF16", "FP16", "AMX", "AVX10", "DEFAULT", "ALL")


def multiplies_bfloat16(
    capabilities: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> bool:
    """Return whether the processor multiplies bfloat16 natively.

    PyTorch emulates it on other processors: with AVX2 alone, a convolution of a training step took 1.86 s
    instead of 0.066 s in float32.

    Args:
        capabilities: the processor's, as `torch.cpu.get_capabilities()` returns them.
        environment: variables that may limit the instruction set: ATEN_CPU_CAPABILITY (PyTorch's own
            kernels), ONEDNN_MAX_CPU_ISA or DNNL_MAX_CPU_ISA (its convolutions); the process's own by default.
    """
    if not capabilities.get("avx512_bf16"):
        return False
    variables = os.environ if environment is None else environment
    if variables.get("ATEN_CPU_CAPABILITY", "").lower() in _WITHOUT_BFLOAT16:
        return False
    isa = variables.get("ONEDNN_MAX_CPU_ISA") or variables.get("DNNL_MAX_CPU_ISA") or "DEFAULT"
    return any(name in isa.upper() for name in _ISA_WITH_BFLOAT16)
