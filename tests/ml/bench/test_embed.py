"""Rows and their table say what was timed."""

import pytest
import torch

from lifts.arrays import UInt8
from ml.bench.embed import rates, rows
from ml.bench.systems import PAPER, TimedSystem
from ml.report.speed import embed_section


def _system(name: str) -> TimedSystem:
    return TimedSystem(name, "TorchScript", lambda _images, _threads: lambda: None)


def test_a_rate_is_that_of_the_median_and_its_ratio_the_papers() -> None:
    """Of 16 pictures in 2 s and 4 s: 8 and 4 a second, one outlier regardless."""
    times = {"ours in TorchScript": [2.0, 2.0, 60.0], f"{PAPER} in TorchScript": [4.0, 4.0, 1.0]}
    ours, papers = rows([_system("ours"), _system(PAPER)], times, threads=2, batch=16)
    assert (ours["pictures_per_s"], ours["ratio_to_paper"], ours["rounds"]) == (8.0, 2.0, 3)
    assert (papers["pictures_per_s"], papers["ratio_to_paper"]) == (4.0, 1.0)
    assert (ours["threads"], ours["batch"], ours["ms_per_batch_median"]) == (2, 16, 2000.0)


def test_each_pair_is_timed_with_its_threads_and_its_batch() -> None:
    """torch's threads are set for each, and set back afterwards."""
    before = torch.get_num_threads()
    seen: list[tuple[int, int, int]] = []

    def ready(images: UInt8, threads: int) -> object:
        seen.append((threads, torch.get_num_threads(), len(images)))
        return lambda: None

    found = list(rates([TimedSystem(PAPER, "TorchScript", ready)], (1, 2), (3, 16), 1e-4))  # type: ignore[arg-type]
    assert seen == [(1, 1, 3), (1, 1, 16), (2, 2, 3), (2, 2, 16)]
    assert [(row["threads"], row["batch"]) for pair in found for row in pair] == [
        (1, 3),
        (1, 16),
        (2, 3),
        (2, 16),
    ]
    assert torch.get_num_threads() == before


GPU = {
    "gpu": "Some GPU",
    "batch": 512,
    "pictures_per_s": 90_000.0,
    "share_of_limit": 0.75,
    "copy_limit_pictures_per_s": 120_000.0,
    "copy_gb_per_s": 14.4,
    "arithmetic_limit_pictures_per_s": 2_000_000.0,
    "arithmetic_tflop_per_s": 600.0,
    "gflop_per_picture": 0.3,
}


def test_the_table_has_a_line_for_each_system_and_words_for_what_is_missing() -> None:
    """Columns are pairs of threads and batch; the GPU's figures stand beside its limits, or why not."""
    systems = [_system("ours"), _system(PAPER)]
    times = {"ours in TorchScript": [0.5], f"{PAPER} in TorchScript": [1.0]}
    machine = {"cpu": "Some CPU", "cores": 2, "load_average_1min": 0.5, "torch": "2.13.0", "openvino": None}
    missing = {"system": "ResNet-50", "runtime": "OpenVINO", "left_out": "not installed"}
    timed = rows(systems, times, 1, 3) + rows(systems, times, 2, 16)
    result = {"machine": machine, "keeps_freed_memory": True, "rows": [*timed, missing], "gpu": GPU}
    table = embed_section(result)
    assert "Some CPU, 2 cores" in table
    assert "| in | 1 thread, batch 3 | 2 threads, batch 16 |" in table
    assert "| ours | TorchScript | 6 (2.00) | 32 (2.00) |" in table
    assert "ResNet-50 left out: not installed" in table
    assert "90,000 pictures a second, 75 % of the nearer limit" in table
    assert "GPU left out: none here" in embed_section(result | {"gpu": {"left_out": "none here"}})


def test_a_run_without_the_papers_network_is_refused() -> None:
    """There would be nothing to compare with."""
    with pytest.raises(StopIteration):
        rows([_system("ours")], {"ours in TorchScript": [1.0]}, 1, 3)
