"""The decorator of the renderer's compiled functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


def compiled(function: AnyFunction) -> AnyFunction:
    """Compile a function of arrays and numbers at its first call; kept on disk for later processes.

    Without `fastmath`: sums keep their order, so the pictures are the same on every x86-64 processor.
    """
    return cast(AnyFunction, numba.njit(cache=True, nogil=True)(function))
