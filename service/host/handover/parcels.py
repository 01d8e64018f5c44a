"""Large messages between processes: packed into anonymous memory, of which only the file is handed over.

    send_parcel(pipe, array)            # in one process
    array = receive_parcel(pipe)        # in the other

A pipe copies a megabyte piece by piece and needs both processes for it; and a sender would wait for a process
that does not read. Arrays are not copied on arrival: they lie in the memory that was handed over.
"""

from __future__ import annotations

import mmap
import os
import pickle
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

PATIENCE_S = 5.0
"""How long the file may stay away after its announcement."""


def send_parcel(pipe: Connection, what: Any) -> None:
    """Send anything that can be pickled. Raises OSError: nobody is at the other end, or no memory is left."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(what, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    file = os.memfd_create("barwatch-parcel")
    try:
        for part in parts:
            left = part.cast("B") if part.nbytes else part
            while left:
                left = left[os.write(file, left) :]
        pipe.send([part.nbytes for part in parts])
        reduction.send_handle(pipe, file, 0)  # the process id is for Windows
    finally:
        os.close(file)


def receive_parcel(pipe: Connection) -> Any:
    """Return what was sent; blocks until it is announced.

    Raises:
        EOFError, OSError: nobody is at the other end, or it does not keep to this.
    """
    sizes = pipe.recv()
    return open_parcel(pipe, sizes)


def open_parcel(pipe: Connection, sizes: list[int]) -> Any:
    """Return what was sent, after its announcement: the sizes of its parts. Raises as above."""
    if not pipe.poll(PATIENCE_S):
        raise OSError("the memory that was announced does not come")
    try:
        file = reduction.recv_handle(pipe)
    except RuntimeError as error:
        raise OSError(str(error)) from error
    try:
        memory = memoryview(mmap.mmap(file, sum(sizes)))
    finally:
        os.close(file)
    parts, at = [], 0
    for size in sizes:
        parts.append(memory[at : at + size])
        at += size
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - from our own process
