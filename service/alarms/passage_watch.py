"""What a lift's verdicts reveal about its camera and its masks: a pure state machine."""

from __future__ import annotations

from collections import Counter, deque

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.domain.reason_texts import reason_text

UNKNOWN_PASSAGES, ANOTHER_LIFT = "unknown passages", "another lift"
"""Causes of the two conditions that follow from the passages themselves."""


class ProblemShare:
    """The share of one lift's recent passages that speak for a problem, and whether it counts as present.

    It becomes present when at least `minimum` of the last `window` passages are known and the share reaches
    `raise_at`. It is over when as many are known and the share has fallen to `clear_at`; the gap keeps it
    from flapping. A passage that proves nothing either way is not taken in at all.
    """

    def __init__(
        self,
        raise_at: float,
        clear_at: float = 0.2,
        window: int = 20,
        minimum: int = 5,
        *,
        active: bool = False,
    ) -> None:
        self.raise_at, self.clear_at, self.minimum = raise_at, clear_at, minimum
        self.active = active
        self.recent: deque[str | None] = deque(maxlen=window)

    def step(self, problem: str | None) -> bool:
        """Take one passage, with what is wrong with it or None; return whether `active` changed."""
        self.recent.append(problem)
        wrong, total, before = self.wrong, len(self.recent), self.active
        if total >= self.minimum:
            # What is present is seen in the newest passage: a right one never begins it.
            begins = problem is not None and wrong >= self.raise_at * total
            self.active = wrong > self.clear_at * total if before else begins
        return self.active != before

    @property
    def wrong(self) -> int:
        """How many of the recent passages speak for the problem."""
        return sum(problem is not None for problem in self.recent)

    @property
    def commonest_reason(self) -> str:
        """What most of these have: codes, with commas between them; empty if they do not say."""
        problems = Counter(problem for problem in self.recent if problem is not None)
        return problems.most_common(1)[0][0] if problems else ""


class PassageWatch:
    """Follows the verdicts of one lift and reports what they reveal.

    Too many `unknown` verdicts mean that the system is blind. Carriers that do not look like this lift's mean
    that the camera shows something else. That is over only when carriers are recognised as this lift's again:
    by a verdict, or by pictures that fit the lift and are merely too close to call. A passage that is unknown
    because of darkness, a dead embedder or an overload is no evidence either way.

    Args:
        lift_id: whose passages.
    """

    def __init__(self, lift_id: str) -> None:
        self._lift_id = lift_id
        self._unknown, self._other = ProblemShare(raise_at=0.5), ProblemShare(raise_at=0.6)

    def doubt_view(self) -> None:
        """Take the camera for one that shows something else, until new passages show this lift."""
        self._other = ProblemShare(raise_at=0.6, active=True)

    def doubt_verdicts(self) -> None:
        """Take the lift for one whose passages cannot be judged, until new ones are."""
        self._unknown = ProblemShare(raise_at=0.5, active=True)

    def step(self, judgement: Judgement, *, accounted: bool = False) -> list[Health]:
        """Take one judgement; return what changed.

        accounted: it is unknown for the sake of an outage that has an alarm of its own.
        """
        changes = []
        unknown = judgement.verdict is Verdict.UNKNOWN
        codes = ", ".join(judgement.reasons)
        if not accounted and self._unknown.step(codes if unknown else None):
            changes.append(self._unknown_passages())
        other = Reason.NOT_THIS_LIFT in judgement.reasons
        recognised = not unknown or Reason.TOO_CLOSE in judgement.reasons
        if (other or recognised) and self._other.step(Reason.NOT_THIS_LIFT if other else None):
            changes.append(self._another_lift())
        return changes

    def _unknown_passages(self) -> Health:
        share = self._unknown
        message = f"{share.wrong} of the last {len(share.recent)} passages could not be judged"
        numbers: dict[str, float | str] = {"unknown": share.wrong, "passages": len(share.recent)}
        if share.active and (codes := share.commonest_reason):
            message += f", most of them: {reason_text([Reason(code) for code in codes.split(', ')])}"
            numbers["reasons"] = codes
        kind = AlarmKind.LIFT_UNKNOWN_RATE
        return Health(kind, self._lift_id, share.active, message, UNKNOWN_PASSAGES, numbers)

    def _another_lift(self) -> Health:
        message = (
            "most of the last passages do not look like carriers of this lift: the camera may show another "
            "lift, or was turned"
            if self._other.active
            else "carriers look like this lift's again"
        )
        return Health(AlarmKind.VIEW_CHANGED, self._lift_id, self._other.active, message, ANOTHER_LIFT)
