"""Camera addresses: read as FFmpeg and browsers (WHATWG URL) read them, refused where those two differ.

No message of this module repeats any part of an address: what looks like a host may be part of a password.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import unquote

STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
"""What a live camera may speak; everything else FFmpeg knows (concat, exec, pipe ...) is refused."""

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""${NAME}: stands for a secret, in any part of an address."""

HINT = (
    "write a camera's name and password as ${NAME}, never in clear "
    "(rtsp://${CAMERA_USER}:${CAMERA_PASSWORD}@host/path), and any other special character as %XX"
)

COMMON_VARIABLES = "CAMERA_"
"""What the variables begin with that every lift may use."""

_FOREIGN = re.compile(
    r"(?:BARWATCH|AWS|AZURE|GOOGLE|GCP|GITHUB|GITLAB|DOCKER|KUBERNETES|POSTGRES|PG|MYSQL|REDIS|DATABASE|DB"
    r"|SMTP|SSH|PYTHON|LD)_",
    re.IGNORECASE,
)

_SERVICE_VARIABLE = "BARWATCH_"
_FILLED = "\ue000"  # in place of each placeholder while an address is read
_STREAM = re.compile(rf"\s*(?:{'|'.join(STREAM_SCHEMES)}):|.*://", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(rf"({'|'.join(STREAM_SCHEMES)})://(?!/)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[^\x21-\x7e\ue000]|[\\#]")
_HOST = re.compile(rf"[A-Za-z0-9._{_FILLED}-]+")
_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)")
_SECRET_WORDS = "pass|pwd|psw|token|secret|key|auth|user|usr|login|cred|signature"  # noqa: S105 - names
_KEY = r"[A-Za-z0-9_.\[\]-]"
_SECRET_KEY = rf"(?<!{_KEY})(?={_KEY}*+=){_KEY}*?(?:{_SECRET_WORDS}){_KEY}*="
_SHORT_KEY = r"(?<=[?&;/])(?:pw|pas|psd|pin|sig|jwt|_?sid|sess(?:ion)?(?:_?id)?)="
_SECRET = re.compile(f"{_SECRET_KEY}|{_SHORT_KEY}", re.IGNORECASE)
# A page, a profile or a port may be called p; beside a user's name it is a password.
_LETTER_KEY = r"(?<=[?&;/])[up]="
_LETTER = re.compile(_LETTER_KEY, re.IGNORECASE)
_PASSWORD_LETTER = re.compile(r"(?<=[?&;/])p=", re.IGNORECASE)
_USER_KEY = re.compile(
    r"(?<=[?&;/])(?:u|uid|account|[A-Za-z0-9_.-]*(?:user|usr|login)[A-Za-z0-9_.-]*)=", re.IGNORECASE
)
_FILLED_VALUE = re.compile(rf"{_FILLED}(?:[&;/?]|_[A-Za-z]+=|$)")

# No long text may cost more than a few passes over it: every run of letters is read from its start, once.
_BREAK = r"[ \t|│]*+\n[ \t|│]*+"  # programs wrap long words, some in a frame
_SHOWN_SECRET = re.compile(rf"({_SECRET_KEY}|{_SHORT_KEY}|{_LETTER_KEY})\S*+(?:{_BREAK}\S+)?", re.IGNORECASE)
_USER_INFO = re.compile(rf"://(?:.*|(?:\S*+{_BREAK}){{1,3}}\S*)@")
_BARE_USER_INFO = re.compile(rf"(?<![^\s/@])[^\s/@][^\s/@:]*+:[^\s/](?:\S*+{_BREAK}){{0,3}}\S*@(?=\S)")
_ENCODED_SPACE = re.compile(r"%(?:25)*(?:[01][0-9A-F]|20|7F)", re.IGNORECASE)

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressError(ValueError):
    """An address that no camera can have, or that must not be stored; code: the same for programs."""

    def __init__(self, message: str, code: str = "address_invalid") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class StreamAddress:
    """A live camera's address in its parts; host without brackets, port as given or the scheme's own."""

    scheme: str
    user_info: str | None
    host: str
    port: int
    rest: str


