"""The product's verdicts on labelled pictures, counted: wrong each way, and unknown.

Every verdict is `lifts.decision.judge`'s, the one that the service gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lifts.decision.site import is_informative
from lifts.decision.verdict import Judgement, Seat, Verdict
from ml.evaluate.metrics import wilson

Counts = dict[str, Any]

SHARE_OF = {
    "open_called_closed": "open",
    "closed_called_open": "closed",
    "unknown": "judged",
    "right": "judged",
    "empty_called_occupied": "empty_seen",
    "occupied_called_empty": "occupied_seen",
    "empty_unclear": "empty_seen",
    "occupied_unclear": "occupied_seen",
}
"""Each outcome, and the count that it is a share of."""

COUNTED = (*SHARE_OF, "open", "closed", "open_unknown", "judged", "empty_seen", "occupied_seen")


class Outcome(NamedTuple):
    """A verdict beside the truth.

    occupied: of the seat; None where the carrier was not seen well enough to say.
    reasons: codes of why the verdict is unknown.
    unclear: the carrier was seen well, but not whether anybody sits on it; `occupied` is False then.
    """

    verdict: Verdict
    occupied: bool | None
    reasons: Sequence[str]
    truly_open: bool
    truly_occupied: bool
    unclear: bool = False

    @property
    def right(self) -> bool:
        """Whether the verdict is the truth; `unknown` is not."""
        return self.verdict is (Verdict.OPEN if self.truly_open else Verdict.CLOSED)

    @staticmethod
    def of(judgement: Judgement, truly_open: bool, truly_occupied: bool) -> Outcome:
        """A judgement beside the truth."""
        occupied = judgement.occupied if is_informative(judgement) else None
        unclear = occupied is not None and judgement.seat is Seat.UNCLEAR
        return Outcome(judgement.verdict, occupied, judgement.reasons, truly_open, truly_occupied, unclear)


def count_verdicts(outcomes: Iterable[Outcome]) -> Counts:
    """Count the outcomes of pictures, passages or events.

    Returns:
        Counts for JSON: `judged`, of them `open` and `closed` in truth; `open_called_closed`,
        `closed_called_open`, `unknown` (of them `open_unknown`), `right`, and `reasons` of the unknown ones;
        `empty_seen` and `occupied_seen`, of them `empty_called_occupied`, `occupied_called_empty`,
        `empty_unclear` and `occupied_unclear`; and for each outcome its share, None
        of nothing, with that share's 95 % Wilson interval.
    """
    count: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for outcome in outcomes:
        verdict, occupied, why, truly_open, truly_occupied, unclear = outcome
        truth = Verdict.OPEN if truly_open else Verdict.CLOSED
        count["judged"] += 1
        count[truth.value] += 1
        count["right"] += outcome.right
        if verdict is Verdict.UNKNOWN:
            count["unknown"] += 1
            count["open_unknown"] += truly_open
            reasons.update(str(reason) for reason in why)
        elif verdict is not truth:
            count[f"{truth.value}_called_{verdict.value}"] += 1
        if occupied is not None:
            count["occupied_seen" if truly_occupied else "empty_seen"] += 1
            count["occupied_called_empty"] += truly_occupied and not occupied and not unclear
            count["empty_called_occupied"] += not truly_occupied and occupied
            count["occupied_unclear" if truly_occupied else "empty_unclear"] += unclear
    return _with_shares(count, reasons)


def total(parts: Iterable[Counts], rounds: int = 1) -> Counts:
    """Add up several lifts' counts; `rounds` that share their pictures have the interval of one of them."""
    count: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for part in parts:
        count.update({name: part[name] for name in COUNTED})
        reasons.update(part["reasons"])
    return _with_shares(count, reasons, rounds)


def _with_shares(count: Counter[str], reasons: Counter[str], rounds: int = 1) -> Counts:
    counts: Counts = {name: count[name] for name in COUNTED} | {"reasons": dict(sorted(reasons.items()))}
    for name, whole in SHARE_OF.items():
        counts[f"{name}_share"] = count[name] / count[whole] if count[whole] else None
        interval = wilson(round(count[name] / rounds), round(count[whole] / rounds))
        counts[f"{name}_interval_95"] = list(interval)
    return counts
