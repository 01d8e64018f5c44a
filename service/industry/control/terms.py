"""What the output towards a lift's control is told: where the coil is, and whether it may be energised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from service.domain.camera import ANY_NETWORK, CameraNetworks
from service.outputs.base.problems import OutputProblem

PROOF_EVERY_S = 0.25
FRESH_S = 0.75
"""A proof older than this proves nothing."""

PERIOD_S = 0.25
"""How often the coil is written."""

WRITE_S = 0.4
"""How long a write may take."""

SAY_EVERY_S = 2.0
"""How often the process says that it lives, at least."""

LAST_TRIES = 3
"""How often the coil is dropped once the service is gone, until the device has taken it."""

STEADY_S = 5.0
"""For how long the proofs must be good before a coil that fell is energised again: a lift is no lamp."""

DROPS_WITHIN_S = 2.0
"""The promise: after so long a dead, hung or blind service has dropped its coil: 0.75 + 0.25 + 2 * 0.4."""


@dataclass(frozen=True, slots=True)
class ControlTerms:
    """The remote coil. Energised means healthy: this service lives, and sees the lift.

    host, port, unit: the device; unit is Modbus's device id, 0..255. coil: its address, 0..65535.
    counter: a holding register that counts with each write, so that the device sees a connection that died;
    None: none. networks: where the device may be. steady_s: see STEADY_S.
    """

    host: str
    port: int = 502
    unit: int = 1
    coil: int = 0
    counter: int | None = None
    networks: CameraNetworks = ANY_NETWORK
    steady_s: float = STEADY_S


@dataclass(frozen=True, slots=True)
class Proof:
    """The service lives; healthy: it sees the lift as well, and nothing that alarms depend on hangs."""

    healthy: bool


CoilProblem = OutputProblem | Literal["starting", "process_lost"]
"""Codes of why a coil cannot be written."""


class CoilFault(NamedTuple):
    """Why a coil cannot be written: a code, and the same as an English sentence."""

    code: CoilProblem
    message: str


@dataclass(frozen=True, slots=True)
class CoilStatus:
    """What the process last did. energised: what it wrote; fault: why it cannot write, None if it can."""

    energised: bool
    fault: CoilFault | None = None
