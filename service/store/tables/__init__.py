"""The tables, used only within this folder's parent. A test compares them with the migrations."""

from service.store.tables.alarms import AlarmEventRow, AlarmRow, ClipRow, CommentRow, OutOfServiceRow
from service.store.tables.audit import AuditRow, SealRow
from service.store.tables.columns import Base, UtcDateTime, Vector
from service.store.tables.operating import (
    BudgetRow,
    CallRow,
    CameraLeaseRow,
    CarrierCountRow,
    EscalationRuleRow,
    FreshCountRow,
    LiftPlaceRow,
    WatchSpanRow,
)
from service.store.tables.outputs import (
    OutputCursorRow,
    OutputRow,
    PlantRow,
    PushSubscriptionRow,
    SetAsideRow,
)
from service.store.tables.people import LinkRow, SessionRow, TokenRow, UserRow
from service.store.tables.rows import (
    LiftRow,
    MaskVersionRow,
    MetaRow,
    PassageRow,
    ReferenceRow,
    SiteCalibrationRow,
    deactivate_all,
)
from service.store.tables.setup import CameraSecretRow, SetupJobRow, TrackVersionRow
from service.store.tables.trials import (
    CandidateRow,
    ComparisonRow,
    ReplayRow,
    ReviewAnswerRow,
    ReviewDrawRow,
    ReviewTaskRow,
    SelfTestPassageRow,
    SelfTestRow,
)

__all__ = [
    "AlarmEventRow",
    "AlarmRow",
    "AuditRow",
    "Base",
    "BudgetRow",
    "CallRow",
    "CameraLeaseRow",
    "CameraSecretRow",
    "CandidateRow",
    "CarrierCountRow",
    "ClipRow",
    "CommentRow",
    "ComparisonRow",
    "EscalationRuleRow",
    "FreshCountRow",
    "LiftPlaceRow",
    "LiftRow",
    "LinkRow",
    "MaskVersionRow",
    "MetaRow",
    "OutOfServiceRow",
    "OutputCursorRow",
    "OutputRow",
    "PassageRow",
    "PlantRow",
    "PushSubscriptionRow",
    "ReferenceRow",
    "ReplayRow",
    "ReviewAnswerRow",
    "ReviewDrawRow",
    "ReviewTaskRow",
    "SealRow",
    "SelfTestPassageRow",
    "SelfTestRow",
    "SessionRow",
    "SetAsideRow",
    "SetupJobRow",
    "SiteCalibrationRow",
    "TokenRow",
    "TrackVersionRow",
    "UserRow",
    "UtcDateTime",
    "Vector",
    "WatchSpanRow",
    "deactivate_all",
]
