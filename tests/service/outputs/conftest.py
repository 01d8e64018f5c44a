"""Outputs on a real database, and what they must have delivered in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from service.alarms import lifecycle
from service.api.schemas.alarms import AlarmOut
from service.domain.alarm import Alarm
from service.domain.camera import CameraNetworks
from service.domain.health import Health
from service.outputs.base.output import Surroundings
from service.outputs.whole import Outputs
from service.secrets.keys import KeyRing
from service.store import alarms
from service.store.delivery.outputs import StoredOutput
from tests.service.outputs.scripted import quick, raise_alarm
from tests.service.store.empty import open_empty

OUTAGE_S = 1.0
LONG_OUTAGE_S = 60.0


def described(alarm: Alarm) -> dict[str, Any]:
    return AlarmOut.of(alarm, "").model_dump(mode="json")


class Peer(Protocol):
    """A real receiver: away, back on the same port, and what it has got so far, as (seq, alarm)."""

    def go_away(self) -> None: ...

    def come_back(self) -> None: ...

    def got(self) -> list[tuple[int, Any]]: ...


class OutputHouse:
    """A service's outputs; `restart` is what a restart of the service is to them."""

    def __init__(self, folder: Path, **surroundings: Any) -> None:
        self.store, self.ring = open_empty(folder), KeyRing(folder)
        given: dict[str, Any] = {"networks": CameraNetworks(), "standing": self._standing, "lifts": tuple}
        self.surroundings = Surroundings("epoch-1", describe=described, **{**given, **surroundings})
        self.health: list[Health] = []
        self.number = 0
        self.outputs = self._begun()

    def add(
        self,
        kind: str,
        settings: Mapping[str, Any],
        secrets: Mapping[str, str] | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> dict[str, str]:
        output = StoredOutput("o", kind, "control room", True, filters or {}, settings, None)
        return self.outputs.create(output, secrets or {})

    def raise_alarms(self, count: int, evidence: tuple[str, ...] = ()) -> None:
        for _ in range(count):
            self.number += 1
            raise_alarm(self.store, self.number, evidence=evidence)

    def acknowledge_all(self) -> None:
        for alarm in self._standing():
            self.store.write(partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="Anna")).result()

    def restart(self) -> None:
        self.outputs.stop()
        self.outputs = self._begun()

    def close(self) -> None:
        self.outputs.stop()
        self.store.close()

    @property
    def problem(self) -> str:
        fault = self.outputs.get("o")[1].fault
        return "" if fault is None else fault.error.code

    def committed(self) -> list[tuple[int, Any]]:
        """What the outbox has, exactly as it was committed."""
        with self.store.reading() as session:
            found = alarms.outbox(session, 0, 10_000)
        return [(entry.seq, described(entry.alarm)) for entry in found if entry.alarm is not None]

    def _begun(self) -> Outputs:
        outputs = Outputs(self.store, self.ring, self.surroundings, self.health.append, back_off=quick)
        outputs.start()
        return outputs

    def _standing(self) -> tuple[Alarm, ...]:
        with self.store.reading() as session:
            return alarms.listing(session, standing=True).items


def until(holds: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Wait until something of another process or thread holds."""
    pause = threading.Event()
    for _ in range(int(timeout_s / 0.01)):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it never held")


def outlast(house: OutputHouse, peer: Peer, outage_s: float) -> None:
    """Nothing is lost, doubled or out of order: live, in an outage of the peer, over a restart under way."""
    house.raise_alarms(3)
    until(lambda: len(peer.got()) == 3)
    peer.go_away()
    house.raise_alarms(3)
    until(lambda: house.problem)
    threading.Event().wait(outage_s / 2)
    house.restart()
    house.raise_alarms(2)
    threading.Event().wait(outage_s / 2)
    peer.come_back()
    until(lambda: len(peer.got()) >= 8)
    house.raise_alarms(2)
    until(lambda: len(peer.got()) >= 10)
    house.outputs.stop()
    assert peer.got() == house.committed()


@pytest.fixture
def make_outputs(tmp_path: Path) -> Iterator[Callable[..., OutputHouse]]:
    """Make outputs without any yet."""
    made: list[OutputHouse] = []

    def make(**surroundings: Any) -> OutputHouse:
        made.append(OutputHouse(tmp_path / f"data{len(made)}", **surroundings))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def outputs_house(make_outputs: Callable[..., OutputHouse]) -> OutputHouse:
    """Outputs that may dial this machine, none made yet."""
    return make_outputs()


outages = pytest.mark.parametrize(
    "outage_s", [OUTAGE_S, pytest.param(LONG_OUTAGE_S, marks=pytest.mark.slow)], ids=["second", "minute"]
)
"""How long a peer is away: a second by default, a minute in the slow form."""


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that "localhost" signed itself, and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return folder / "certificate.pem", folder / "key.pem"
