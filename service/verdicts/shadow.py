"""Judges passages a second time, by a site calibration in shadow, and keeps what it would have said.

What decides and alarms is done by then: a passage arrives here after it was handed to the recorder, from a
bounded queue on a thread of its own. What is late, refused or too much is not compared, and nothing else.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import structlog

from lifts.decision.verdict import Inference
from service.domain.masks import MaskVersion
from service.domain.passage import Passage, judge_passage
from service.host.work.backlog import Backlog
from service.inference.protocol import Engine, answered
from service.store import site_calibrations
from service.store.database import Store

log = structlog.get_logger(__name__)

MAX_WAITING = 16
"""Passages that wait to be compared, up to 1.5 MB each; more are not compared."""


class _Compared(NamedTuple):
    """A passage that was judged, by which masks, and what the network made of its pictures."""

    passage: Passage
    masks: MaskVersion
    inference: Inference


class ShadowJudge:
    """Compares site calibrations in shadow with what their lifts are judged by. `add` from any thread.

    Args:
        store: keeps the second verdict beside the passage.
        engine: compares the pictures again where the calibration has another background; otherwise the
            embeddings that are there already are enough.
    """

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store, self._engine = store, engine
        self._backlog = Backlog("shadow", self._compare, MAX_WAITING)
        self.runner = self._backlog.runner

    def __len__(self) -> int:
        """How many passages wait to be compared."""
        return len(self._backlog)

    def add(self, passage: Passage, masks: MaskVersion, inference: Inference) -> None:
        """Compare a passage that was handed to the recorder, if its lift has a shadow; never blocks."""
        if masks.shadow is None:
            return
        if not self._backlog.add(_Compared(passage, masks, inference)):
            log.debug("not compared", passage=passage.id, reason="too many wait")

    def _compare(self, item: _Compared) -> None:
        """Judge one passage and keep the verdict. Raises EngineUnavailableError, StoreError."""
        passage, masks, inference = item
        references = masks.shadow_references()
        if masks.shadow is None or references is None:
            return
        compared = references.embeddings()
        if not np.array_equal(compared, masks.reference_embeddings()):
            images = np.stack([picture.image for picture in passage.judged])
            inference = answered(self._engine.submit_pictures(images, compared))
        found = judge_passage(passage, inference, references, self._engine.manifest.calibration)
        keep = partial(
            site_calibrations.record_shadow,
            passage_id=passage.id,
            version=masks.shadow.version,
            verdict=found.verdict,
            confidence=found.confidence,
        )
        # Behind the passage itself, which was handed to the same writer before.
        self._store.write(keep).result()
