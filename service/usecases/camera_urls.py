"""What a camera's address may be: nothing that reads the server's files or leads to its secrets."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from service.capture.urls import is_stream, redact
from service.domain.errors import ConfigurationError

_PLACEHOLDER = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


def check_camera_url(url: str, *, allow_files: bool) -> None:
    """Refuse what a camera's URL must not be.

    Raises:
        ConfigurationError: a scheme that cameras do not use, a file where files are not allowed, a secret
            in clear, or an address that no camera has.
    """
    if not url.strip() or any(ord(letter) < 32 for letter in url):
        raise ConfigurationError("camera url: expected an address without control characters")
    if not is_stream(url):
        if not allow_files:
            raise ConfigurationError(
                "camera url: a file or a device of the server is only allowed with "
                "BARWATCH_ALLOW_FILE_CAMERAS=true; expected rtsp://, rtsps://, http:// or https://"
            )
        return
    bare = _PLACEHOLDER.sub("", url)
    query = "?" + urlsplit(bare).query
    if redact(query).replace("***", "") != query:
        raise ConfigurationError(
            "camera url: a secret in clear: write ${NAME} in its place and set the variable NAME"
        )
    try:
        address = ipaddress.ip_address(urlsplit(bare).hostname or "")
    except ValueError:
        return  # a host name
    # 169.254.169.254 and the like hand out cloud credentials; no camera lives there.
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise ConfigurationError(f"camera url: {address} is no camera's address")
