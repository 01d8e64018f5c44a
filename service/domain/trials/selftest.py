"""The self-test of a lift: recorded passages down the live path, the camera's view, the outputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lifts.decision.verdict import Verdict
from service.domain.alarm import Parameters

FORMAT = "barwatch self-test 1"


class SelfTestResult(StrEnum):
    """What a self-test, or one of its checks, came to.

    incomplete: nothing failed, but not everything could be tested; it is no pass.
    """

    PASSED = "passed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class PassageSource(StrEnum):
    """How it is known what a passage shows: an operator's label, a reference picture, its cluster."""

    REVIEWED = "reviewed"
    REFERENCE = "reference"
    CLUSTERED = "clustered"


class SelfTestCode(StrEnum):
    """What a check found. Part of the API: codes may be added, but a code never changes its meaning."""

    OK = "ok"
    NO_MASKS = "no_masks"
    NO_OPEN_PASSAGE = "no_open_passage"
    NO_CLOSED_PASSAGE = "no_closed_passage"
    MISJUDGED = "misjudged"
    PEOPLE_HIDDEN = "people_hidden"
    NOT_COMMITTED = "not_committed"
    NOTHING_SENT = "nothing_sent"
    NO_OCCUPIED_PASSAGE = "no_occupied_passage"
    NO_ALARM = "no_alarm"
    FALSE_ALARM = "false_alarm"
    NOT_PUBLISHED = "not_published"
    MASKS_DOUBTED = "masks_doubted"
    NOT_ARMED = "not_armed"
    NO_CAMERA = "no_camera"
    NOT_LIVE = "not_live"
    IMPAIRED = "impaired"
    NO_PICTURE = "no_picture"
    NO_ENROLLED_VIEW = "no_enrolled_view"
    VIEW_DIFFERS = "view_differs"
    OUTPUT_FAILED = "output_failed"
    NO_OUTPUT = "no_output"


@dataclass(frozen=True, slots=True)
class SelfTestCheck:
    """One check: open, closed, alarm, feed, masks, view, outputs.

    code: a SelfTestCode. message: the same in words. parameters: what `message` says, for programs.
    """

    name: str
    result: SelfTestResult
    code: SelfTestCode
    message: str
    parameters: Parameters = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ProbedPassage:
    """A recorded passage and what the live path made of its stored pictures.

    id: of the stored passage, or the reference picture's name. expected: what it shows.
    alarm: whether an alarm would have been raised; None: nothing was committed.
    hidden: whether people are hidden in the pictures. seen, seen_alarm: verdict and alarm by what the network
        had made of the carrier before that; None where nothing was kept of it.
    """

    id: str
    source: PassageSource
    expected: Verdict
    verdict: Verdict | None
    confidence: float
    alarm: bool | None
    reasons: tuple[str, ...] = ()
    hidden: bool = False
    seen: Verdict | None = None
    seen_alarm: bool | None = None


@dataclass(frozen=True, slots=True)
class SelfTest:
    """One run. number: counts a lift's runs from 1. by: who asked; "system" is the daily one.

    mask_version, model, site_version: what judged; 0, empty and 0 where nothing could.
    """

    id: str
    lift_id: str
    number: int
    started_at: datetime
    ended_at: datetime
    by: str
    checks: tuple[SelfTestCheck, ...]
    passages: tuple[ProbedPassage, ...]
    mask_version: int
    model: str
    site_version: int

    @property
    def result(self) -> SelfTestResult:
        """The worst of its checks."""
        found = {check.result for check in self.checks}
        for worst in (SelfTestResult.FAILED, SelfTestResult.INCOMPLETE):
            if worst in found:
                return worst
        return SelfTestResult.PASSED if found else SelfTestResult.INCOMPLETE

    def failures(self) -> str:
        """Return in words what failed; empty if nothing did."""
        return "; ".join(check.message for check in self.checks if check.result is SelfTestResult.FAILED)

    def text(self, before: str) -> str:
        """Return what is signed: JSON of one form.

        before: the SHA-256 of the lift's record before this one, so that none can be left out; empty for the
            first.
        """
        content: Mapping[str, Any] = {
            "format": FORMAT,
            "before": before,
            **asdict(self),
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "result": self.result,
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Sequence):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else str(value)
