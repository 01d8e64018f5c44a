"""What a candidate judges by, and what it says of a passage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.calibration import Calibration, VerdictBand
from lifts.decision.judge import judge
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import Inference, Judgement
from service.domain.masks import MaskVersion
from service.domain.passage import KeptPicture, Passage, Picture, judge_passage
from service.domain.trials.candidate import Candidate, CandidateKind
from service.inference.enrolment import embed
from service.inference.protocol import Engine, answered
from service.site.stored import inferred
from service.store import masks, site_calibrations
from service.verdicts.active_masks import check_site_calibration

FindEngine = Callable[[str], Engine]
"""Returns the engine of a model by its name; raises ConflictError, EngineUnavailableError."""


@dataclass(frozen=True, slots=True, eq=False)
class TrialJudge:
    """Judges passages by an engine, references and a calibration that belong together."""

    engine: Engine
    references: LiftReferences
    calibration: Calibration

    def judge_stored(self, shown: Sequence[Picture | KeptPicture]) -> Judgement:
        """Judge a passage by what is stored of it, at least one picture. Raises EngineUnavailableError."""
        inference = inferred(self.engine, shown, self.references.embeddings())
        return judge(shown, inference, self.references, self.calibration)

    def judge_live(self, passage: Passage, by: MaskVersion, inference: Inference, at: Engine) -> Judgement:
        """Judge a passage that `by` was judged with already; the network is asked only where it must be.

        inference: what the network `at` inferred then. Raises EngineUnavailableError.
        """
        compared = self.references.embeddings()
        if self.engine is not at or not np.array_equal(compared, by.reference_embeddings()):
            images = np.stack([picture.image for picture in passage.judged])
            inference = answered(self.engine.submit_pictures(images, compared))
        return judge_passage(passage, inference, self.references, self.calibration)


def judge_of_lift(active: MaskVersion, engine: Engine) -> TrialJudge:
    """Return what the lift is judged by now."""
    return TrialJudge(engine, active.lift_references(), engine.manifest.calibration)


def judge_of(
    session: Session, candidate: Candidate, active: MaskVersion, engine: Engine, find: FindEngine
) -> TrialJudge:
    """Return what a candidate judges by; blocks while masks are embedded.

    Args:
        session: to read with.
        candidate: what is tried.
        active: what the lift is judged by now: all that the candidate does not change.
        engine: the one that judges now. find: the engine of another model.

    Raises:
        ConflictError: it cannot be tried (any more); the message says why.
        NotFoundError: there are no such masks, or no such site calibration.
        DamagedError: they cannot be read.
        EngineUnavailableError: an engine is down.
    """
    spec, now = candidate.spec, active.lift_references()
    if candidate.kind is CandidateKind.MODEL:
        other = find(spec.model)
        bare = embed(replace(active, site=None), other)
        return TrialJudge(other, bare.lift_references(), other.manifest.calibration)
    calibration = engine.manifest.calibration
    if candidate.kind is CandidateKind.THRESHOLD:
        band = VerdictBand(spec.low, spec.high)
        return TrialJudge(engine, replace(now, band=band), calibration)
    if candidate.kind is CandidateKind.MASKS:
        found = masks.get(session, candidate.lift_id, spec.version)
        found = found if found.model == engine.manifest.identity else embed(found, engine)
        return TrialJudge(engine, found.lift_references(), calibration)
    site = site_calibrations.usable(session, candidate.lift_id, spec.version)
    check_site_calibration(site, engine.manifest)
    return TrialJudge(engine, replace(active, site=site).lift_references(), calibration)
