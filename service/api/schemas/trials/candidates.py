"""Shapes of candidates, their comparisons and replays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from lifts.decision.budgets.rates import RateEstimate
from lifts.decision.verdict import Verdict
from service.api.schemas.base import Body, Moment, Shape
from service.api.schemas.operating.budgets import BudgetIn
from service.domain.trials.candidate import (
    Candidate,
    CandidateKind,
    CandidateSpec,
    CandidateState,
    Replay,
    ReplayState,
)
from service.trials.summary import TrialSummary
from service.variables.promoted import NAME

Share = Annotated[float, Field(gt=0, lt=1)]


class CandidateIn(Body):
    """What is to be tried."""

    kind: CandidateKind
    version: int | None = Field(
        default=None, ge=1, le=2**31, description="Of masks or site calibration, for these two kinds."
    )
    model: str | None = Field(
        default=None, pattern=NAME, description="The folder below `models` in the data folder, of a model."
    )
    open_from: Share | None = Field(
        default=None, description="Of a threshold: called open from this probability of open on."
    )
    closed_to: Share | None = Field(
        default=None, description="Of a threshold: called closed up to this probability of open."
    )
    budget: BudgetIn | None = Field(
        default=None, description="Of a threshold, in place of these two: the budget that leads to it."
    )
    shadow: bool = Field(default=True, description="Whether it judges live passages as well from now on.")

    @model_validator(mode="after")
    def _what_it_needs(self) -> Self:
        needed = {
            CandidateKind.MASKS: {"version"},
            CandidateKind.CALIBRATION: {"version"},
            CandidateKind.MODEL: {"model"},
            CandidateKind.THRESHOLD: {"open_from", "closed_to"} if self.budget is None else {"budget"},
        }[self.kind]
        fields = ("version", "model", "open_from", "closed_to", "budget")
        given = {name for name in fields if getattr(self, name) is not None}
        if given != needed:
            raise ValueError(f"{self.kind.value}: expected {' and '.join(sorted(needed))}, and nothing else")
        if self.open_from is not None and self.closed_to is not None and self.closed_to > self.open_from:
            raise PydanticCustomError("band_inverted", "closed_to: expected at most open_from")
        return self

    def spec(self) -> CandidateSpec:
        """Return what the candidate is."""
        if self.budget is not None:
            wish = self.budget.wish()
            return CandidateSpec(budget=wish.kind.value, wish=wish.value)
        low, high = self.closed_to or 0.0, self.open_from or 0.0
        return CandidateSpec(self.version or 0, self.model or "", low, high)


class PromotionIn(Body):
    """Whether a candidate judges although nothing speaks for it."""

    override: bool = Field(
        default=False, description="Promote although it was never compared, or looks swapped. Give a reason."
    )
    reason: str = Field(default="", max_length=500, description="Why; the audit has it.")

    @model_validator(mode="after")
    def _with_a_reason(self) -> Self:
        if self.override and not self.reason.strip():
            raise ValueError("reason: expected why it is promoted all the same")
        return self


class ReplayIn(Body):
    """Which stored passages are judged again."""

    candidate: int = Field(ge=1, le=2**31)
    from_: Moment | None = Field(default=None, alias="from", description="Seen at or after this.")
    to: Moment | None = Field(default=None, description="Seen before this; until now if not given.")


class ShareOut(Shape):
    """A share with its 95 % interval (Wilson)."""

    expected: float
    low: float
    high: float


class TrialSummaryOut(BaseModel):
    """What comparisons come to."""

    compared: int = Field(description="Passages that both have judged.")
    disagreed: int = Field(description="Of them, those with two verdicts.")
    open_instead: int
    closed_instead: int
    unknown_instead: int
    decided: int = Field(description="Those that both called open or closed.")
    inverted: int = Field(description="Of these, those that one called open and the other closed.")
    disagreement: ShareOut | None
    inversion: ShareOut | None
    reviewed: int = Field(description="Those that an operator labelled open or closed.")
    active_right: int = Field(description="Of these, those that what judges has right.")
    candidate_right: int = Field(description="Of these, those that the candidate has right.")
    looks_swapped: bool = Field(description="Whether nearly every verdict is the opposite.")
    message: str = Field(description="All of it as an English sentence.")

    @classmethod
    def of(cls, found: TrialSummary) -> TrialSummaryOut:
        """Return its shape."""
        return cls(
            compared=found.compared,
            disagreed=found.compared - found.agreed,
            open_instead=found.open_instead,
            closed_instead=found.closed_instead,
            unknown_instead=found.unknown_instead,
            decided=found.decided,
            inverted=found.inverted,
            disagreement=_share(found.disagreement),
            inversion=_share(found.inversion),
            reviewed=found.reviewed,
            active_right=found.active_right,
            candidate_right=found.candidate_right,
            looks_swapped=found.looks_swapped,
            message=found.words(),
        )


class CandidateOut(BaseModel):
    """A candidate and what it said so far."""

    lift_id: str
    number: int
    kind: CandidateKind
    version: int | None
    model: str | None
    open_from: float | None
    closed_to: float | None
    budget: str | None = Field(description="Of a threshold: the kind of budget that it follows from.")
    wish: float | None = Field(description="The budget's value.")
    shadow: bool = Field(description="Whether it judges live passages.")
    state: CandidateState
    by: str
    created_at: datetime
    live: TrialSummaryOut = Field(description="Compared as they passed.")
    all: TrialSummaryOut = Field(description="The same and every replay; what promotion goes by.")

    @classmethod
    def of(cls, found: Candidate, live: TrialSummary, everything: TrialSummary) -> CandidateOut:
        """Return its shape."""
        spec = found.spec
        return cls(
            lift_id=found.lift_id,
            number=found.number,
            kind=found.kind,
            version=spec.version or None,
            model=spec.model or None,
            open_from=spec.high or None,
            closed_to=spec.low or None,
            budget=spec.budget or None,
            wish=spec.wish or None,
            shadow=found.shadow,
            state=found.state,
            by=found.by,
            created_at=found.created_at,
            live=TrialSummaryOut.of(live),
            all=TrialSummaryOut.of(everything),
        )


class CandidatesOut(BaseModel):
    """A lift's candidates, newest first."""

    items: list[CandidateOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")


class ReplayOut(BaseModel):
    """A replay: how far it is, by what it judges, and what it found."""

    lift_id: str
    candidate: int
    number: int
    state: ReplayState
    from_: datetime | None = Field(serialization_alias="from")
    to: datetime | None
    total: int = Field(description="Passages that there were when it began.")
    done: int
    progress: float = Field(description="0..1")
    skipped: int = Field(description="Without pictures that can be judged (any more).")
    as_seen: int = Field(description="Judged by what the network made of them before people were hidden.")
    blurred: int = Field(description="Judged by pictures that are coarse apart from the bar, for privacy.")
    by: str
    started_at: datetime
    ended_at: datetime | None
    reason: str = Field(description="Why it failed; empty if it did not.")
    summary: TrialSummaryOut
    message: str = Field(description="What the pictures were, as an English sentence.")

    @classmethod
    def of(cls, found: Replay, summary: TrialSummary) -> ReplayOut:
        """Return its shape."""
        judged = found.done - found.skipped
        clear = judged - found.as_seen - found.blurred
        parts = [f"{clear} of {judged} passages judged by their three stored pictures as they were taken"]
        if found.as_seen:
            parts.append(f"{found.as_seen} by what the network saw before people were hidden")
        if found.blurred:
            parts.append(f"{found.blurred} by pictures that are coarse apart from the bar (privacy)")
        if found.skipped:
            parts.append(f"{found.skipped} more have no pictures that can be judged")
        return cls(
            lift_id=found.lift_id,
            candidate=found.candidate,
            number=found.number,
            state=found.state,
            from_=found.from_,
            to=found.to,
            total=found.total,
            done=found.done,
            progress=1.0 if found.state is ReplayState.DONE else min(found.done / max(found.total, 1), 1.0),
            skipped=found.skipped,
            as_seen=found.as_seen,
            blurred=found.blurred,
            by=found.by,
            started_at=found.started_at,
            ended_at=found.ended_at,
            reason=found.reason,
            summary=TrialSummaryOut.of(summary),
            message="; ".join(parts),
        )


class ReplaysOut(BaseModel):
    """A lift's replays, newest first."""

    items: list[ReplayOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")


class DifferenceOut(Shape):
    """A passage with two verdicts."""

    passage_id: str
    seen_at: datetime
    verdict: Verdict = Field(description="Of what judges; in a replay, when it judged the stored pictures.")
    confidence: float
    candidate_verdict: Verdict
    candidate_confidence: float
    stored: Verdict | None = Field(description="The one that counted when it passed, in a replay.")
    review: Verdict | None = Field(description="What an operator said of it; null before.")
    pictures: list[str] = Field(default=[], description="Addresses of its pictures.")


class DifferencesOut(BaseModel):
    """A page of differences, newest first; `next` is the `cursor` of the following page, or null."""

    items: list[DifferenceOut]
    next: str | None
    unreadable: int = Field(default=0, description="How many damaged records were left out of this page.")


class ModelOut(Shape):
    """A model in the data folder."""

    name: str
    identity: str = Field(description="As it calls itself; empty where it is refused.")
    problem: str = Field(description="Why it is refused; empty if it is not.")


class ModelsOut(BaseModel):
    """The models that can be tried, and the one that judges."""

    items: list[ModelOut]
    judging: str = Field(description="The identity of the model that judges now.")
    promoted: str = Field(description="The name of the one that was promoted; empty: the one that ships.")


def _share(found: RateEstimate | None) -> ShareOut | None:
    return None if found is None else ShareOut.model_validate(found)
