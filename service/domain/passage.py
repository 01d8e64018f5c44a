"""One carrier crossing the view, and its pictures."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lifts.decision.calibration import Calibration
from lifts.decision.judge import judge
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import Inference, Judgement, Verdict
from lifts.schema import Pose
from service.domain.arrays import Image


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One registered picture of a passage.

    image: uint8[200, 200, 3] RGB in the canonical frame.
    pose: the refined pose it was warped with.
    quality: 0..1, the registration's confidence; 0 when there was nothing to register on.
    problem: why this picture must not be judged, or None.
    """

    image: Image
    pose: Pose | None
    t_s: float
    quality: float
    problem: Reason | None = None


@dataclass(frozen=True, slots=True)
class CommittedTest:
    """What the live path committed of a test's passage. seq: of its entry in the outbox, if it left one."""

    verdict: Verdict
    confidence: float
    alarm: bool
    reasons: tuple[str, ...]
    seq: int | None


@dataclass(frozen=True, slots=True, eq=False)
class PassageTest:
    """Marks a passage as a test's: it is judged, decided and committed like any other, and alarms nobody.

    self_test: whose. publishes: whether its alarm leaves an entry in the outbox, over as soon as it is there.
    committed: answered after the commit.
    """

    self_test: str
    publishes: bool
    committed: Future[CommittedTest]


@dataclass(frozen=True, slots=True, eq=False)
class KeptPicture:
    """A stored picture as the network saw it before people were hidden in it.

    numbers: uint8[K] (`lifts.pictures.numbers`), by the model that judges now. quality, problem: a Picture's.
    """

    numbers: Image
    quality: float
    problem: Reason | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to report what passes at a lift.

    owner: who has it, for people. fence: one more than that of the lease before it.
    since: an aware time. Carriers that left up to then are the earlier owners'; None: there was none.
    """

    lift_id: str
    owner: str
    fence: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class CarriersAccounted:
    """Until when a lift's carriers are accounted for, as the owner with this fence says.

    until: an aware time. Each carrier that left before has its record, or is given up with an alarm.
    stood_s: for so much of the time since then the line was seen to stand, while the last carriers before
    that were still to be found out. ahead: by how much the wall clock, which says `until`, was set since the
    service began.
    """

    fence: int
    until: datetime
    stood_s: float = 0.0
    ahead: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class CarrierSighting:
    """By which lease a carrier was seen, and when it left.

    fence: of the lease; None: the database has not given it yet. left_at: an aware time, by a clock that
    nobody sets (service.host.clocks.steady). interval_s: between carriers at the line's nominal speed; 0
    where that is unknown. seen: whether a picture shows it; else the line's phase alone tells of it.
    """

    fence: int | None
    left_at: datetime
    interval_s: float
    seen: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One carrier crossing the view: pictures at its begin (TD), middle and end (TF).

    number counts the carriers of one connection from 1. Times are media seconds of the three moments at
    which the carrier was at the three poses; decided_mono_s: time.monotonic() when the last picture was read.
    between: further pictures, in order of time, that are judged with the three and neither stored nor shown.
    left_mono_s: time.monotonic() when the carrier was at TF, or will be by its speed; None in a recording.
    carriers: how many it stands for; above 1 only of those that passed unseen in a long gap, an estimate.
    test: whose self-test it belongs to; None of a carrier that passes.
    interval_s: between carriers at the line's nominal speed; 0 where that is unknown.
    sighting: by which lease its carrier was seen; None where there are no leases, as in a recording.
    complete: whether every carrier that left before those reported so far is reported too; not while it is
        uncertain where the line is: a carrier that is recognised does not wait for those before it.
    """

    id: str
    lift_id: str
    number: int
    t_begin_s: float
    t_middle_s: float
    t_end_s: float
    pictures: tuple[Picture, ...]
    decided_mono_s: float
    left_mono_s: float | None = None
    carriers: int = 1
    between: tuple[Picture, ...] = ()
    test: PassageTest | None = None
    interval_s: float = 0.0
    sighting: CarrierSighting | None = None
    complete: bool = True

    @property
    def judged(self) -> tuple[Picture, ...]:
        """Return all pictures in order of time."""
        return tuple(sorted((*self.pictures, *self.between), key=lambda picture: picture.t_s))

    @property
    def shown(self) -> tuple[int, ...]:
        """Return which of `judged` are begin, middle and end."""
        return tuple(k for k, picture in enumerate(self.judged) if any(picture is p for p in self.pictures))


def judge_passage(
    passage: Passage, inference: Inference, references: LiftReferences, calibration: Calibration
) -> Judgement:
    """Judge a passage by all its pictures; the judgement's images are those of begin, middle and end.

    inference: the network's output for `passage.judged`. Raises ValueError where its shape is another.
    """
    judgement = judge(passage.judged, inference, references, calibration)
    return replace(judgement, images=tuple(judgement.images[row] for row in passage.shown))
