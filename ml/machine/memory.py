"""Keep freed memory in the process, so that training does not wait for the kernel."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h


def keep_freed_memory() -> bool:
    """Let the C library reuse large blocks instead of giving each back to the kernel; True where it can.

    A step's activations are hundreds of megabytes. By default every one of them is newly mapped, and the
    kernel clears it page by page: half of the time of a step on a CPU (`barwatch bench train`). Linux with
    glibc only; elsewhere nothing changes.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # musl
        return False
    return bool(mallopt(_M_MMAP_MAX, 0)) and bool(mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))
