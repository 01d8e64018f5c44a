"""Masks proposed for a new lift, from registered pictures of passages of which a person marked a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lifts.decision.judge import distances_of
from lifts.decision.references import reference_embeddings
from lifts.decision.verdict import Inference
from lifts.drawing.lines import Drawing
from lifts.drawing.proposal import MaskProposal, compared, propose_masks
from lifts.drawing.strokes import strokes_of
from lifts.masks import read_mask
from lifts.schema import Lift
from service.domain.arrays import Float32, Image
from service.domain.errors import ConflictError
from service.inference.protocol import Engine, answered


@dataclass(frozen=True, slots=True, eq=False)
class SeenPassage:
    """A passage as it was registered before there are masks.

    pictures: uint8[3, 200, 200, 3] RGB, at begin, middle and end.
    is_open: whether a person marked it as open or as closed; None where nobody did.
    """

    pictures: Image
    is_open: bool | None = None


def propose_from_passages(
    engine: Engine, passages: Sequence[SeenPassage], progress: Callable[[int], None] | None = None
) -> MaskProposal:
    """Propose both masks; blocks while the embedder looks at some thirty pictures of each passage.

    The embedder is asked for one passage at a time, so that what is being watched meanwhile waits for three
    pictures at most.

    Args:
        engine: runs the network.
        passages: at least one marked as open and one as closed; up to two dozen suffice.
        progress: called with how many candidates have been judged; whatever it raises ends the search.

    Raises:
        ConflictError: nothing of one state is marked, or the model has no bar maps.
        EngineUnavailableError: the embedder is down.
    """
    marks = [passage.is_open for passage in passages]
    if True not in marks or False not in marks:
        raise ConflictError(
            "mark at least one passage as open and one as closed",
            "picks_missing",
            open=marks.count(True),
            closed=marks.count(False),
        )
    calibration = engine.manifest.calibration
    if not calibration.bar_map_cells:
        raise ConflictError(
            f"the model {engine.manifest.identity} has no bar maps to propose masks from", "no_bar_maps"
        )
    embeddings = np.stack(
        [answered(engine.submit_pictures(passage.pictures)).embeddings for passage in passages]
    )
    judged, shown = 0, compared(len(passages))

    def compare(masks: Image) -> Float32:
        nonlocal judged
        bank = answered(engine.submit_masks(masks))
        references = reference_embeddings(bank)
        found = [answered(engine.submit_pictures(p.pictures[shown], references)) for p in passages]
        judged += 1
        if progress is not None:
            progress(judged)
        return np.stack([_matches(inference, bank) for inference in found])

    return propose_masks(embeddings, marks, compare, calibration)


def _matches(inference: Inference, bank: Float32) -> Float32:
    """Return float32[N, 2], the judge's margins and the chances, by masks' embeddings float32[2, D]."""
    distances = distances_of(inference, bank[:, None])
    return np.stack([distances[:, 0] - distances[:, 1], inference.matches[:, 1]], axis=1)


def drawing_of_picture(data: bytes, lift: Lift | None, name: str) -> Drawing:
    """Return an imported drawing (JPEG or PNG, as `lifts.masks.read_mask` accepts it) as lines to edit.

    Raises:
        MaskError: no picture, no drawing, or its size is neither canonical nor the camera's.
    """
    return strokes_of(read_mask(data, lift, name) > 0)
