"""File descriptors: as many as the system gives, and never all of them for connections."""

from __future__ import annotations

import resource

WANTED = 16_384
"""More than a service with a hundred cameras and every connection takes."""

OURS = 512
"""For the database, the pictures, cameras' and other processes' pipes."""


def raise_descriptors() -> int:
    """Raise this process's limit of open files as far as the system allows; returns it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return WANTED if soft == resource.RLIM_INFINITY else soft


def connections_allowed(descriptors: int, most: int = 1024) -> int:
    """Return how many connections may be open, of so many descriptors: the service's own come first."""
    return min(most, max(descriptors - OURS, descriptors // 4))
