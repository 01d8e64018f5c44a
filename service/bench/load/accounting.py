"""What a run takes of the machine: processor seconds by part, bytes by class, what others took meanwhile."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

_TICKS_S = 1.0 / os.sysconf("SC_CLK_TCK")
_AFTER_NAME = 2
"""The second field of /proc/PID/stat, the name, may hold anything; these are counted from the third on."""

_PARENT, _USER, _SYSTEM = 3 - _AFTER_NAME, 13 - _AFTER_NAME, 14 - _AFTER_NAME
_IDLE, _WAITING = 3, 4


def descendants(root: int) -> Iterator[int]:
    """Yield a process and all that descend from it, as far as they live."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(path.name))
        if fields:
            children.setdefault(int(fields[_PARENT]), []).append(int(path.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def processor_s(pid: int) -> float:
    """Return the processor seconds that a process has used, without its children; 0 if it is gone."""
    fields = _stat(pid)
    return _TICKS_S * sum(int(fields[at]) for at in (_USER, _SYSTEM)) if fields else 0.0


def by_part(root: int, parts: Mapping[str, set[int]]) -> dict[str, float]:
    """Return the processor seconds of `root` and its descendants, by part; the rest is `others`.

    parts: the processes of each part. One in none of them, as the one that forks cameras, is in the rest.
    """
    spent = dict.fromkeys((*parts, "others"), 0.0)
    for pid in descendants(root):
        part = next((name for name, pids in parts.items() if pid in pids), "others")
        spent[part] += processor_s(pid)
    return spent


def machine_s() -> float:
    """Return the processor seconds of everything on this machine since it started, over all cores."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    return _TICKS_S * sum(int(value) for at, value in enumerate(fields) if at not in (_IDLE, _WAITING))


def written_bytes(pid: int) -> int:
    """Return what a process had written to disks, as the kernel counts it."""
    lines = Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def stored_bytes(data: Path) -> dict[str, int]:
    """Return the bytes below a data folder by class: database, its log, pictures, numbers, clips, others."""
    found: Counter[str] = Counter()
    for path in data.rglob("*"):
        try:
            found[_class_of(path)] += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # written and renamed meanwhile
            continue
    return {name: found[name] for name in ("database", "log", "pictures", "numbers", "clips", "others")}


def _class_of(path: Path) -> str:
    if path.name.startswith("barwatch.db"):
        return "database" if path.name == "barwatch.db" else "log"
    return {".jpg": "pictures", ".png": "pictures", ".num": "numbers", ".mp4": "clips"}.get(
        path.suffix, "others"
    )


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
