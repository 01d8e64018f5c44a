"""Reduced precision only where the processor has it: one rule, and the limits that the environment sets."""

import pytest

from lifts.processor import multiplies_bfloat16

NATIVE = {"avx2": True, "avx512_f": True, "avx512_bf16": True}


def test_a_processor_with_the_instruction_multiplies_bfloat16() -> None:
    """By what it says of itself, not by a measurement: the same after every start."""
    assert multiplies_bfloat16(NATIVE, {})


@pytest.mark.parametrize("capabilities", [{}, {"avx2": True}, {"avx512_f": True, "avx512_bf16": False}])
def test_one_without_it_does_not(capabilities: dict[str, object]) -> None:
    """AVX2 alone, or AVX-512 without the instruction: PyTorch would emulate it."""
    assert not multiplies_bfloat16(capabilities, {})


@pytest.mark.parametrize(
    "limit",
    [
        {"ATEN_CPU_CAPABILITY": "avx2"},
        {"ATEN_CPU_CAPABILITY": "default"},
        {"ONEDNN_MAX_CPU_ISA": "AVX2"},
        {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
        {"DNNL_MAX_CPU_ISA": "AVX512_CORE_VNNI"},
    ],
)
def test_a_limit_in_the_environment_counts(limit: dict[str, str]) -> None:
    """A machine that may not use its instructions is as slow as one that has none."""
    assert not multiplies_bfloat16(NATIVE, limit)


@pytest.mark.parametrize("isa", ["AVX512_CORE_BF16", "AVX512_CORE_AMX", "AVX10_1_512", "DEFAULT", "ALL"])
def test_a_limit_that_leaves_the_instruction_does_not(isa: str) -> None:
    """oneDNN's names of instruction sets that include it."""
    assert multiplies_bfloat16(NATIVE, {"ONEDNN_MAX_CPU_ISA": isa, "ATEN_CPU_CAPABILITY": "avx512"})
