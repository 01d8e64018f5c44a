"""Where a server for industrial peers listens, and who may do what there."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.domain.camera import ANY_NETWORK, CameraNetworks, Credentials
from service.words.catalogue import Words


@dataclass(frozen=True, slots=True)
class ModbusTerms:
    """Where the server listens, and who may do what.

    host, port: 0 picks a free port. networks: addresses of clients that may connect; empty: this machine.
    acknowledges: whether a coil acknowledges a lift's alarms.
    """

    host: str = "127.0.0.1"
    port: int = 502
    networks: CameraNetworks = ANY_NETWORK
    acknowledges: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class OpcUaTerms:
    """Where the server listens, and who may do what.

    host, port: 0 picks a free port. networks: of clients that may connect; empty: this machine only.
    credentials: the one user, with a password. anonymous: whether anybody else may read, without encryption.
    acknowledges: whether the user may acknowledge alarms.
    certificate, key: PEM; the server's own. uri: its application URI, as the certificate has it.
    words: what people read.
    """

    host: str
    port: int
    uri: str
    certificate: bytes
    key: bytes
    credentials: Credentials | None = None
    networks: CameraNetworks = ANY_NETWORK
    anonymous: bool = False
    acknowledges: bool = False
    words: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True, repr=False)
class ServerIdentity:
    """Who an OPC UA server is: its application URI, and the certificate for it with its key, as PEM."""

    uri: str
    certificate: bytes
    key: bytes
