"""Every alarm that the service raises: kind, cause and numbers; and as an earlier version kept it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from service.domain.alarm import Alarm, AlarmKind, AlarmState, Severity

K = AlarmKind
AT = datetime(2026, 1, 31, 13, 3, 9, tzinfo=UTC)
SAID: tuple[tuple[AlarmKind, str, dict[str, Any]], ...] = (
    (K.BAR_OPEN, "", {"carriers": 1, "confidence": 0.9871}),
    (K.BAR_OPEN, "seat_unclear", {"carriers": 1, "confidence": 0.9871}),
    (K.BAR_OPEN, "", {"carriers": 3, "confidence": 0.9871}),
    (K.BAR_OPEN, "seat_unclear", {"carriers": 3, "confidence": 0.9871}),
    (K.SELF_TEST, "", {"carriers": 1, "confidence": 0.9871}),
    (K.CAMERA_LOST, "no_frames", {"silent_s": 8}),
    (K.CAMERA_LOST, "no_frames", {"silent_s": 8, "chattering": 3}),
    (K.CAMERA_FROZEN, "camera_frozen", {"still_s": 6}),
    (K.VIEW_CHANGED, "camera_moved", {"x_px": 14, "y_px": -3}),
    (K.VIEW_CHANGED, "another_view", {"alike_share": 0.42}),
    (K.VIEW_CHANGED, "another lift", {}),
    (K.LOW_VISIBILITY, "dark", {"brightest": 12}),
    (K.LOW_VISIBILITY, "over_exposed", {"white_share": 0.81}),
    (K.LOW_VISIBILITY, "lens_covered", {"detail": 4}),
    (K.LOW_VISIBILITY, "lens_covered", {"outlines_share": 0.1}),
    (K.LOW_VISIBILITY, "lens_partly_covered", {"outlines_share": 0.3}),
    (K.LOW_VISIBILITY, "blurred", {"sharpness_share": 0.2}),
    (K.LOW_VISIBILITY, "damaged", {}),
    (K.WORKER_DOWN, "", {}),
    (K.LIFT_UNKNOWN_RATE, "unknown passages", {"unknown": 11, "passages": 20, "reasons": "dark, blurred"}),
    (K.LIFT_UNKNOWN_RATE, "unknown passages", {"unknown": 11, "passages": 20}),
    (K.LIFT_UNKNOWN_RATE, "no_carriers", {"without_s": 61}),
    (K.LIFT_UNKNOWN_RATE, "unseen_carriers", {"unseen": 4, "counted": 10}),
    (K.LIFT_INVALID, "", {"reason": "lift.toml: track.begin.x: expected a number"}),
    (K.OVERLOADED, "overloaded", {"dropped_share": 0.31}),
    (K.OVERLOADED, "overloaded", {"read_share": 0.5}),
    (K.OVERLOADED, "too_few_pictures", {"per_s": 2.5}),
    (K.OVERLOADED, "slow_camera", {"per_s": 12.5, "usual_per_s": 25.0}),
    (
        K.SERVICE_DOWN,
        "since 2026-01-31T08:00:00Z",
        {"since": "2026-01-31T08:00:00Z", "until": "2026-01-31T08:02:00Z"},
    ),
    (K.STORAGE_DAMAGED, "database_gone", {}),
    (K.STORAGE_DAMAGED, "database_replaced", {}),
    (K.STORAGE_DAMAGED, "log_gone", {}),
    (K.STORAGE_DAMAGED, "pictures_gone", {}),
    (K.STORAGE_DAMAGED, "pages", {}),
    (K.EVIDENCE_BEHIND, "evidence_unreachable", {"waiting": 12, "waiting_mb": 1}),
    (K.EVIDENCE_BEHIND, "evidence_spool_full", {"waiting": 40_000, "waiting_mb": 2000}),
    (K.EVIDENCE_BEHIND, "evidence_not_ours", {"waiting": 12, "waiting_mb": 1}),
    (K.DISK_LOW, "disk_low", {"free_mb": 812, "reserve_mb": 64}),
    (K.DISK_LOW, "disk_full", {"free_mb": 3, "reserve_mb": 0}),
    (K.CLOCK_JUMPED, "clock", {"by_s": -3600}),
    (K.BACKUP_FAILED, "backup", {"reason": "/mnt/nas is not mounted"}),
    (K.OUTPUT_FAILED, "hut", {"output": "hut", "code": "refused", "waiting": 4}),
    (K.OUTPUT_FAILED, "hut set aside", {"output": "hut", "set_aside": 2, "newest": 7}),
    (K.OUTPUT_FAILED, "hut partly", {"output": "hut", "partly": 1.0}),
    (K.SELF_TEST_MISSED, "missed", {"hours": 31}),
    (K.SELF_TEST_FAILED, "failed", {"number": 4, "codes": "misjudged, view_differs", "checks": "open, view"}),
    (K.STREAM_FAILED, "second_lost", {}),
    (K.STREAM_FAILED, "second_frozen", {}),
    (K.STREAM_FAILED, "streams_differ", {}),
    (K.STREAM_FAILED, "first_lost", {}),
    (K.STREAM_FAILED, "first_frozen", {}),
    (K.STREAM_FAILED, "first_undecodable", {}),
    (K.INPUT_DOUBTFUL, "input_stale", {}),
    (K.INPUT_DOUBTFUL, "line_said_to_stand", {}),
    (K.INPUT_DOUBTFUL, "line_said_to_run", {}),
    (K.INPUT_DOUBTFUL, "speed_differs", {}),
    (K.INPUT_DOUBTFUL, "pulses_missing", {}),
    (K.CLUSTER_LOST, "", {"reason": "the cluster's head does not answer"}),
)
WHOLE = {
    *(K.STORAGE_DAMAGED, K.DISK_LOW, K.CLOCK_JUMPED, K.BACKUP_FAILED, K.OUTPUT_FAILED, K.EVIDENCE_BEHIND),
    K.CLUSTER_LOST,
}
"""Kinds that are of no lift."""

RECORD = "The record that was kept of it in English"


def every() -> list[Alarm]:
    """One of each, in every state by turns."""
    made = []
    states = list(AlarmState)
    for number, (kind, cause, parameters) in enumerate((*SAID, (K.WORKER_DOWN, "", {}))):
        critical = kind in {K.BAR_OPEN, K.SELF_TEST} and cause == ""
        of_nobody = kind in WHOLE or number == len(SAID)
        made.append(
            Alarm(
                id=f"{number:032x}",
                seq=number + 1,
                kind=kind,
                severity=Severity.CRITICAL if critical else Severity.WARNING,
                lift_id=None if of_nobody else "l",
                passage_id=None,
                raised_at=AT,
                state=states[number % len(states)],
                verdict=None,
                evidence=(),
                message=RECORD,
                cause=cause,
                parameters=parameters,
            )
        )
    return made


def former() -> list[Alarm]:
    """The same as they lie in the database of an installation that is older than their numbers."""
    return [replace(alarm, parameters={}) for alarm in every()]
