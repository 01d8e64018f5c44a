"""A few lifts rendered once for all of ml's tests."""

from pathlib import Path

import pytest
import torch

from ml.data.rendered import prepare


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Tests run side by side, a process for each core: more threads would only wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def lift_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three rendered lifts of two passages each."""
    return sorted(prepare(tmp_path_factory.mktemp("rendered"), [1, 2, 3], passages=2, workers=1))
