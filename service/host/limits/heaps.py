"""The C library's heaps: few, so that what many threads once took at their busiest does not stay."""

from __future__ import annotations

import ctypes
import os
import sys

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # malloc.h

HEAPS = 2
"""glibc gives each thread a heap of its own, up to eight a core. Each keeps its peak: a service with fifty
threads grows for hours, in steps of tens of megabytes, while what it uses stays the same."""

RETURNED_FROM = 256 * 1024
"""Blocks of so many bytes go back to the system when they are freed: pictures, pages of the feed."""


def keep_few_heaps() -> bool:
    """Bound this process's heaps; to be called before threads are started.

    Returns:
        Whether it is bounded: not with another C library, nor where MALLOC_ARENA_MAX is set, somebody's own
        choice.
    """
    if not sys.platform.startswith("linux") or "MALLOC_ARENA_MAX" in os.environ:
        return False
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None:
        return False
    return bool(set_option(_M_ARENA_MAX, HEAPS)) and bool(set_option(_M_MMAP_THRESHOLD, RETURNED_FROM))
