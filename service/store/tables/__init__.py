"""The tables, used only within this folder's parent. A test compares them with the migrations."""

from service.store.tables.audit import AuditRow, SealRow
from service.store.tables.columns import Base, UtcDateTime, Vector
from service.store.tables.rows import (
    AlarmEventRow,
    AlarmRow,
    CommentRow,
    LiftRow,
    MaskVersionRow,
    MetaRow,
    PassageRow,
    ReferenceRow,
    SessionRow,
    SiteCalibrationRow,
    TokenRow,
    deactivate_all,
)
from service.store.tables.setup import CameraSecretRow, SetupJobRow, TrackVersionRow

__all__ = [
    "AlarmEventRow",
    "AlarmRow",
    "AuditRow",
    "Base",
    "CameraSecretRow",
    "CommentRow",
    "LiftRow",
    "MaskVersionRow",
    "MetaRow",
    "PassageRow",
    "ReferenceRow",
    "SealRow",
    "SessionRow",
    "SetupJobRow",
    "SiteCalibrationRow",
    "TokenRow",
    "TrackVersionRow",
    "UtcDateTime",
    "Vector",
    "deactivate_all",
]
