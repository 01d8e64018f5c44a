"""Alarms and what is done with them as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from lifts.decision.verdict import Verdict
from service.api.schemas.base import Body, Moment, Note, Shape, Text
from service.domain.alarm import Alarm, AlarmKind, AlarmState, ServiceScope, Severity
from service.store.records import AlarmComment, AlarmEvent


class AlarmOut(Shape):
    """An alarm; `seq` grows with each new or changed alarm."""

    id: str
    seq: int
    kind: AlarmKind
    severity: Severity
    lift_id: str | None
    passage_id: str | None
    raised_at: datetime
    state: AlarmState
    verdict: Verdict | None
    evidence: list[str] = Field(description="Addresses of pictures, and of the clip.")
    message: str
    cause: str = Field(description="Which trouble of its kind, e.g. `dark`; each has an alarm of its own.")
    parameters: dict[str, int | float | str] = Field(
        description="The numbers and names in `message`; with `kind` and `cause` they are all it says."
    )
    left_at: datetime | None = Field(
        description="When the carrier left (TF); null where there is none or nobody knows."
    )
    escalation: int = Field(
        default=0, description="The step it has reached because nobody acknowledged it; 0: none."
    )
    escalated_to: list[str] = Field(default_factory=list, description="Outputs that got it therefore.")
    escalated_person: str = Field(default="", description="Who is to look therefore; empty: nobody by name.")
    late: bool = Field(description="The carrier left more than 2 s before the alarm was raised.")
    priority: int = Field(
        description="1 is the most important: blind 1, open 2, open with an unclear seat 3, the rest 4."
    )
    group: str | None = Field(description="Alarms of the bar of one lift and run share it; null of others.")
    ended_at: datetime | None = Field(description="Since when its condition is over; null while it is not.")
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    shelved_until: datetime | None = Field(description="When it comes back by itself; null if not shelved.")
    shelved_by: str | None
    shelved_reason: str | None
    suppressed_by: AlarmKind | None = Field(
        description="The kind of the alarm that it follows from, while that one stands."
    )

    @classmethod
    def of(cls, alarm: Alarm, root_path: str) -> AlarmOut:
        """Take what the API shows: everything, with the pictures' addresses below `root_path`."""
        shown = cls.model_validate(alarm)
        return shown.model_copy(update={"evidence": [root_path + url for url in shown.evidence]})


class ListedAlarmOut(AlarmOut):
    """An alarm of the history, with what people say of it."""

    alarm_right: bool | None = Field(
        description="Whether it was right, by the reviews of its carrier; null where nobody has answered or "
        "can tell, or people differ, and of alarms without a carrier."
    )


class AlarmsOut(BaseModel):
    """A page of alarms, the last raised first, of `standing` ones the most important.

    `next` is the `cursor` of the following page, or null.
    """

    items: list[ListedAlarmOut]
    next: str | None
    unreadable: int = Field(default=0, description="How many damaged records were left out of this page.")
    flood: bool = Field(description="Ten or more alarms came within ten minutes: see `GET /alarms/status`.")


class AlarmEventOut(Shape):
    """One step of an alarm's life."""

    seq: int
    at: datetime
    action: str
    actor: str
    note: str
    state: AlarmState | None = Field(description="From then on; null where the record is damaged.")

    @classmethod
    def of(cls, event: AlarmEvent) -> AlarmEventOut:
        """Take what the API shows."""
        return cls.model_validate(event)


class CommentOut(Shape):
    """What somebody wrote about an alarm."""

    id: int
    author: str
    text: str
    at: datetime

    @classmethod
    def of(cls, comment: AlarmComment) -> CommentOut:
        """Take what the API shows."""
        return cls.model_validate(comment)


class AlarmDetailOut(AlarmOut):
    """An alarm with its life so far and its comments."""

    events: list[AlarmEventOut]
    comments: list[CommentOut]


class AlarmGroupOut(Shape):
    """Alarms of the bar of one lift and one run, as one."""

    id: str
    lift_id: str | None
    kind: AlarmKind
    severity: Severity = Field(description="Of the gravest of them.")
    priority: int
    state: AlarmState = Field(description="`active` or `returned` while one of them is, else of the newest.")
    alarms: int = Field(description="How many; in the list of groups, how many of them stand.")
    unacknowledged: int
    first_raised_at: datetime
    last_raised_at: datetime
    seq: int = Field(description="The newest of them; acknowledge the group up to it.")


class AlarmGroupsOut(BaseModel):
    """The groups of which something stands, the most important and the newest first."""

    items: list[AlarmGroupOut]


class AcknowledgeGroupIn(Body):
    """What of a group is acknowledged, and an optional note."""

    note: Note = ""
    seq: int | None = Field(
        default=None,
        ge=0,
        le=2**63 - 1,
        description="The newest seq that was seen; what came or changed later stays. Unset: all of it.",
    )


class AcknowledgedGroupOut(AlarmGroupOut):
    """The group as it is now, and how many of its alarms this acknowledged."""

    acknowledged: int


class OutOfServiceOut(Shape):
    """What is out of service: by whom, since and until when, and why."""

    lift_id: str
    scope: ServiceScope = Field(description="The whole lift, or its camera: then only what says it is blind.")
    by: str
    reason: str
    since: datetime
    until: datetime = Field(description="When it is back in service by itself.")


class AlarmFloodOut(Shape):
    """More alarms than a person can take in."""

    since: datetime
    alarms: int = Field(description="How many came within the last ten minutes.")


class AlarmStatusOut(BaseModel):
    """What is so beside single alarms, and which alarms do not call for anybody, with the reasons."""

    flood: AlarmFloodOut | None = Field(description="From ten alarms in ten minutes until fewer than five.")
    out_of_service: list[OutOfServiceOut]
    shelved: list[AlarmOut]
    suppressed: list[AlarmOut] = Field(description="By design; `suppressed_by` says what each follows from.")


class OutOfServiceIn(Body):
    """Until when (an aware time, at most 31 days ahead), why, and what."""

    expiry: Moment = Field(examples=["2027-01-10T16:30:00+01:00"])
    reason: Text = Field(examples=["rope inspection"])
    scope: ServiceScope = ServiceScope.LIFT


class ShelveIn(Body):
    """Until when (an aware time, at most 24 hours ahead) and why."""

    expiry: Moment = Field(examples=["2027-01-10T16:30:00+01:00"])
    reason: Text = Field(examples=["lens is being cleaned"])


class CommentIn(Body):
    """A comment on an alarm."""

    text: Text = Field(examples=["Liftie lowered the bar by hand."])


class NoteIn(Body):
    """An optional note beside an action."""

    note: Note = ""


class TicketOut(BaseModel):
    """Opens the live feed once."""

    ticket: str
    expires_in_s: float = Field(description="For how long, in seconds.")
