"""Settings of where the service is found, and of what it may dial."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from service.capture.hosts import is_cameras_network
from service.domain.camera import CameraNetworks

Network = IPv4Network | IPv6Network


class NetworkVariables(BaseSettings):
    """BARWATCH_HOST and its like, BARWATCH_CAMERA_NETWORKS."""

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    camera_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="The networks that cameras are in, e.g. 10.0.7.0/24, 192.168.1.20; nothing else is "
        "dialled. Unset: any but this machine, and this machine too where only it reaches the service.",
    )
    output_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="The networks that outputs may dial, e.g. 10.0.9.0/24, 192.168.1.5; nothing else is. "
        "Unset: any but this machine, and this machine too where only it reaches the service.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/@]+$",
        description="Where browsers find the service, e.g. https://barwatch.example; unset: this machine.",
    )
    root_path: str = Field(
        default="",
        description="The path below which a proxy shows the service, e.g. /barwatch; cut off or not.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks of the proxies whose X-Forwarded-… and Forwarded are believed, e.g. "
        "127.0.0.1, 172.16.0.0/12; unset: nobody's.",
    )

    @field_validator("camera_networks", "output_networks", "trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return [_network(text) for text in re.split(r"[\s,]+", given.strip(" ,"))] if given else []

    @field_validator("camera_networks", "output_networks")
    @classmethod
    def _dialled(cls, networks: tuple[Network, ...], info: ValidationInfo) -> tuple[Network, ...]:
        for network in networks:
            if not is_cameras_network(network):
                what = "camera" if info.field_name == "camera_networks" else "receiver"
                raise ValueError(f"no {what} has an address in {network}")
        return networks

    @field_validator("root_path")
    @classmethod
    def _plain_path(cls, path: str) -> str:
        path = path.rstrip("/")
        if path and re.fullmatch(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)+", path) is None:
            raise ValueError("expected a path such as /barwatch, of letters, digits and . _ ~ -")
        return path

    def networks_of_cameras(self) -> CameraNetworks:
        """Return where cameras may be.

        Whoever reaches a service that only its own machine reaches, also reaches all else on that machine.
        Where others do, an address of this machine would lead them to what is meant for it alone.
        """
        return CameraNetworks(self.camera_networks, self._is_alone())

    def networks_of_outputs(self) -> CameraNetworks:
        """Return what outputs may dial; of this machine, by the same rule."""
        return CameraNetworks(self.output_networks, self._is_alone())

    def _is_alone(self) -> bool:
        own = self.host == "localhost" or self.host.startswith("127.") or self.host == "::1"
        return own and self.public_url is None and not self.trusted_proxies


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text or 'an empty list'} is no network: expected such as 10.0.7.0/24, 192.168.1.20"
        ) from None
