"""Importing what takes seconds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing(*, stays: bool = False) -> Iterator[None]:
    """Import large packages in this block, a fifth quicker: the collector does not look through them.

    It would, again and again while they grow, and in vain: modules are no garbage.

    Args:
        stays: leave all that exists then out of every later search as well. For a process of our own.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if stays:
            gc.freeze()
        if before:
            gc.enable()
