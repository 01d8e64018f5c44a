"""What runs in the process of one lift's coil: it energises the coil only while fresh proofs come.

It shares nothing with the service but a pipe. The service is killed: the pipe ends, the coil falls. It hangs
or is stopped: no proof comes, the coil falls. It is blind: it says so, the coil falls. This process itself is
killed, or the network fails: no counter comes any more, and the device has to drop by its own time-out.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Protocol

from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

from service.domain.errors import BarwatchError
from service.industry.control.terms import (
    FRESH_S,
    LAST_TRIES,
    PERIOD_S,
    SAY_EVERY_S,
    STEADY_S,
    WRITE_S,
    CoilFault,
    CoilStatus,
    ControlTerms,
    Proof,
)
from service.outputs.base.dialling import check_output_host
from service.outputs.base.problems import OutputProblem, output_error


class Coil(Protocol):
    """A coil that can be written."""

    def write(self, energised: bool) -> CoilFault | None:
        """Write it; return why that failed, None if it did not. Takes about WRITE_S at most."""


def drive(
    pipe: Connection,
    coil: Coil,
    now_s: Callable[[], float] = time.monotonic,
    steady_s: float = STEADY_S,
) -> None:
    """Write the coil as the proofs in the pipe allow; report what was written."""
    decision, reported, said_s = Decision(steady_s), None, now_s()
    while True:
        alive = _take(pipe, decision, now_s)
        if not alive:
            for _ in range(LAST_TRIES):
                if coil.write(False) is None:
                    break
            return
        energised = decision.energised(now_s())
        status = CoilStatus(energised, coil.write(energised))
        if status != reported or now_s() - said_s >= SAY_EVERY_S:
            reported, said_s = status, now_s()
            with contextlib.suppress(OSError):
                pipe.send(status)


class Decision:
    """Whether the coil may be energised: a fresh proof that is good, after `steady_s` of good ones."""

    def __init__(self, steady_s: float = STEADY_S) -> None:
        self._steady_s = steady_s
        self._good_until_s: float | None = None
        self._since_s: float | None = None

    def take(self, proof: Proof, now_s: float) -> None:
        """Take a proof that came at `now_s`."""
        if not proof.healthy:
            self._good_until_s = self._since_s = None
            return
        if self._good_until_s is None or now_s > self._good_until_s:
            self._since_s = now_s
        self._good_until_s = now_s + FRESH_S

    def energised(self, now_s: float) -> bool:
        """Return whether the coil may be energised at `now_s`."""
        if self._good_until_s is None or self._since_s is None or now_s > self._good_until_s:
            self._good_until_s = self._since_s = None
            return False
        return now_s - self._since_s >= self._steady_s


class RemoteCoil:
    """The device's coil, by Modbus TCP; the address is checked at each dialling.

    Args:
        terms: see ControlTerms.
    """

    def __init__(self, terms: ControlTerms) -> None:
        self._terms = terms
        self._client: ModbusTcpClient | None = None
        self._count = 0

    def write(self, energised: bool) -> CoilFault | None:
        """See Coil."""
        try:
            client = self._connected()
            answer = client.write_coil(self._terms.coil, energised, device_id=self._terms.unit)
            if not answer.isError() and self._terms.counter is not None:
                self._count = (self._count + 1) & 0xFFFF
                register = self._terms.counter
                answer = client.write_register(register, self._count, device_id=self._terms.unit)
        except (ModbusException, OSError, BarwatchError) as error:
            self.close()
            timed_out = isinstance(error, ModbusException)  # what it is called by a client that got no answer
            code = OutputProblem.TIMED_OUT if timed_out else output_error(error).problem
            return CoilFault(code, str(error))
        if not answer.isError():
            return None
        return CoilFault(OutputProblem.REJECTED, f"the device refuses: {answer}")

    def close(self) -> None:
        """Close the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected(self) -> ModbusTcpClient:
        if self._client is None:
            terms = self._terms
            found = socket.getaddrinfo(terms.host, terms.port, type=socket.SOCK_STREAM)
            addresses = [str(entry[4][0]) for entry in found]
            for each in addresses:  # what is dialled decides, not what it is called
                check_output_host(each.partition("%")[0], terms.networks)
            address = addresses[0]
            client = ModbusTcpClient(address, port=terms.port, timeout=WRITE_S, retries=0)
            if not client.connect():
                raise OSError(f"{terms.host}:{terms.port} does not answer")
            self._client = client
        return self._client


def _take(pipe: Connection, decision: Decision, now_s: Callable[[], float]) -> bool:
    """Wait a period for proofs and take them; return False once the pipe has ended."""
    until_s = now_s() + PERIOD_S
    try:
        while pipe.poll(max(until_s - now_s(), 0.0)):
            message = pipe.recv()
            if isinstance(message, Proof):
                decision.take(message, now_s())
                if not message.healthy:
                    return True  # at once, not at the end of the period
    except (EOFError, OSError):
        return False
    return True
