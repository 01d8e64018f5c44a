"""The real worker, whose GPU fails for good in the middle of its first batch. Run in a process."""

from multiprocessing.connection import Connection
from typing import Any

from service.inference.worker import EmbedderOptions, worker_main


def loses_its_context(
    pipe: Connection, inputs: Any, references: Any, outputs: Any, options: EmbedderOptions
) -> None:
    """Load the model; the first worker's context is spoilt by a failed assertion on the device."""
    import torch  # noqa: PLC0415 - the parent imports this module and must stay without torch

    from service.inference.model import EmbeddingModel  # noqa: PLC0415

    marker = options.path.with_suffix(".spoilt")
    if not marker.exists():
        marker.touch()
        load = EmbeddingModel.load

        def loaded(*given: Any, **named: Any) -> EmbeddingModel:
            model = load(*given, **named)

            def spoil(*_: Any) -> Any:
                outside = torch.full((1,), 10, device="cuda")
                torch.zeros(1, device="cuda").index_select(0, outside)
                torch.cuda.synchronize()
                raise AssertionError("the device found nothing wrong")

            model.pictures = spoil  # type: ignore[method-assign, assignment]
            return model

        EmbeddingModel.load = loaded  # type: ignore[method-assign]
    worker_main(pipe, inputs, references, outputs, options)
