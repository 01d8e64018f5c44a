"""The register map: what a Modbus client reads, word by word. docs/outputs-industrial.md describes it.

    0      the plant: version, heartbeat, health, newest seq, counts
    100    40 words for each lift, by its slot
    16384  the last 1,024 changes of alarms, 16 words each, at 16384 + 16 * (seq % 1024)

Words of 16 bits; numbers of 32 bits are two words, the high one first. A map that changes so that an old
client would read something wrong takes another VERSION.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import datetime

from service.domain.alarm import AlarmChange, AlarmKind, AlarmState
from service.industry.report.nouns import MOST_SLOTS, LiftReport, LineState, PlantReport

VERSION = 1

PLANT_WORDS = 32
LIFTS_AT, LIFT_WORDS, LIFT_NAME_WORDS = 100, 40, 16
RING_AT, RING_LENGTH, EVENT_WORDS = 16384, 1024, 16
WORDS = RING_AT + RING_LENGTH * EVENT_WORDS

PLANT_BITS_AT = 16 * MOST_SLOTS
BITS = PLANT_BITS_AT + 16
COILS = MOST_SLOTS + 1
"""One for each slot, and the last for alarms that belong to no lift."""

NO_SLOT = 0xFFFF
_WORD = 0xFFFF

KIND_CODES: dict[str, int] = {
    AlarmKind.BAR_OPEN: 1,
    AlarmKind.CAMERA_LOST: 10,
    AlarmKind.CAMERA_FROZEN: 11,
    AlarmKind.VIEW_CHANGED: 12,
    AlarmKind.LOW_VISIBILITY: 13,
    AlarmKind.WORKER_DOWN: 14,
    AlarmKind.LIFT_UNKNOWN_RATE: 15,
    AlarmKind.LIFT_INVALID: 16,
    AlarmKind.OVERLOADED: 17,
    AlarmKind.SERVICE_DOWN: 20,
    AlarmKind.STORAGE_DAMAGED: 21,
    AlarmKind.DISK_LOW: 22,
    AlarmKind.CLOCK_JUMPED: 23,
    AlarmKind.BACKUP_FAILED: 24,
    AlarmKind.OUTPUT_FAILED: 25,
    AlarmKind.SELF_TEST_MISSED: 26,
    AlarmKind.SELF_TEST_FAILED: 27,
    AlarmKind.SELF_TEST: 28,
    AlarmKind.EVIDENCE_BEHIND: 29,
    AlarmKind.INPUT_DOUBTFUL: 30,
    AlarmKind.STREAM_FAILED: 31,
    AlarmKind.CLUSTER_LOST: 32,
}
"""The numbers of alarm kinds, for good. 0: a damaged entry, or a kind that has no number."""

STATE_CODES: dict[str, int] = {
    AlarmState.ACTIVE: 1,
    AlarmState.ACKNOWLEDGED: 2,
    AlarmState.RETURNED: 3,
    AlarmState.SHELVED: 4,
    AlarmState.CLEARED: 5,
    AlarmState.SUPPRESSED: 6,
    AlarmState.OUT_OF_SERVICE: 7,
}


class RegisterImage:
    """What the registers hold. `words` for input and holding registers, `bits` for discrete inputs."""

    def __init__(self, epoch: str = "") -> None:
        self.words = array("H", bytes(2 * WORDS))
        self.bits = bytearray(BITS)
        self.lifts: dict[int, LiftReport] = {}
        self._slots: dict[str, int] = {}
        self._epoch = int(epoch[:8] or "0", 16)
        self._beats = self._oldest = self._newest = 0
        self._set_plant(PlantReport(0, False, 0, 0, 0, ()))

    def put_report(self, report: PlantReport | None) -> None:
        """Take the newest report; None: none comes any more, so nothing is healthy and no lift is seen.

        What stood then is left standing, and the heartbeat stops.
        """
        if report is None:
            self.words[2] = self.bits[PLANT_BITS_AT] = 0
            for slot, lift in self.lifts.items():
                self._set_flags(slot, self._flags(lift, fresh=False))
            return
        self._beats = (self._beats + 1) & _WORD
        for slot in self.lifts.keys() - {lift.slot for lift in report.lifts}:
            self._clear(slot)
        self.lifts = {lift.slot: lift for lift in report.lifts if lift.slot < MOST_SLOTS}
        self._slots = {lift.lift_id: slot for slot, lift in self.lifts.items()}
        self._set_plant(report)
        for lift in self.lifts.values():
            self._set_lift(lift)

    def put_events(self, events: Iterable[AlarmChange], first: int, last: int) -> None:
        """Take the next changes of alarms, in the order of their seq: all from `first` to `last` to be shown.

        `last` counts although it is not shown: a client that asks now and then is never told that it may have
        missed something only because much happened that does not concern it.
        """
        for event in events:
            at = RING_AT + EVENT_WORDS * (event.seq % RING_LENGTH)
            self.words[at : at + EVENT_WORDS] = array("H", self._event(event))
        self._newest = max(self._newest, last)
        self._oldest = max(self._oldest or first, self._newest - RING_LENGTH + 1)
        self.words[12:16] = array("H", [*_long(self._oldest), *_long(self._newest)])

    @property
    def newest_seq(self) -> int:
        """The newest change of an alarm that the registers show, or pass over."""
        return self._newest

    def slot_of(self, lift_id: str | None) -> int:
        """Return the lift's slot, NO_SLOT if it has none."""
        return NO_SLOT if lift_id is None else self._slots.get(lift_id, NO_SLOT)

    def _set_plant(self, report: PlantReport) -> None:
        words = [
            VERSION,
            self._beats,
            int(report.healthy),
            RING_LENGTH,
            *_long(report.newest_seq),
            _count(report.standing),
            _count(report.unacknowledged),
            len(self.lifts),
            MOST_SLOTS,
            *_long(self._epoch),
        ]
        self.words[: len(words)] = array("H", words)
        self._set_bits(PLANT_BITS_AT, [report.healthy, report.standing > 0, report.unacknowledged > 0])

    def _set_lift(self, lift: LiftReport) -> None:
        name = lift.lift_id.encode("ascii", "replace")[: 2 * LIFT_NAME_WORDS].ljust(
            2 * LIFT_NAME_WORDS, b"\0"
        )
        words = [
            lift.line,
            _count(lift.open_bars),
            _count(lift.standing),
            _count(lift.unacknowledged),
            0,
            *_long(lift.passages),
            *_long(lift.newest_seq),
        ]
        at = LIFTS_AT + LIFT_WORDS * lift.slot
        self._set_flags(lift.slot, self._flags(lift, fresh=True))
        self.words[at + 1 : at + 1 + len(words)] = array("H", words)
        texts = [int.from_bytes(name[each : each + 2], "big") for each in range(0, len(name), 2)]
        self.words[at + 20 : at + 20 + LIFT_NAME_WORDS] = array("H", texts)

    def _clear(self, slot: int) -> None:
        at = LIFTS_AT + LIFT_WORDS * slot
        self.words[at : at + LIFT_WORDS] = array("H", bytes(2 * LIFT_WORDS))
        self._set_bits(16 * slot, [False] * 16)

    @staticmethod
    def _flags(lift: LiftReport, *, fresh: bool) -> list[bool]:
        sees = fresh and lift.sees
        return [
            True,
            fresh and lift.armed and sees and lift.in_service,
            lift.armed,
            sees,
            not sees,
            lift.open_bars > 0,
            lift.unacknowledged > 0,
            not lift.in_service,
            fresh and lift.line is LineState.RUNNING,
            fresh and lift.line is not LineState.UNKNOWN,
        ]

    def _set_flags(self, slot: int, flags: list[bool]) -> None:
        self.words[LIFTS_AT + LIFT_WORDS * slot] = sum(flag << bit for bit, flag in enumerate(flags))
        self._set_bits(16 * slot, flags)

    def _set_bits(self, at: int, flags: list[bool]) -> None:
        self.bits[at : at + len(flags)] = bytes(flags)

    def _event(self, event: AlarmChange) -> list[int]:
        alarm = event.alarm
        if alarm is None:
            return [*_long(event.seq), 0, 0, NO_SLOT, 0, *_long(_seconds(event.at)), *[0] * 8]
        number = int(alarm.id, 16)
        return [
            *_long(event.seq),
            KIND_CODES.get(alarm.kind, 0),
            STATE_CODES.get(alarm.state, 0),
            self.slot_of(alarm.lift_id),
            alarm.priority,
            *_long(_seconds(alarm.raised_at)),
            *((number >> shift) & _WORD for shift in range(112, -1, -16)),
        ]


def _long(number: int) -> tuple[int, int]:
    return (number >> 16) & _WORD, number & _WORD


def _count(number: int) -> int:
    return min(number, _WORD)


def _seconds(at: datetime) -> int:
    return max(int(at.timestamp()), 0)
