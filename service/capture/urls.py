"""Camera addresses: placeholders filled in from the environment, and nothing secret ever shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from lifts.addresses import (
    COMMON_VARIABLES,
    PLACEHOLDER,
    STREAM_SCHEMES,
    AddressError,
    is_foreign_secret,
    parse_address,
)
from service.domain.camera import Credentials
from service.domain.errors import ConfigurationError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_MAX_SECRET_BYTES = 4096
_DEVICE = re.compile(r"^(?:v4l2:)?(/dev/video\d{1,3})$")


def check_variables(url: str, prefixes: Sequence[str] | None = None) -> None:
    """Refuse a url that names variables which are no camera's.

    prefixes: what the names may begin with (`variable_prefixes` of lifts.addresses); None: anything, for a
    person whose environment it is.

    Raises:
        ConfigurationError: a name begins otherwise, or is another program's secret in any case.
    """
    for name in PLACEHOLDER.findall(url):
        if is_foreign_secret(name) or (prefixes is not None and not name.startswith(tuple(prefixes))):
            wanted = " or ".join(f"{prefix}…" for prefix in prefixes or (COMMON_VARIABLES,))
            raise ConfigurationError(
                f"camera url: the variable {name} is not for this camera: rename it to {wanted}, "
                "in the address and where the service gets it",
                "variable_not_allowed",
                name=name,
                wanted=wanted,
            )


def variables_of(
    url: str, prefixes: Sequence[str] | None, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the values of a url's ${NAME}, from variables and from the files that NAME_FILE names.

    Raises:
        ConfigurationError: as `check_variables`; one is not set, or its file cannot be read.
    """
    check_variables(url, prefixes)
    return {name: _value(name, environ) for name in PLACEHOLDER.findall(url)}


def expand(url: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the url with each ${NAME} replaced by variable NAME, or by the file that NAME_FILE names.

    Values are percent-encoded where they stand in a URL, so that a password may hold any character.
    The result is secret: hand it to the decoder, to nothing else.

    Raises:
        ConfigurationError: a variable is not set, or its file cannot be read.
    """
    in_url = "://" in url
    return PLACEHOLDER.sub(lambda m: _encode(_value(m[1], environ), in_url), url)


def with_credentials(url: str, credentials: Credentials | None) -> str:
    """Return an expanded url with a user and a password put in; secret like them.

    Raises:
        ConfigurationError: it is no stream's, or has a user of its own.
    """
    if credentials is None:
        return url
    scheme, separator, rest = url.partition("://")
    if not separator or "@" in rest:
        raise ConfigurationError(
            "camera url: credentials are for a stream whose address has no user in it", "user_in_address"
        )
    user, password = quote(credentials.user, safe=""), quote(credentials.password, safe="")
    return f"{scheme}://{user}:{password}@{rest}"


def device_of(url: str) -> str | None:
    """Return the device of a camera at this machine (/dev/video0 or v4l2:/dev/video0), None for others."""
    match = _DEVICE.match(url)
    return None if match is None else match[1]


def is_stream(url: str) -> bool:
    """Say whether the url is a live stream over the network; a plain path is a file, or a local camera.

    Raises:
        ConfigurationError: the url has a scheme that cameras do not use, or programs read it differently.
    """
    if device_of(url) is not None:
        return False
    try:
        stream = parse_address(url)
    except AddressError as error:
        raise ConfigurationError(f"camera url: {error}", error.code) from None
    if stream is None and _SCHEME.match(url) is not None:
        raise ConfigurationError(
            f"camera url: expected {', '.join(STREAM_SCHEMES)}, or a file (./NAME if there is a : in it)",
            "address_invalid",
        )
    return stream is not None


def _value(name: str, environ: Mapping[str, str]) -> str:
    if name in environ:
        return environ[name]
    file = environ.get(f"{name}_FILE")
    if file is None:
        raise ConfigurationError(
            f"camera url: neither {name} nor {name}_FILE is set", "variable_not_set", name=name
        )
    try:
        with Path(file).open(encoding="utf-8-sig") as stream:
            return stream.read(_MAX_SECRET_BYTES).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"camera url: {name}_FILE names {file}, which cannot be read", "variable_not_set", name=name
        ) from error


def _encode(value: str, in_url: bool) -> str:
    return quote(value, safe="") if in_url else value
