"""Workers that play an accelerator: it answers, then it is lost in one way or another. Run in a process."""

from multiprocessing.connection import Connection
from typing import Any

from service.inference.worker import LOST, EmbedderOptions
from tests.service.inference import scripted_worker

GONE = "no CUDA-capable device is detected"


def serve(pipe: Connection, outputs: Any, options: EmbedderOptions, said: str) -> None:
    """Say READY; every batch fails unless it is computed on the processor."""
    failure = None if said.startswith("cpu") else "CUDA error: unspecified launch failure"
    scripted_worker.serve(pipe, outputs, options, lambda: failure, said)


def fails_then_gone(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """Fails at its first batch; the next worker, told "auto", finds no device and takes the processor."""
    marker = options.path.with_suffix(".lost")
    said = "cpu float32" if marker.exists() or options.device == "cpu" else "cuda:0 float16"
    marker.touch()
    serve(pipe, outputs, options, said)


def fails_always(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """A device that loads the model and fails at each first batch, as long as it is asked for."""
    serve(pipe, outputs, options, "cpu float32" if options.device == "cpu" else "cuda:0 float16")


def cannot_be_used(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """A device that is listed and cannot be used."""
    if options.device != "cpu":
        pipe.send((LOST, GONE))
        return
    serve(pipe, outputs, options, "cpu float32")


def dies_with_the_device(pipe: Connection, _: Any, __: Any, outputs: Any, options: EmbedderOptions) -> None:
    """One that was asked for by name: works once, then it is not there when the next worker starts."""
    marker = options.path.with_suffix(".lost")
    if options.device != "cpu" and marker.exists():
        pipe.send((LOST, GONE))
        return
    marker.touch()
    serve(pipe, outputs, options, "cpu float32" if options.device == "cpu" else "cuda:0 float16")
