"""The processes of the service, and how much memory each has: read from the system when somebody asks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


class ProcessKind(StrEnum):
    """What a process is for."""

    MAIN = "main"
    EMBEDDER = "embedder"
    CAMERA = "camera"
    HELPER = "helper"
    """Decodes uploads, forks cameras, talks to plants, measures, makes candidates judge."""


@dataclass(frozen=True, slots=True)
class ProcessFound:
    """A process. memory_bytes: resident, with what it shares with others. restarts: since the start."""

    kind: ProcessKind
    pid: int
    memory_bytes: int
    lift_id: str | None = None
    restarts: int = 0


def memory_of(pid: int) -> int | None:
    """Return the bytes that a process has in memory; None: it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return None


def descendants(of: int) -> set[int]:
    """Return the ids of the processes that come of one, at any depth, without itself."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = set[int](), [of]
    while waiting:
        for pid in children.get(waiting.pop(), ()):
            if pid not in found:
                found.add(pid)
                waiting.append(pid)
    return found


def found_processes(
    embedder: tuple[int | None, int], cameras: Mapping[str, tuple[int | None, int]]
) -> list[ProcessFound]:
    """Return every process of the service, this one first.

    Args:
        embedder: its id, if it runs, and how often it was replaced.
        cameras: the same by lift.
    """
    own = os.getpid()
    named: list[tuple[ProcessKind, int | None, str | None, int]]
    named = [(ProcessKind.MAIN, own, None, 0), (ProcessKind.EMBEDDER, embedder[0], None, embedder[1])]
    named += [(ProcessKind.CAMERA, pid, lift, restarts) for lift, (pid, restarts) in sorted(cameras.items())]
    known = {pid for _, pid, _, _ in named}
    named += [(ProcessKind.HELPER, pid, None, 0) for pid in sorted(descendants(own) - known)]
    return [
        ProcessFound(kind, pid, memory, lift, restarts)
        for kind, pid, lift, restarts in named
        if pid is not None and (memory := memory_of(pid)) is not None
    ]


def _parent(entry: Path) -> int | None:
    try:
        # The name stands in brackets and may hold anything; the state and the parent follow it.
        return int(
            (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
        )
    except (OSError, ValueError, IndexError):
        return None
