"""What a camera's address may be: nothing that reads the server's files or leads to its secrets."""

from __future__ import annotations

from collections.abc import Sequence

from lifts.addresses import AddressError, check_address, host_address, parse_address, variable_prefixes
from lifts.schema import Lift
from service.capture.hosts import check_host
from service.capture.urls import check_variables, is_stream
from service.domain.camera import ANY_NETWORK, CameraNetworks
from service.domain.errors import ConfigurationError


def check_camera_url(
    url: str,
    *,
    allow_files: bool,
    prefixes: Sequence[str] | None = None,
    networks: CameraNetworks = ANY_NETWORK,
) -> None:
    """Refuse what a camera's URL must not be.

    Where a host's name leads is only known, and looked at, when it is dialled.

    Args:
        url: as in lift.toml.
        allow_files: whether it may be a file or a device of this machine.
        prefixes: what the names of its variables may begin with; see `check_variables`.
        networks: where its host may be.

    Raises:
        ConfigurationError: a scheme that cameras do not use, a file where files are not allowed, a secret
            in clear, another's variable, or an address that no camera has.
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
        check_variables(url, prefixes)
        return
    try:
        check_address(url)
        parts = parse_address(url)
        address = None if parts is None else host_address(parts.host)
    except AddressError as error:
        raise ConfigurationError(f"camera url: {error}", error.code) from None
    check_variables(url, prefixes)
    if address is not None:
        check_host(address, networks)


def check_camera(lift: Lift, *, allow_files: bool, networks: CameraNetworks) -> None:
    """Refuse a lift of which either stream has a URL that it must not have; raises as `check_camera_url`."""
    for url in () if lift.camera is None else (lift.camera.url, lift.camera.substream):
        if url is not None:
            prefixes = variable_prefixes(lift.id)
            check_camera_url(url, allow_files=allow_files, prefixes=prefixes, networks=networks)
