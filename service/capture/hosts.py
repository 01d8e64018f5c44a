"""Which hosts a camera may have; the resolved address decides, however the host is written."""

from __future__ import annotations

import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from lifts.addresses import IpAddress
from service.domain.camera import ANY_NETWORK, CameraNetworks
from service.domain.errors import ConfigurationError, SourceError, SourceProblem

# These serve a cloud machine's credentials; 169.254.169.254 and its like are link-local, refused as such.
_METADATA = {
    ipaddress.ip_address(text)
    for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
}
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
_PLAIN_IPV6 = (ipaddress.ip_network("2000::/3"), ipaddress.ip_network("fc00::/7"))
_LOOPBACK_IPV6 = IPv6Address(1)
_NAT64, _COMPATIBLE = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96")
_TRANSLATED, _TEREDO = ipaddress.ip_network("::ffff:0:0:0/96"), ipaddress.ip_network("2001::/32")
_ISATAP = {0x00005EFE, 0x02005EFE}
_LOW = 0xFFFFFFFF


def check_host(address: IpAddress, networks: CameraNetworks = ANY_NETWORK) -> None:
    """Refuse an address that no camera can have, or that is in none of the networks that cameras are in.

    Raises:
        ConfigurationError: link-local, multicast, unspecified, broadcast, reserved, or a cloud's metadata
            service; also where an IPv6 address only wraps such an IPv4 one; or outside the networks.
    """
    address = plain(address)
    if any(_is_no_camera(each) for each in (address, *_wrapped(address))):
        raise ConfigurationError(f"camera url: {address} is no camera's address", "not_a_cameras_address")
    if networks.allowed:
        inside = any(address in network for network in networks.allowed if network.version == address.version)
    else:
        inside = networks.loopback or not any(each.is_loopback for each in (address, *_wrapped(address)))
    if not inside:
        raise ConfigurationError(
            f"camera url: {address} is in no network that cameras may be in: see BARWATCH_CAMERA_NETWORKS",
            "outside_camera_networks",
            address=str(address),
        )


def is_cameras_network(network: ipaddress.IPv4Network | IPv6Network) -> bool:
    """Say whether a camera can have an address of a network, by four of them."""
    last = network.num_addresses - 1
    return not all(_is_no_camera(plain(network[at])) for at in {0, min(1, last), last // 2, last})


def plain(address: IpAddress) -> IpAddress:
    """Return the IPv4 address that is dialled where an IPv6 address only writes it in another way."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _COMPATIBLE and int(address) > 1:
        return IPv4Address(int(address) & _LOW)
    return IPv6Address(int(address))  # without the zone


def resolve(host: str, port: int, networks: CameraNetworks = ANY_NETWORK) -> list[str]:
    """Return the IP addresses of a host, in the order in which to try them.

    Raises:
        SourceError: there is no such host.
        ConfigurationError: one of them is no camera's address, or is outside the networks.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceError("no such host", SourceProblem.NO_SUCH_HOST) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        check_host(ipaddress.ip_address(address.partition("%")[0]), networks)
    return addresses


def _wrapped(address: IpAddress) -> list[IPv4Address]:
    """Return the IPv4 addresses to which a gateway would pass on what is sent to an IPv6 address."""
    if isinstance(address, IPv4Address):
        return []
    number, found = int(address), []
    if address in _NAT64 or address in _TRANSLATED or (number >> 32) & _LOW in _ISATAP:
        found.append(IPv4Address(number & _LOW))
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address in _TEREDO and address.teredo is not None:
        found += address.teredo
    return found


def _is_no_camera(address: IpAddress) -> bool:
    if address in _METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if isinstance(address, IPv4Address):
        return address.is_reserved or address in _THIS_NETWORK  # the last of the reserved ones is broadcast
    known = any(address in network for network in _PLAIN_IPV6) or address in _NAT64
    return not (known or address == _LOOPBACK_IPV6)
