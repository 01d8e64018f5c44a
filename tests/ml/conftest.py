"""A few lifts rendered once for all of ml's tests, and nothing that starts more threads or processes."""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import pytest
import torch

from ml.data import arriving, benchmark, rendered
from ml.data.rendered import PlainLifts, prepare
from ml.evaluate import watching


class Here(ThreadPoolExecutor):
    """Renders in this process what goes to other processes otherwise, and passes it on as they would."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run what comes out of a pickle."""
        fn, args, kwargs = pickle.loads(pickle.dumps((fn, args, kwargs)))
        return super().submit(fn, *args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Tests run side by side, a process for each core: more threads would only wait for each other."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


@pytest.fixture(scope="session", autouse=True)
def _renders_here() -> Iterator[None]:
    """Every process would load all libraries again, for seconds. `bench render` still starts real ones."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (arriving, benchmark, rendered, watching):
            patch.setattr(module, "renderers", Here)
        yield


@pytest.fixture(scope="session")
def lift_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three rendered lifts of two passages each."""
    return sorted(prepare(tmp_path_factory.mktemp("rendered"), [1, 2, 3], PlainLifts(2), workers=1))