def parse_address(url: str) -> StreamAddress | None:
    """Read a camera's address; None for the name of a file or of a device.

    Raises:
        AddressError: FFmpeg and a browser would read it differently, or neither could.
    """
    text = PLACEHOLDER.sub(_FILLED, url)
    if _STREAM.match(text) is None:
        if re.search(r":.*@", text, re.DOTALL) and not text.startswith(("/", ".")):
            raise AddressError(f"a name and a password before @, but no rtsp:// or http://: {HINT}")
        if text.startswith("//"):
            raise AddressError(f"expected rtsp:// or http:// before the host: {HINT}")
        return None
    match = _SCHEME.match(text)
    if match is None:
        raise AddressError(f"expected one of {', '.join(STREAM_SCHEMES)}, then :// and a host: {HINT}")
    if _FORBIDDEN.search(text) or _FILLED in url:
        raise AddressError(f"a space, #, backslash or other character that programs read differently: {HINT}")
    scheme = match[1].lower()
    end = re.compile(r"[/?]|$").search(text, match.end())
    at = len(text) if end is None else end.start()
    authority, rest = text[match.end() : at], text[at:]
    if "@" in rest:
        raise AddressError(f"an @ after the host, so that it is unclear where a password ends: {HINT}")
    user_info, has_user, place = authority.rpartition("@")
    host, port = _host_and_port(place, 443 if scheme == "https" else 80 if scheme == "http" else 554)
    return StreamAddress(scheme, user_info if has_user else None, host, port, rest)


def check_address(url: str) -> None:
    """Refuse an address that holds a secret in clear, or that could hide one.

    Raises:
        AddressError: with what to write instead, and without any part of the address.
    """
    if any(name.upper().startswith(_SERVICE_VARIABLE) for name in PLACEHOLDER.findall(url)):
        raise AddressError(
            "a variable of the service itself (BARWATCH_…) must not be sent to a camera", "service_variable"
        )
    parts = parse_address(url)
    if parts is None:
        return
    if parts.user_info is not None and any(part not in ("", _FILLED) for part in parts.user_info.split(":")):
        raise AddressError(f"credentials in clear: {HINT}", "secret_in_address")
    rest = unquote(parts.rest)
    keys = list(_SECRET.finditer(rest))
    if _USER_KEY.search(rest) and _PASSWORD_LETTER.search(rest):
        keys += _LETTER.finditer(rest)
    if any(_FILLED_VALUE.match(rest, key.end()) is None for key in keys):
        raise AddressError(f"a secret in clear: {HINT}", "secret_in_address")


def variable_prefixes(lift_id: str | None) -> tuple[str, ...]:
    """Return what the names of the variables in a lift's camera address begin with; None: of no known lift.

    A variable's name does not begin with a digit: those of the lift 4-er begin with LIFT_4_ER_. A lift
    that is called as another program is, such as aws, has none of its own.
    """
    if lift_id is None:
        return (COMMON_VARIABLES,)
    name = lift_id.replace("-", "_").upper()
    own = f"{name}_" if name[0].isalpha() else f"LIFT_{name}_"
    return (COMMON_VARIABLES,) if is_foreign_secret(own) else (own, COMMON_VARIABLES)


def is_foreign_secret(name: str) -> bool:
    """Say whether a variable is the service's or another program's, whatever the lift is called."""
    return _FOREIGN.match(name) is not None


def host_address(host: str) -> IpAddress | None:
    """Return the IP address that a host is, however it is written (decimal, octal, 0x..); None for a name.

    Raises:
        AddressError: it ends in a number but is not an address.
    """
    if ":" in host:
        return ipaddress.ip_address(host)
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is None:
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        raise AddressError("the host ends in a number but is not an IP address") from None


def redact(text: str) -> str:
    """Return a message without the credentials in its addresses; if in doubt, it removes more than necessary.

    The second line of defence: no message is meant to hold an address with credentials.
    """
    shown = _without_secrets(text)
    decoded = _ENCODED_SPACE.sub("_", shown)
    while (plain := unquote(decoded)) != decoded:  # an address may be quoted within another one
        decoded = plain
    redacted = _without_secrets(decoded)
    return shown if redacted == decoded else redacted


def _without_secrets(text: str) -> str:
    if "@" in text:
        text = _BARE_USER_INFO.sub("***@", _USER_INFO.sub("://***@", text))
    return _SHOWN_SECRET.sub(r"\1***", text)


def _host_and_port(place: str, default: int) -> tuple[str, int]:
    bracket = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::([0-9]*))?", place)
    host, port = bracket.groups() if bracket is not None else (place, None)
    if bracket is None and ":" in place:
        host, _, port = place.partition(":")
    if not host or (bracket is None and _HOST.fullmatch(host) is None):
        raise AddressError(f"no host, or one with characters that are not allowed in a host: {HINT}")
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise AddressError(f"expected a port number after the host's colon: {HINT}")
    try:
        host_address(host)
    except ValueError:
        raise AddressError(f"the host is neither a name nor an IP address: {HINT}") from None
    return host, default if port is None else int(port)
