"""What a camera's address may be: nothing that reads the server's files or leads to its secrets."""

from __future__ import annotations

from lifts.addresses import AddressError, check_address, host_address, parse_address
from service.capture.hosts import check_host
from service.capture.urls import is_stream
from service.domain.errors import ConfigurationError


def check_camera_url(url: str, *, allow_files: bool) -> None:
    """Refuse what a camera's URL must not be.

    Raises:
        ConfigurationError: a scheme that cameras do not use, a file where files are not allowed, a secret
            in clear, or an address that no camera has.
    """
    if not url.strip() or any(ord(letter) < 32 for letter in url):
        raise ConfigurationError(
            "camera url: expected an address without control characters", "address_invalid"
        )
    if not is_stream(url):
        if not allow_files:
            raise ConfigurationError(
                "camera url: a file or a device of the server is only allowed with "
                "BARWATCH_ALLOW_FILE_CAMERAS=true; expected rtsp://, rtsps://, http:// or https://",
                "file_not_allowed",
            )
        return
    try:
        check_address(url)
        parts = parse_address(url)
        address = None if parts is None else host_address(parts.host)
    except AddressError as error:
        raise ConfigurationError(f"camera url: {error}", error.code) from None
    if address is not None:
        check_host(address)
