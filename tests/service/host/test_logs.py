"""Logs: no line holds a camera's password, whatever it was logged as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog

from service.host.logs import set_up_logging

ADDRESS = "rtsp://user:canary@cam/live"


@pytest.mark.parametrize(
    "value",
    [
        ADDRESS,
        OSError(f"cannot open {ADDRESS}"),
        [ADDRESS, 7],
        (1.5, {"deep": [ADDRESS]}),
        {ADDRESS: None},
        {ADDRESS},
        Path(ADDRESS),
        ADDRESS.encode(),
    ],
)
def test_no_value_shows_a_password(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    """A text, an exception, a path, bytes, or any of these within another value."""
    set_up_logging(as_json=True)
    structlog.get_logger("test").warning("lost", value=value)
    (line,) = capsys.readouterr().err.splitlines()
    assert "canary" not in line
    assert "cam/live" in line


def test_numbers_and_structure_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """What holds no text is written as it is."""
    set_up_logging(as_json=True)
    structlog.get_logger("test").warning("m", seconds=0.25, none=None, on=True, parts={"a": [1, "b"]})
    line = json.loads(capsys.readouterr().err)
    assert (line["seconds"], line["none"], line["on"], line["parts"]) == (0.25, None, True, {"a": [1, "b"]})
