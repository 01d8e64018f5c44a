"""The register map, word by word, as docs/outputs-industrial.md has it."""

from typing import Any

from service.domain.alarm import AlarmKind, AlarmState
from service.industry.modbus.registers import (
    BITS,
    KIND_CODES,
    NO_SLOT,
    RING_AT,
    RING_LENGTH,
    STATE_CODES,
    RegisterImage,
)
from service.industry.report.nouns import LineState
from tests.service.industry.changes import alarm, change, lift, report


def test_a_report_stands_at_the_documented_addresses() -> None:
    """The plant from 0, a lift at 100 + 40 * slot, 32-bit numbers high word first, its id as text."""
    image = RegisterImage("deadbeef-0000")
    shown = lift(3, open_bars=2, standing=5, unacknowledged=4, newest_seq=65_537, armed=False)
    image.put_report(report(shown, newest_seq=65_540, standing=6, unacknowledged=4))
    assert list(image.words[:12]) == [1, 1, 1, 1024, 1, 4, 6, 4, 1, 64, 0xDEAD, 0xBEEF]
    at = 100 + 40 * 3
    bits = 0b11_0110_1001  # there, sees, open bar, unacknowledged, runs, line known; not armed, so not well
    assert list(image.words[at : at + 10]) == [bits, 1, 2, 5, 4, 0, 1, 4464, 1, 1]
    text = b"".join(word.to_bytes(2, "big") for word in image.words[at + 20 : at + 36])
    assert text.rstrip(b"\0") == b"demo-quad"
    assert [number for number in range(BITS) if image.bits[number]] == [
        *(16 * 3 + bit for bit in (0, 3, 5, 6, 8, 9)),
        *(1024, 1025, 1026),
    ]


def test_a_lift_is_well_only_while_all_is() -> None:
    """Bit 1 needs armed, seen and in service; its opposite, blind, stands whenever it is not seen."""
    image = RegisterImage()
    cases: tuple[tuple[dict[str, Any], int, int], ...] = (
        ({}, 1, 0),
        ({"armed": False}, 0, 0),
        ({"sees": False}, 0, 1),
        ({"in_service": False}, 0, 0),
    )
    for changed, well, blind in cases:
        image.put_report(report(lift(**changed)))
        assert (image.bits[1], image.bits[4]) == (well, blind), changed


def test_without_reports_nothing_is_healthy_and_alarms_stand_on() -> None:
    """A silent service: no health, no sight, no heartbeat; what stood is not taken for over."""
    image = RegisterImage()
    image.put_report(report(lift(open_bars=1, standing=1), standing=1))
    beats = image.words[1]
    image.put_report(None)
    assert (image.words[1], image.words[2], image.bits[1024]) == (beats, 0, 0)
    assert [image.bits[bit] for bit in range(10)] == [1, 0, 1, 0, 1, 1, 0, 0, 0, 0]
    assert (image.words[6], image.words[103]) == (1, 1)


def test_a_lift_that_is_gone_leaves_its_slot_empty_and_no_other_moves() -> None:
    """The addresses of the others stay."""
    image = RegisterImage()
    image.put_report(report(lift(0, "first"), lift(1, "second")))
    second = image.words[140:180]
    image.put_report(report(lift(1, "second")))
    assert not any(image.words[100:140])
    assert not any(image.bits[:16])
    assert image.words[140:180] == second


def test_the_ring_holds_the_last_changes_each_at_its_own_place() -> None:
    """At 16384 + 16 * (seq % 1024); a client knows by words 12 to 15 whether it was away for too long."""
    image = RegisterImage()
    image.put_report(report(lift(2)))
    events = [change(seq, alarm(7, AlarmState.RETURNED)) for seq in range(1, RING_LENGTH + 3)]
    image.put_events(events, 1, RING_LENGTH + 2)
    assert list(image.words[12:16]) == [0, 3, 0, RING_LENGTH + 2]
    newest = image.words[RING_AT + 16 * 2 : RING_AT + 16 * 3]
    raised = int(alarm(7).raised_at.timestamp())
    assert list(newest) == [0, 1026, 1, 3, 2, 2, raised >> 16, raised & 0xFFFF, 0, 0, 0, 0, 0, 0, 0, 7]


def test_what_is_not_shown_leaves_its_place_to_what_was_and_misses_nobody() -> None:
    """A client that asks now and then knows that it has all, however much happened that is not for it."""
    image = RegisterImage()
    image.put_events([change(5)], 4, 6)
    assert list(image.words[12:16]) == [0, 4, 0, 6]
    assert image.words[RING_AT + 16 * 5 + 1] == 5
    assert image.words[RING_AT + 16 * 6 + 1] == 0, "a smaller seq than asked for: not for this output"
    known = image.words[15]
    for first in range(7, 3000, 50):
        image.put_events([], first, first + 49)
        assert image.words[13] <= known + 1, "it did not miss any"
        known = image.words[15]
    image.put_events([change(known + 1)], known + 1, known + 1)
    assert list(image.words[12:16]) == [0, known + 1 - RING_LENGTH + 1, 0, known + 1]


def test_an_alarm_of_no_lift_and_a_damaged_entry_have_no_slot() -> None:
    """They take their place all the same: a gap would look like a lost alarm."""
    image = RegisterImage()
    image.put_events([change(1, alarm(1, lift_id=None, kind=AlarmKind.DISK_LOW))], 1, 1)
    damaged = change(2)
    image.put_events([type(damaged)(2, damaged.at, "raise", "system", "", None)], 2, 2)
    assert list(image.words[RING_AT + 16 : RING_AT + 16 + 6]) == [0, 1, 22, 1, NO_SLOT, 4]
    assert list(image.words[RING_AT + 32 : RING_AT + 32 + 6]) == [0, 2, 0, 0, NO_SLOT, 0]


def test_every_kind_and_state_has_a_number_of_its_own() -> None:
    """A new kind cannot be forgotten, and no number is used twice."""
    assert set(KIND_CODES) >= set(AlarmKind)
    assert set(STATE_CODES) == set(AlarmState)
    for codes in (KIND_CODES, STATE_CODES):
        assert len(set(codes.values())) == len(codes)
    assert [state.value for state in LineState] == [0, 1, 2, 3]
