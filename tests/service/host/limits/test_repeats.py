"""A flood of one kind of line is a few lines and a count; everything else is written as before."""

import json
import logging

import pytest
import structlog

from service.host.limits.repeats import FIRST, MOST_KINDS, WINDOW_S, Repeats
from service.host.logs import set_up_logging, write_counts


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.fault(29)
def test_a_flood_is_a_few_lines_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    """10,000 bad requests write less than 100 kB: the first of each kind, the count, and another's error."""
    set_up_logging(as_json=True)
    ours, servers = structlog.get_logger("service.api"), logging.getLogger("uvicorn.error")
    for number in range(5_000):
        ours.warning("refused", path=f"/lifts/{number}")
        servers.warning("Invalid HTTP request received.")
        if number == 2_500:
            ours.error("the disk is full")
    write_counts(all_of_them=True)
    written = lines(capsys)
    assert len(json.dumps(written)) < 100_000
    events = [line["event"] for line in written]
    assert events.count("refused") == events.count("Invalid HTTP request received.") == FIRST
    assert events.count("the disk is full") == 1
    for kind in ("refused", "Invalid HTTP request received."):
        assert f"… {5_000 - FIRST:,} more of this kind: {kind}" in events
    assert written[0]["path"] == "/lifts/0"


def test_one_cameras_flood_hides_no_other_camera(capsys: pytest.CaptureFixture[str]) -> None:
    """The lift that a line is about makes it a kind of its own."""
    set_up_logging(as_json=True)
    log = structlog.get_logger("service.station")
    for _ in range(50):
        log.warning("camera lost", lift_id="a")
    log.warning("camera lost", lift_id="b")
    about = [line["lift_id"] for line in lines(capsys)]
    assert about == ["a"] * FIRST + ["b"]


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.WARNING, "", 0, text, None, None)


def test_a_quiet_time_ends_a_flood() -> None:
    """The count is due once the time is over; a flood is one line a minute; then all is as new."""
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    assert sum(repeats.allows(record(f"try {n}")) for n in range(100)) == FIRST
    assert list(repeats.owed()) == []
    now[0] = WINDOW_S
    assert [each.getMessage() for each in repeats.owed()] == [f"… {100 - FIRST} more of this kind: try 0"]
    assert sum(repeats.allows(record("try 1")) for _ in range(100)) == 1
    now[0] += 60
    assert len(list(repeats.owed())) == 1
    now[0] += 60
    assert list(repeats.owed()) == []
    assert sum(repeats.allows(record("try 1")) for _ in range(100)) == FIRST


def test_invented_kinds_are_one_kind() -> None:
    """Whoever makes each line different does not get more of them."""
    repeats = Repeats(lambda: 0.0)
    letters = ["".join(chr(97 + (n >> 4 * k & 15)) for k in range(4)) for n in range(5_000)]
    assert sum(repeats.allows(record(text)) for text in letters) == MOST_KINDS + FIRST
