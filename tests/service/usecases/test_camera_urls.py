"""What a camera's address may be."""

import pytest

from service.domain.errors import ConfigurationError
from service.usecases.camera_urls import check_camera_url


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://camera.example/stream",
        "rtsps://${USER}:${PASSWORD}@10.0.0.7:8554/live",
        "https://camera.example/live?token=${TOKEN}",
    ],
)
def test_streams_are_allowed(url: str) -> None:
    """Their secrets stand as names of variables."""
    check_camera_url(url, allow_files=False)


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    "url",
    ["", " ", "rtsp://a\nb", "/etc/passwd", "file:///etc/passwd", "concat:a|b", "/dev/video0"],
)
def test_files_and_other_protocols_are_refused(url: str) -> None:
    """Unless the admin allowed files of the server."""
    with pytest.raises(ConfigurationError, match="camera url"):
        check_camera_url(url, allow_files=False)


@pytest.mark.fault(21)
@pytest.mark.fault(36)
@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://2852039166/latest",
        "http://0xa9fea9fe/latest",
        "http://0251.0376.0251.0376/latest",
        "http://169.254.43518/latest",
        "http://169.254.169.254./latest",
        "http://[::ffff:169.254.169.254]/latest",
        "http://[64:ff9b::a9fe:a9fe]/latest",
        "http://[fd00:ec2::254]/latest",
        "rtsp://[fe80::1]/x",
        "rtsp://0.0.0.0/x",
        "rtsp://0/x",
        "rtsp://[::]/x",
        "rtsp://224.0.0.1/x",
    ],
)
def test_addresses_that_no_camera_has_are_refused(url: str) -> None:
    """Link-local, unspecified and multicast ones: some of them hand out the machine's credentials."""
    with pytest.raises(ConfigurationError, match="no camera's address"):
        check_camera_url(url, allow_files=True)


def test_a_secret_in_clear_is_refused() -> None:
    """It would be stored, shown and logged."""
    with pytest.raises(ConfigurationError, match="a secret in clear"):
        check_camera_url("https://camera.example/live?password=hunter2", allow_files=False)


def test_a_file_may_be_allowed() -> None:
    """The demonstration's videos are such."""
    check_camera_url("/videos/lift.mp4", allow_files=True)
