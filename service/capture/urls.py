"""Camera addresses: placeholders filled in from the environment, and nothing secret ever shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from service.domain.errors import ConfigurationError

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")
_SECRET_QUERY = re.compile(
    r"([?&;](?:[a-z_-]*(?:pass|pwd|token|secret|key|auth|user)[a-z_-]*)=)[^&#\s]*", re.IGNORECASE
)
_MAX_SECRET_BYTES = 4096
_DEVICE = re.compile(r"^(?:v4l2:)?(/dev/video\d{1,3})$")

STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
"""What a live camera may speak; everything else FFmpeg knows (concat, exec, pipe ...) is refused."""


def expand(url: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the url with each ${NAME} replaced by variable NAME, or by the file that NAME_FILE names.

    Values are percent-encoded where they stand in a URL, so that a password may hold any character.
    The result is secret: hand it to the decoder and to `redact`, to nothing else.

    Raises:
        ConfigurationError: a variable is not set, or its file cannot be read.
    """
    in_url = "://" in url
    return _PLACEHOLDER.sub(lambda m: _encode(_value(m[1], environ), in_url), url)


def redact(text: str) -> str:
    """Return the text (a URL, or a message that holds some) without credentials."""
    return _SECRET_QUERY.sub(r"\1***", _USER_INFO.sub("***", text))


def device_of(url: str) -> str | None:
    """Return the device of a camera at this machine (/dev/video0 or v4l2:/dev/video0), None for others."""
    match = _DEVICE.match(url)
    return None if match is None else match[1]


def is_stream(url: str) -> bool:
    """Say whether the url is a live stream over the network; a plain path is a file, or a local camera.

    Raises:
        ConfigurationError: the url has a scheme that cameras do not use.
    """
    match = _SCHEME.match(url)
    if match is None or device_of(url) is not None:
        return False
    scheme = match[1].lower()
    if scheme not in STREAM_SCHEMES:
        raise ConfigurationError(
            f"camera url: expected a file name or one of {', '.join(STREAM_SCHEMES)}, got {scheme}:"
        )
    if not urlsplit(url).hostname:
        raise ConfigurationError(f"camera url: no host in {redact(url)}")
    return True


def _value(name: str, environ: Mapping[str, str]) -> str:
    if name in environ:
        return environ[name]
    file = environ.get(f"{name}_FILE")
    if file is None:
        raise ConfigurationError(f"camera url: neither {name} nor {name}_FILE is set")
    try:
        with Path(file).open(encoding="utf-8") as stream:
            return stream.read(_MAX_SECRET_BYTES).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"camera url: {name}_FILE names {file}, which cannot be read") from error


def _encode(value: str, in_url: bool) -> str:
    return quote(value, safe="") if in_url else value
