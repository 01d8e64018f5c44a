"""Which hosts a camera may have; the resolved address decides, however the host is written."""

from __future__ import annotations

import ipaddress
import socket

from lifts.addresses import IpAddress
from service.domain.errors import ConfigurationError, SourceError, SourceProblem

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
