"""For sizing a machine: what each kind of camera costs, and how many were carried (docs/operations.md)."""

from __future__ import annotations

from ml.report.table import Result, Table


def sizing(ingest: Result) -> Table:
    """Return the measurements of `barwatch bench ingest` (ingest.json), a row for each kind of camera."""
    rows = []
    for camera in ingest["cameras"]:
        memory = camera.get("memory") or {}
        rows.append(
            [
                f"{camera['name']}, {camera['mbit_per_s']:.1f} Mbit/s",
                f"{camera['whole_ms'] / 10:.0f} %",
                camera["capacity"]["counted"],
                _range(memory["added_mb"]) if memory else "",
                f"{memory['first_mb']:.0f} MB" if memory else "",
            ]
        )
    cores = f"cameras on {ingest['machine']['cores']} cores"
    return Table(("camera", "of one core", cores, "memory of each further camera", "first camera"), rows)


def carried(found: Result) -> str:
    """Return in a sentence how many cameras a machine really carried (carry.json)."""
    late = "none of them" if not found["late"] else f"{found['late']:,} of them"
    return (
        f"{found['cameras']} cameras 720p25 were run for {found['seconds'] / 60:.0f} minutes on "
        f"{found['cores']} cores (`{found['command']}`): {found['judged']:,} verdicts, {late} after the "
        f"moment up to which an alarm is in time, the last of the others "
        f"{max(found['least_spare_ms'], 0):.0f} ms before it; {found['frames_dropped']:,} frames dropped."
    )


def _range(values: list[float]) -> str:
    low, high = round(min(values)), round(max(values))
    return f"{low} MB" if low == high else f"{low} to {high} MB"
