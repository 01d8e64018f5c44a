"""The table for sizing a machine: what each kind of camera costs (docs/operations.md)."""

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


def _range(values: list[float]) -> str:
    low, high = round(min(values)), round(max(values))
    return f"{low} MB" if low == high else f"{low} to {high} MB"
