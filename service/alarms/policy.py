"""What deserves an alarm: pure functions and a small state machine, without clock, thread or database."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.health import Health
from service.domain.verdict import NOT_THIS_LIFT, Judgement, Verdict


def passage_alarm(
    passage_id: str, lift_id: str, judgement: Judgement, evidence: tuple[str, ...]
) -> AlarmDraft | None:
    """Return the alarm of a passage: occupied with an open bar; else None.

    An empty carrier with an open bar is no event, and `unknown` has its own alarm (see UnknownRate).
    """
    if judgement.verdict is not Verdict.OPEN or not judgement.occupied:
        return None
    return AlarmDraft(
        kind=AlarmKind.BAR_OPEN,
        severity=Severity.CRITICAL,
        lift_id=lift_id,
        message=f"Bar open on an occupied carrier (confidence {100 * judgement.confidence:.1f} %)",
        passage_id=passage_id,
        verdict=judgement.verdict,
        evidence=evidence,
    )


def health_alarm(health: Health) -> AlarmDraft:
    """Return the alarm of a problem that begins."""
    return AlarmDraft(
        kind=health.kind, severity=Severity.WARNING, lift_id=health.lift_id, message=health.message
    )


@dataclass
class UnknownRate:
    """Watches one lift's recent verdicts: too many `unknown` is a blind system and has to be said.

    Raised when at least `minimum` of the last `window` passages are known of and the share of unknown ones
    reaches `raise_at`; over when it falls to `clear_at` (the gap keeps it from flapping).
    """

    lift_id: str
    window: int = 20
    minimum: int = 5
    raise_at: float = 0.5
    clear_at: float = 0.2
    active: bool = False
    _recent: deque[str | None] = field(default_factory=deque)

    def step(self, verdict: Verdict, reason: str = "") -> Health | None:
        """Take one verdict, and why it is unknown if it is; returns the change in health it makes, if any."""
        self._recent.append(reason if verdict is Verdict.UNKNOWN else None)
        if len(self._recent) > self.window:
            self._recent.popleft()
        reasons = Counter(reason for reason in self._recent if reason is not None)
        unknown, total = reasons.total(), len(self._recent)
        if not self.active and total >= self.minimum and unknown >= self.raise_at * total:
            self.active = True
        elif self.active and unknown <= self.clear_at * total:
            self.active = False
        else:
            return None
        message = f"{unknown} of the last {total} passages could not be judged"
        if self.active and (why := reasons.most_common(1)[0][0]):
            message += f", most of them: {why}"
        return Health(AlarmKind.LIFT_UNKNOWN_RATE, self.lift_id, self.active, message, "unknown passages")


class OtherLift:
    """Watches one lift's recent passages for carriers of another: most of them say that the view is wrong."""

    def __init__(self, lift_id: str) -> None:
        self._rate = UnknownRate(lift_id, raise_at=0.6)

    def step(self, reason: str) -> Health | None:
        """Take why a passage is unknown, empty if it is not; return the change that it makes, if any."""
        change = self._rate.step(Verdict.UNKNOWN if reason == NOT_THIS_LIFT else Verdict.CLOSED)
        if change is None:
            return None
        message = (
            "most of the last passages do not look like carriers of this lift: the camera may show another "
            "lift, or was turned"
            if change.active
            else "carriers look like this lift's again"
        )
        return Health(AlarmKind.VIEW_CHANGED, change.lift_id, change.active, message, "another lift")


class PassageWatch:
    """What one lift's verdicts, one after another, say of its camera and its masks."""

    def __init__(self, lift_id: str) -> None:
        self._unknown, self._other = UnknownRate(lift_id), OtherLift(lift_id)

    def step(self, judgement: Judgement) -> list[Health]:
        """Take one judgement; return what changed."""
        changes = (
            self._unknown.step(judgement.verdict, judgement.reason),
            self._other.step(judgement.reason),
        )
        return [change for change in changes if change is not None]
