"""What the processes of these tests are asked to do; apart, so that they start without pytest."""

import os
import time
from typing import NoReturn

import numpy as np

from lifts.arrays import UInt8
from lifts.errors import PictureError


def echo(data: bytes) -> bytes:
    return data


def grey(height: int, width: int) -> UInt8:
    return np.full((height, width, 3), 7, np.uint8)


def refuse() -> NoReturn:
    raise PictureError("no", "picture_damaged", which="image 1")


def work(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        sum(range(1000))


def die() -> None:
    os.abort()


def take(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def who() -> int:
    return os.getpid()


def wait_for(path: str) -> int:
    """Hold the process until the named pipe is opened for writing and closed again."""
    with open(path, "rb") as pipe:  # noqa: PTH123
        return len(pipe.read())
