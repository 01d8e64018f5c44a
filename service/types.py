"""The nouns of the service, in one place: records that travel from camera to subscriber.

All are frozen. Units stand in the names: _s seconds, _px pixels. Imports nothing of the service.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.heaps import Heaps
from lifts.prototypes import Prototypes
from lifts.schema import Lift, MaskPair, Pose

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class Verdict(StrEnum):
    """What is said of the bar; `unknown` whenever it cannot be told."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class AlarmKind(StrEnum):
    """What an alarm is about: one kind for the bar, the others for the system's own eyesight and health."""

    BAR_OPEN = "bar_open"
    CAMERA_LOST = "camera_lost"
    CAMERA_FROZEN = "camera_frozen"
    VIEW_CHANGED = "view_changed"
    LOW_VISIBILITY = "low_visibility"
    WORKER_DOWN = "worker_down"
    LIFT_UNKNOWN_RATE = "lift_unknown_rate"


class AlarmState(StrEnum):
    """Where an alarm stands in its life (after ISA-18.2)."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    CLEARED = "cleared"


class Severity(StrEnum):
    """How urgent an alarm is: critical for people in danger, warning for a blind system."""

    CRITICAL = "critical"
    WARNING = "warning"


class Role(StrEnum):
    """Who may do what: viewer reads, operator acts, admin configures; each includes the one before."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


class CameraState(StrEnum):
    """What a camera's supervisor says of it."""

    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"
    LOST = "lost"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One registered picture of a passage.

    image: uint8[200, 200, 3] RGB in the canonical frame.
    pose: the refined pose it was warped with.
    quality: 0..1, how sure the registration is; 0 when nothing was found to register on.
    problem: why this picture must not be judged ("dark", "no contrast", "not registered"), or None.
    """

    image: Image
    pose: Pose | None
    t_s: float
    quality: float
    problem: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One carrier crossing the view: pictures at its begin (TD), middle and end (TF).

    number counts the carriers of one connection from 1. Times are media seconds of the three moments at
    which the carrier was at the three poses; decided_mono_s: time.monotonic() when the last picture was read.
    """

    id: str
    lift_id: str
    number: int
    t_begin_s: float
    t_middle_s: float
    t_end_s: float
    pictures: tuple[Picture, ...]
    decided_mono_s: float


NOT_THIS_LIFT = "does not look like a carrier of this lift"
"""Why a passage is unknown that shows something else than the masks' lift."""

TOO_CLOSE = "too close to call"
"""Why a passage that was seen well enough is unknown all the same: its margin says neither."""


class Seen(NamedTuple):
    """What the network says of N pictures.

    embeddings: float32[N, D]. occupancy: float32[N] in 0..1.
    matches: float32[N, 2]: by what was sent along (`judged_by`), the margin, and the chance in 0..1 that it
        is a carrier of their lift; NaN from a model that knows distances only.
    """

    embeddings: Floats
    occupancy: Floats
    matches: Floats


@dataclass(frozen=True, slots=True)
class ImageJudgement:
    """What one picture says: distances to the two masks' embeddings, occupancy in 0..1, its own verdict."""

    distance_open: float
    distance_closed: float
    occupancy: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one passage says, over its one to three pictures.

    margin: mean of d(picture, open mask) - d(picture, close mask): negative means nearer to open.
    confidence: calibrated probability of the verdict, 0..1; for `unknown` that of the likelier state.
    reason: why the verdict is unknown, else empty.
    """

    verdict: Verdict
    confidence: float
    margin: float
    occupied: bool
    occupancy: float
    images: tuple[ImageJudgement, ...]
    mask_version: int
    model: str
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Threshold:
    """What a lift's own passages have told: where they part into open and closed, and what they look like.

    Found with one pair of masks (`lifts.heaps`, `lifts.prototypes`).

    version: counts from 1 within the lift. model: whose margins they are.
    margins: of the passages it was found from; reviewed: how many of these somebody had labelled.
    active: whether the lift is judged by it; a threshold that was found is a proposal until then.
    always: float32[D], what shows in pictures of either state, as an embedding.
    always, prototypes: None where one state was too rare.
    watched, labelled: how many passages there were to learn from, and labels; some may not have been usable.
    """

    lift_id: str
    version: int
    mask_version: int
    model: str
    heaps: Heaps
    margins: tuple[float, ...]
    reviewed: int
    active: bool
    created_at: datetime
    always: Floats | None = None
    prototypes: Prototypes | None = None
    watched: int = 0
    labelled: int = 0


def judged_by(drawn: Floats, always: Floats | None = None) -> Floats:
    """Return what pictures are judged by, float32[3, D]: open mask, close mask, what always shows (or zeros).

    drawn: float32[2, D], embeddings of the two masks. always: float32[D].
    """
    return np.concatenate([drawn, np.zeros_like(drawn[:1]) if always is None else always[None]])


@dataclass(frozen=True, slots=True, eq=False)
class MaskVersion:
    """One enrolled pair of masks with its embeddings.

    embeddings: float32[2, B, D]: for open and close, B embeddings each (the mask and its small shifts).
    threshold: the lift's own, if one is active for these masks and this model.
    """

    lift_id: str
    version: int
    model: str
    masks: MaskPair
    embeddings: Floats
    separation: float
    quality: str
    warnings: tuple[str, ...]
    active: bool
    created_at: datetime
    references: dict[str, Image] = field(default_factory=dict)
    threshold: Threshold | None = None

    @property
    def drawn(self) -> Floats:
        """Embeddings of the two masks themselves, float32[2, D]: first in each bank."""
        return self.embeddings[:, 0]

    @property
    def judged_by(self) -> Floats:
        """What the lift's pictures are judged by, float32[3, D]: see the function of this name."""
        return judged_by(self.drawn, None if self.threshold is None else self.threshold.always)

    @property
    def prototypes(self) -> Prototypes | None:
        """The lift's own, if it is judged by any."""
        return None if self.threshold is None else self.threshold.prototypes


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as subscribers see it; `seq` grows with each new or changed alarm."""

    id: str
    seq: int
    kind: AlarmKind
    severity: Severity
    lift_id: str | None
    passage_id: str | None
    raised_at: datetime
    state: AlarmState
    verdict: Verdict | None
    evidence: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class AlarmDraft:
    """An alarm that policy wants raised; the store gives it id, seq and time when it commits it."""

    kind: AlarmKind
    severity: Severity
    lift_id: str | None
    message: str
    passage_id: str | None = None
    verdict: Verdict | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """A change in what the system can see: a problem begins (active) or ends (not active).

    cause: which of the troubles of this kind; one that ends without a cause ends them all.
    """

    kind: AlarmKind
    lift_id: str | None
    active: bool
    message: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera's state for the API and the console; times are seconds.

    decoder: what decodes its stream ("h264", "h264 in hardware"); empty before the first frame.
    """

    lift_id: str
    state: CameraState
    message: str
    fps: float
    frame_age_s: float | None
    frames_read: int
    frames_dropped: int
    passages: int
    line_speed: str
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest picture of a camera, small, for the console: JPEG; t_mono_s when its frame was read."""

    lift_id: str
    jpeg: bytes
    t_mono_s: float


CameraEvent = Passage | Health | CameraStatus | Snapshot
"""What a camera's process reports to the service."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchedLift:
    """What a camera's process needs to know: the lift, its masks if enrolled, and the picture references."""

    lift: Lift
    masks: MaskPair | None
    references: dict[str, Image]
    loop_file: bool = False
