"""Which addresses a camera may have: what is dialled decides, however it is written."""

import ipaddress
import socket

import pytest

from service.capture.hosts import check_host, is_cameras_network, resolve
from service.domain.camera import ANY_NETWORK, CameraNetworks
from service.domain.errors import ConfigurationError

NOBODYS = [
    *("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    *("0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.250", "ff02::1"),
    *("255.255.255.255", "240.0.0.1", "100::1", "4000::1"),
]
WRAPPED = [
    *("::ffff:169.254.169.254", "::169.254.169.254", "::ffff:0:169.254.169.254", "::ffff:0.0.0.0"),
    *("64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1", "2001:db8::5efe:169.254.169.254"),
    *("2001:0:0:0:0:0:5601:5601", "::ffff:224.0.0.1", "::ffff:255.255.255.255"),
]
CAMERAS = ["10.0.7.12", "192.168.1.20", "172.16.0.9", "100.64.0.5", "8.8.8.8", "2001:db8:1::7", "fd12::7"]


def networks(*texts: str) -> CameraNetworks:
    return CameraNetworks(tuple(map(ipaddress.ip_network, texts)))


@pytest.mark.fault(36)
@pytest.mark.parametrize("address", [*NOBODYS, *WRAPPED])
@pytest.mark.parametrize("allowed", [ANY_NETWORK, networks("0.0.0.0/0", "::/0")], ids=["any", "all"])
def test_no_camera_has_it(address: str, allowed: CameraNetworks) -> None:
    """Link-local, metadata, multicast, reserved, also inside an IPv6 address; no list allows it."""
    with pytest.raises(ConfigurationError, match="no camera's address"):
        check_host(ipaddress.ip_address(address), allowed)


@pytest.mark.parametrize("address", [*CAMERAS, "127.0.0.1", "::1", "64:ff9b::10.0.7.12", "::ffff:10.0.7.12"])
def test_a_camera_may_have_it(address: str) -> None:
    """Private and public ones, behind a NAT64 gateway, and at the service's own machine."""
    check_host(ipaddress.ip_address(address))


@pytest.mark.fault(36)
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "2002:7f00:1::"])
def test_this_machine_is_refused_where_others_reach_the_service(address: str) -> None:
    """Unless the list of networks names it."""
    with pytest.raises(ConfigurationError, match="BARWATCH_CAMERA_NETWORKS"):
        check_host(ipaddress.ip_address(address), CameraNetworks(loopback=False))
    if not address.startswith("2002"):
        check_host(
            ipaddress.ip_address(address), CameraNetworks(networks("127.0.0.0/8", "::1/128").allowed, False)
        )


@pytest.mark.fault(36)
def test_only_the_networks_of_the_list_are_dialled() -> None:
    """By the address itself: a wrapped one is inside only if it is the same address in other words."""
    allowed = networks("10.0.7.0/24", "fd12::/16")
    for address in ("10.0.7.12", "::ffff:10.0.7.12", "fd12::7"):
        check_host(ipaddress.ip_address(address), allowed)
    for address in ("10.0.8.1", "8.8.8.8", "127.0.0.1", "::1", "fd13::7", "64:ff9b::10.0.7.12"):
        with pytest.raises(ConfigurationError) as refused:
            check_host(ipaddress.ip_address(address), allowed)
        assert refused.value.code == "outside_camera_networks"


@pytest.mark.fault(36)
@pytest.mark.parametrize("host", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "0"])
def test_the_resolved_address_decides(host: str) -> None:
    """Decimal, hexadecimal, octal and shortened, as the system's own look-up reads them."""
    with pytest.raises(ConfigurationError, match="no camera's address"):
        resolve(host, 554)


@pytest.mark.fault(36)
def test_every_address_of_a_name_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """One among them that no camera has is enough: which of them is dialled is chance."""
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda *_, **__: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 554))
            for address in ("10.0.7.12", "169.254.169.254")
        ],
    )
    with pytest.raises(ConfigurationError, match=r"169\.254\.169\.254"):
        resolve("camera.example", 554)


def test_a_network_in_which_no_camera_can_be_is_known() -> None:
    """A list of such would be no list: it is refused at the start."""
    for text in (
        "169.254.0.0/16",
        "224.0.0.0/4",
        "fe80::/10",
        "0.0.0.0/8",
        "100.100.100.200/32",
        "240.0.0.0/4",
    ):
        assert not is_cameras_network(ipaddress.ip_network(text)), text
    for text in ("0.0.0.0/0", "::/0", "10.0.0.0/8", "10.0.7.12/32", "127.0.0.0/8", "::1/128", "fd00::/8"):
        assert is_cameras_network(ipaddress.ip_network(text)), text
