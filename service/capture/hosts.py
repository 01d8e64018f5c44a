"""Which hosts a camera may have; the resolved address decides, however the host is written."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Sequence
from typing import BinaryIO

from lifts.addresses import IpAddress, StreamAddress, parse_address
from service.domain.errors import ConfigurationError, SourceError, SourceProblem

_MOST_LINES, _MOST_BYTES = 100, 16_384

# These serve a cloud machine's credentials; 169.254.169.254 is refused because it is link-local.
_METADATA = (ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def check_host(address: IpAddress) -> None:
    """Refuse an address that no camera can have.

    Raises:
        ConfigurationError: link-local, multicast, unspecified, or a cloud's metadata service; also where an
            IPv6 address only wraps such an IPv4 one.
    """
    inner = address
    if isinstance(address, ipaddress.IPv6Address):
        wraps = address in _NAT64 or int(address) >> 32 == 0
        inner = address.ipv4_mapped or address.sixtofour or address
        if wraps and int(address) > 1:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner in _METADATA:
        raise ConfigurationError(f"camera url: {address} is no camera's address", "not_a_cameras_address")


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, in the order in which to try them.

    Raises:
        SourceError: there is no such host.
        ConfigurationError: one of them is no camera's address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceError("no such host", SourceProblem.NO_SUCH_HOST) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        check_host(ipaddress.ip_address(address.partition("%")[0]))
    return addresses


def check_redirect(stream: StreamAddress, addresses: Sequence[str], patience_s: float) -> None:
    """Refuse an RTSP camera whose host sends whoever asks to another one.

    FFmpeg follows a redirect, and answers there with the password that is for this host. So the host is asked
    first, as FFmpeg does and without the password. Whatever else is wrong with it is left for FFmpeg to find.

    Args:
        stream: the camera's address; its user and password are not sent.
        addresses: the host's, as `resolve` returned them.
        patience_s: how long it may take to answer; FFmpeg would wait for the same answers as long again.

    Raises:
        SourceError: it redirects to another host, or to what is no camera's address; or it is silent.
    """
    ends_s = time.monotonic() + patience_s
    try:
        with socket.create_connection((addresses[0], stream.port), patience_s) as plain:
            if stream.scheme == "rtsps":
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # as FFmpeg, by default
                with context.wrap_socket(plain, server_hostname=stream.host) as wrapped:
                    _ask(wrapped, stream, ends_s)
            else:
                _ask(plain, stream, ends_s)
    except TimeoutError:
        raise SourceError(f"no answer within {patience_s:g} s", SourceProblem.TIMED_OUT) from None
    except (OSError, ValueError):
        return


def _ask(connection: socket.socket, stream: StreamAddress, ends_s: float) -> None:
    host = f"[{stream.host}]" if ":" in stream.host else stream.host
    url = f"{stream.scheme}://{host}:{stream.port}{stream.rest}"
    with connection.makefile("rb") as answers:
        for number, method in enumerate(("OPTIONS", "DESCRIBE"), 1):
            connection.sendall(f"{method} {url} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode("ascii"))
            status, headers = _answer(answers, ends_s)
            place = headers.get("location")
            if 300 <= status < 400 and place is not None and not _is_host(place, stream.host):
                raise SourceError("it redirects to another host", SourceProblem.REDIRECTED)


def _is_host(place: str, host: str) -> bool:
    """Say whether a redirect stays at the host; one that cannot be read does not."""
    try:
        found = parse_address(place)
    except ValueError:
        return False
    return found is not None and found.host.lower() == host.lower()


def _answer(answers: BinaryIO, ends_s: float) -> tuple[int, dict[str, str]]:
    """Return status and headers of the next answer. Raises OSError, ValueError: it is none."""
    headers: dict[str, str] = {}
    status = 0
    for _ in range(_MOST_LINES):
        line = answers.readline(_MOST_BYTES).decode("latin-1")
        if time.monotonic() > ends_s:
            raise TimeoutError
        if not line.endswith("\n"):
            raise ValueError("cut off")
        if not line.strip():
            if not status:
                continue
            answers.read(min(int(headers.get("content-length", "0")), _MOST_BYTES))
            return status, headers
        if not status:
            status = int(line.split()[1])
        else:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
    raise ValueError("too long")
