"""Records of the store: passages, outbox entries, events, comments, sign-ins, tokens, people, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from pydantic import ConfigDict

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.domain.alarm import LATE, Alarm, AlarmState
from service.domain.people import Role
from service.domain.reviewing.answers import ReviewAnswer, answer_of

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a listing, newest first; `next` is the cursor (`before`) of the following page, or None.

    unreadable: how many damaged rows were left out of it.
    """

    items: tuple[Item, ...]
    next: int | None
    unreadable: int = 0

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Item | None]], limit: int) -> Page[Item]:
        """Return the first `limit` of the rows that `readable` returned, which may be one more."""
        shown = rows[:limit]
        items = tuple(item for _, item in shown if item is not None)
        return cls(items, shown[-1][0] if len(rows) > limit else None, len(shown) - len(items))


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """One stored picture of a passage: its file below the pictures folder, None once it was removed.

    why: the file of the map of where the network saw the bar; None of a model that has none.
    sha256, why_sha256: digests of both files, 64 hexadecimal digits; they stay when the files go. None until
    the files are written, and of pictures of earlier versions.
    numbers_sha256: the same of what the network made of the picture before people were hidden in it
    (`lifts.pictures.numbers`); None where nothing was hidden, and of earlier versions.
    """

    file: str | None
    t_s: float
    quality: float
    problem: Reason | None
    why: str | None = None
    sha256: str | None = None
    why_sha256: str | None = None
    numbers_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What people's answers of a passage came to; a lift learns from verdict and occupied.

    occupied: None where nobody said. answer: None of a label from before there were answers, and of one in
    dispute. disputed: people differ; then nothing is known of bar and seat.
    """

    verdict: Verdict
    occupied: bool | None
    by: str
    at: datetime
    comment: str
    answer: ReviewAnswer | None = None
    disputed: bool = False

    @property
    def settled(self) -> ReviewAnswer | None:
        """What it was; a label from before there were answers stands for one. None while people differ."""
        if self.answer is not None or self.disputed:
            return self.answer
        return answer_of(self.verdict, self.occupied)


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """One passage as stored; t_*_s are media seconds of the camera's connection.

    seen_at: when its last picture was read, UTC. left_at: when the carrier was at TF, UTC; None if unknown.
    carriers: how many carriers the record stands for; above 1 only where an overload left no time to record
    each by itself, or where nobody watched for long (then an estimate).
    """

    __pydantic_config__: ClassVar = ConfigDict(allow_inf_nan=False)  # of what is read from the database

    id: str
    lift_id: str
    number: int
    seen_at: datetime
    t_begin_s: float
    t_middle_s: float
    t_end_s: float
    judgement: Judgement
    pictures: tuple[PictureRecord, ...]
    review: Review | None = None
    left_at: datetime | None = None
    carriers: int = 1

    @property
    def late(self) -> bool:
        """Whether the carrier had left noticeably before it was judged."""
        return self.left_at is not None and self.seen_at - self.left_at > LATE


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """The alarm as it was at `seq`; None if its row in the outbox is damaged."""

    seq: int
    alarm: Alarm | None


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """One step of an alarm's life: what happened, and its state from then on (None: the row is damaged)."""

    seq: int
    at: datetime
    action: str
    actor: str
    note: str
    state: AlarmState | None


@dataclass(frozen=True, slots=True)
class AlarmComment:
    """A comment on an alarm."""

    id: int
    alarm_id: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A console sign-in as stored.

    token_id, user_id: whose it is, if it was made with a token or is a user's. id: its own, no secret.
    proven_at: when they last showed who they are. address, agent: where from, and with which browser.
    """

    name: str
    role: Role
    token_id: str | None
    expires_at: datetime
    user_id: str | None = None
    created_at: datetime | None = None
    used_at: datetime | None = None
    proven_at: datetime | None = None
    address: str = ""
    agent: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """An API token as stored; the token itself is not. lifts: the only ones that it is for; None: all."""

    id: str
    name: str
    role: Role
    created_at: datetime
    revoked_at: datetime | None
    lifts: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None

    @property
    def grants(self) -> Mapping[str, Role] | None:
        """The role by lift; None: everywhere."""
        return None if self.lifts is None else dict.fromkeys(self.lifts, self.role)

    def is_good(self, now: datetime) -> bool:
        """Say whether it is neither revoked nor too old."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A person as stored. grants: role by lift, or "*" for all. has_*: what they can show."""

    id: str
    name: str
    grants: Mapping[str, Role]
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    has_factor: bool
    subject: str | None = None
