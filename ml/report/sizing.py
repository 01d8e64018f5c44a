"""The table by which an operator sizes a machine: what each kind of camera costs (docs/operations.md)."""

from __future__ import annotations

from typing import Any

Result = dict[str, Any]


def sizing(ingest: Result) -> str:
    """Return what `barwatch bench ingest` measured as Markdown, a row for each kind of camera.

    Args:
        ingest: ml/results/ingest.json.
    """
    cores = ingest["machine"]["cores"]
    rows = [
        f"| camera | of one core | cameras on {cores} cores | memory of each further camera | first camera |",
        "|---|---|---|---|---|",
    ]
    for camera in ingest["cameras"]:
        memory = camera.get("memory")
        added = "" if memory is None else _range(memory["added_mb"])
        first = "" if memory is None else f"{memory['first_mb']:.0f} MB"
        rows.append(
            f"| {camera['name']}, {camera['mbit_per_s']:.1f} Mbit/s"
            f"{', with B pictures' if camera['b_pictures'] else ''} | {camera['whole_ms'] / 10:.0f} % | "
            f"{camera['capacity']['counted']} | {added} | {first} |"
        )
    return "\n".join(rows) + "\n"


def _range(values: list[float]) -> str:
    low, high = round(min(values)), round(max(values))
    return f"{low} MB" if low == high else f"{low} to {high} MB"
