"""Candidates: what may judge a lift one day, and judges it beside what counts until somebody decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lifts.decision.verdict import Verdict


class CandidateKind(StrEnum):
    """What would be changed."""

    MASKS = "masks"
    """Another enrolled pair of masks."""
    CALIBRATION = "calibration"
    """Another site calibration."""
    MODEL = "model"
    """Another artefact, for every lift."""
    THRESHOLD = "threshold"
    """Other probabilities from which a passage is called open, and closed."""


class CandidateState(StrEnum):
    """Where a candidate is. Promoted, it judges; rolled back, what it replaced does again."""

    PROPOSED = "proposed"
    PROMOTED = "promoted"
    DROPPED = "dropped"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class CandidateSpec:
    """What a candidate is. version: of masks or calibration. model: its name. low, high: a VerdictBand's.

    budget, wish: the budget that the band follows from: a BudgetKind and its value; empty of a bare band.
    """

    version: int = 0
    model: str = ""
    low: float = 0.0
    high: float = 0.0
    budget: str = ""
    wish: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate. number: counts a lift's from 1. shadow: whether it judges live passages now.

    replaced: what its promotion took the place of.
    """

    lift_id: str
    number: int
    kind: CandidateKind
    spec: CandidateSpec
    shadow: bool
    state: CandidateState
    by: str
    created_at: datetime
    replaced: CandidateSpec | None = None

    @property
    def name(self) -> str:
        """What it is, for people: "masks 3"."""
        spec = self.spec
        what = {
            CandidateKind.MASKS: str(spec.version),
            CandidateKind.CALIBRATION: str(spec.version),
            CandidateKind.MODEL: spec.model,
            CandidateKind.THRESHOLD: f"{spec.low:.3g} to {spec.high:.3g}",
        }
        return f"{self.kind.value} {what[self.kind]}"


class ReplayState(StrEnum):
    """What a replay does."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Replay:
    """Stored passages of a time range, judged again by a candidate and by what judges now.

    from_, to: of the passages; None: no limit. total, done: passages. skipped: those without usable pictures.
    as_seen: judged by what the network had made of the pictures before people were hidden in them. blurred:
    by pictures that are coarse apart from the bar. The rest by pictures as they were taken.
    reached: the number of the row that was judged last. reason: why it failed.
    """

    lift_id: str
    candidate: int
    number: int
    state: ReplayState
    from_: datetime | None
    to: datetime | None
    total: int
    done: int
    skipped: int
    as_seen: int
    blurred: int
    reached: int
    by: str
    started_at: datetime
    ended_at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A passage with two verdicts: of what judges now, and of a candidate. stored: the one that counted."""

    passage_id: str
    seen_at: datetime
    verdict: Verdict
    confidence: float
    candidate_verdict: Verdict
    candidate_confidence: float
    stored: Verdict | None = None
    review: Verdict | None = None


@dataclass(frozen=True, slots=True)
class ComparisonCounts:
    """How many passages of each pair of verdicts there are, by what an operator said of them.

    by_pair: (verdict, candidate's verdict, label or None) -> passages.
    """

    by_pair: Mapping[tuple[Verdict, Verdict, Verdict | None], int] = field(default_factory=dict)
