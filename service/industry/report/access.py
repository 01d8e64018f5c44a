"""Which peers may connect to what this service offers on its network."""

from __future__ import annotations

import ipaddress

from service.capture.hosts import plain
from service.domain.camera import CameraNetworks


def may_connect(peer: str, networks: CameraNetworks) -> bool:
    """Say whether a peer of this address may connect: it is in one of the networks, or this very machine."""
    try:
        address = plain(ipaddress.ip_address(peer.partition("%")[0]))
    except ValueError:
        return False
    if address.is_loopback:
        return True
    return any(address in network for network in networks.allowed if network.version == address.version)
