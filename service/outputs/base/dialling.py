"""What an output dials: addresses that were looked up once and checked. The resolved address decides."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from service.capture.hosts import check_host
from service.domain.camera import CameraNetworks
from service.domain.errors import ConfigurationError
from service.outputs.base.problems import OutputError, OutputProblem


async def addresses(host: str, port: int, networks: CameraNetworks) -> list[str]:
    """Return the IP addresses of a host, in the order in which to try them.

    Raises:
        OutputError: there is no such host, or one of its addresses must not be dialled.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutputError(OutputProblem.NO_SUCH_HOST, host=host) from None
    unique = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for each in unique:
        check_output_host(each.partition("%")[0], networks)
    return unique


def check_output_host(host: str, networks: CameraNetworks) -> None:
    """Refuse an IP address that must not be dialled; a name is looked at when it is dialled.

    Raises:
        OutputError: it is link-local, multicast or a cloud's metadata service, or outside the networks.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return
    try:
        check_host(address, networks)
    except ConfigurationError:
        raise OutputError(
            OutputProblem.FORBIDDEN_ADDRESS,
            f"{address} is in no network that outputs may dial: see BARWATCH_OUTPUT_NETWORKS",
            address=str(address),
        ) from None


async def connected(host: str, port: int, networks: CameraNetworks) -> socket.socket:
    """Return a connection to a host, made to an address that was checked; non-blocking.

    Raises:
        OutputError: it must not be dialled. OSError: nobody answers.
    """
    refusal: OSError = ConnectionRefusedError()
    for address in await addresses(host, port, networks):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(plain, (address, port))
        except OSError as error:
            plain.close()
            refusal = error
        except asyncio.CancelledError:
            plain.close()
            raise
        else:
            return plain
    raise refusal


class NamedContext(ssl.SSLContext):
    """Verifies the name of a host although its address is what was dialled."""

    name: str

    def wrap_socket(self, *arguments: Any, **named: Any) -> ssl.SSLSocket:
        """Wrap a connected socket and greet; the name of the host counts, whichever is given."""
        later = {"do_handshake_on_connect": False, "server_hostname": self.name}
        wrapped = super().wrap_socket(*arguments, **{**named, **later})
        try:
            wrapped.do_handshake()
        except OSError:
            wrapped.close()  # libraries that greet by themselves forget this
            raise
        return wrapped


def trusted(authorities: Sequence[str] = (), name: str | None = None) -> ssl.SSLContext:
    """Return what verifies a receiver's certificate: by the machine's authorities, or these alone (PEM).

    name: the host's, for who connects to an address.

    Raises:
        OutputError: no certificate can be read there.
    """
    if name is None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
        context.name = name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not authorities:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(cadata="\n".join(authorities))
    except ssl.SSLError:
        raise OutputError(OutputProblem.MISCONFIGURED, where="certificate_authority") from None
    return context
