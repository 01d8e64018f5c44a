"""What people say of a passage, what of it a lift may learn from, and what several of them come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from lifts.decision.verdict import Verdict


class ReviewAnswer(StrEnum):
    """What a person saw on the three pictures of a passage. Part of the API."""

    OPEN = "open"
    """Somebody sits there, and the bar is open in the last picture."""
    CLOSED = "closed"
    """The bar is down in the last picture, whoever sits there."""
    MOVING = "moving"
    """Somebody sits there, and the bar is on its way: not completely down."""
    EMPTY = "empty"
    """Nobody sits there: where the bar is makes no difference."""
    CANNOT_TELL = "cannot_tell"


LABELS: Mapping[ReviewAnswer, tuple[Verdict, bool | None]] = MappingProxyType(
    {
        ReviewAnswer.OPEN: (Verdict.OPEN, True),
        ReviewAnswer.CLOSED: (Verdict.CLOSED, None),
        ReviewAnswer.MOVING: (Verdict.UNKNOWN, True),
        ReviewAnswer.EMPTY: (Verdict.UNKNOWN, False),
        ReviewAnswer.CANNOT_TELL: (Verdict.UNKNOWN, None),
    }
)
"""The label that follows from an answer: state of the bar and occupancy. A lift learns from open and closed
bars, and from seats of which somebody said who sits there; a bar on its way is neither state."""


def answer_of(verdict: Verdict, occupied: bool | None) -> ReviewAnswer:
    """Return the answer that a label without one stands for."""
    if verdict is Verdict.CLOSED:
        return ReviewAnswer.CLOSED
    if occupied is False:
        return ReviewAnswer.EMPTY
    return ReviewAnswer.OPEN if verdict is Verdict.OPEN else ReviewAnswer.CANNOT_TELL


EVENTS = frozenset({ReviewAnswer.OPEN, ReviewAnswer.MOVING})
HARMLESS = frozenset({ReviewAnswer.CLOSED, ReviewAnswer.EMPTY})


class AlarmReview(StrEnum):
    """What people's answers say of an alarm of the bar. Part of the API."""

    RIGHT = "right"
    FALSE = "false"
    UNSAID = "unsaid"
    """Nobody has answered, nobody can tell, or people differ."""


def was_right(answer: ReviewAnswer | None) -> bool | None:
    """Say whether an alarm was right by what its passage showed; None: nobody can tell.

    A bar on its way is not completely down at TF, with somebody on the seat: that is the event as STRMTG's
    EVEREST study defines it.
    """
    return True if answer in EVENTS else False if answer in HARMLESS else None


def contradicts(answer: ReviewAnswer, verdict: Verdict | None, occupied: bool | None) -> bool:
    """Say whether a label that was given beside an answer says something else. None: nothing was given."""
    of, seat = LABELS[answer]
    other_seat = seat is not None and occupied is not None and occupied is not seat
    if answer is ReviewAnswer.EMPTY:  # where the bar is may be said as well
        return other_seat
    return other_seat or (verdict is not None and verdict is not of)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One person's answer.

    identity: by what the person is known, whatever their name. verdict, occupied: the label that follows.
    blind: given in the queue of reviews, without what the service or anybody else had said.
    """

    answer: ReviewAnswer
    verdict: Verdict
    occupied: bool | None
    by: str
    identity: str
    at: datetime
    comment: str = ""
    blind: bool = False


def settle(given: Sequence[GivenAnswer]) -> GivenAnswer | None:
    """Return what the present answers of different people come to, in order of time; None while they differ.

    One alone counts. Of several, the answer that most of them gave, if no other was given as often: so a
    third person decides between two, and two agree as soon as one of them changes their mind. The newest of
    those who gave it stands for them.

    Raises ValueError without any answer.
    """
    if not given:
        raise ValueError("expected an answer")
    (most, count), *others = Counter(one.answer for one in given).most_common()
    if others and others[0][1] == count:
        return None
    return [one for one in given if one.answer is most][-1]


class TaskState(StrEnum):
    """How far the review of a passage has come. Part of the API."""

    WAITING = "waiting"
    """Nobody has answered."""
    SECOND = "second"
    """A second person is to answer, not knowing what the first said."""
    DISPUTED = "disputed"
    """Two people differ: a third decides, or one of the two changes their mind."""
    DONE = "done"
    """What it was is settled."""


def state_of(given: Sequence[GivenAnswer], *, second: bool) -> TaskState:
    """Return how far a review has come; second: two people are to answer."""
    if not given:
        return TaskState.WAITING
    if settle(given) is None:
        return TaskState.DISPUTED
    return TaskState.SECOND if second and len(given) == 1 else TaskState.DONE
