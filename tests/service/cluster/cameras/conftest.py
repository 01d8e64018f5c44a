"""Cameras of these tests are real: recordings over RTSP."""

from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture
