"""Where the process of a coil begins; apart, so that the service itself loads no Modbus."""

from __future__ import annotations

import contextlib
import logging
from multiprocessing.connection import Connection

from service.industry.control.terms import ControlTerms


def run_coil(pipe: Connection, terms: ControlTerms) -> None:
    """Drive the coil until the pipe ends, then drop it."""
    from service.industry.control.process import RemoteCoil, drive  # noqa: PLC0415 - not in the service

    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    with contextlib.closing(RemoteCoil(terms)) as coil:
        drive(pipe, coil, steady_s=terms.steady_s)
