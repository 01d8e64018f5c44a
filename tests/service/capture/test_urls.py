"""Camera addresses: secrets are filled in where they are needed and shown nowhere."""

from pathlib import Path

import pytest

from service.capture.urls import device_of, expand, is_stream
from service.domain.errors import ConfigurationError


def test_placeholders_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    """A variable, or the file that NAME_FILE names, replaces ${NAME}; odd characters cannot break the URL."""
    secret = tmp_path / "password"
    secret.write_text("p@ss/w:rd\r\n", encoding="utf-8-sig")  # as Notepad saves it
    environ = {"LIFT_USER": "operator", "LIFT_PASSWORD_FILE": str(secret)}
    url = expand("rtsp://${LIFT_USER}:${LIFT_PASSWORD}@cam.example/live", environ)
    assert url == "rtsp://operator:p%40ss%2Fw%3Ard@cam.example/live"


@pytest.mark.parametrize("environ", [{}, {"PW_FILE": "/nowhere/at/all"}])
def test_a_missing_secret_is_named_not_left_out(environ: dict[str, str]) -> None:
    """An unset variable or unreadable file stops with its name; no camera is asked without a password."""
    with pytest.raises(ConfigurationError, match="PW"):
        expand("rtsp://user:${PW}@cam/live", environ)


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "v4l2:/etc/passwd", "concat:a|b", "exec:rm", "ftp://host/x", "rtsp://"]
)
def test_only_camera_protocols_are_spoken(url: str) -> None:
    """FFmpeg's other protocols are refused before FFmpeg sees them."""
    with pytest.raises(ConfigurationError):
        is_stream(url)


@pytest.mark.parametrize("url", ["/dev/video0", "v4l2:/dev/video12"])
def test_a_local_camera_is_named_by_its_device(url: str) -> None:
    """Its device with or without the scheme; no other file of the machine."""
    assert device_of(url) == url.removeprefix("v4l2:")
    assert not is_stream(url)
    for other in ("v4l2:/etc/passwd", "/dev/video0/../sda", "/dev/videoX", "rtsp://cam/dev/video0"):
        assert device_of(other) is None


def test_files_and_streams_are_told_apart() -> None:
    """A path is a file, also with a colon in it; rtsp and http are streams."""
    assert not is_stream("recordings/a 12:30.mp4")
    assert is_stream("rtsp://cam/live")
    assert is_stream("https://cam/live.m3u8")
