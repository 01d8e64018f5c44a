"""The table of a soak: `python -m tests.soak.table` writes that of docs/soak.json into SECURITY.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ml.report.document import fill_places

ROOT = Path(__file__).resolve().parents[2]
RESULT, DOCUMENT = ROOT / "docs" / "soak.json", ROOT / "SECURITY.md"


def rendered(result: dict[str, Any]) -> str:
    """Return a soak's result in Markdown."""
    alarms, carriers, took = result["alarms"], result["carriers"], result["acknowledging"]
    faults = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in result["faults"].items())
    attacks = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in result["attacks"].items())
    rows = [
        ("minutes, cameras", f"{result['minutes']:g}, {result['cameras']}"),
        ("cores, load of other work before it", f"{result['cores']}, {result['load_before']}"),
        ("faults", faults + ("" if result["disk_filled"] else " (no disk could be filled)")),
        ("attacks", attacks),
        ("alarms committed / seen by a client that resumes", f"{alarms['committed']} / {alarms['seen']}"),
        ("lost, doubled, out of order", "{lost}, {doubled}, {out_of_order}".format(**alarms)),
        (
            "carriers that left open and occupied / undisturbed: with an alarm, unknown, without a trace",
            "{left} / {undisturbed}: {with_alarm}, {unknown}, {without_trace}".format(**carriers),
        ),
        (
            "acknowledging, p50 / p99",
            f"{took['p50_ms']} / {took['p99_ms']} ms ({took['acknowledged']} times)",
        ),
        *(
            (
                f"memory of a {each['process']}, its longest life ({each['minutes']} min), start / end",
                f"{each['start_mb']} / {each['end_mb']} MB, {each['slope_mb_per_hour']} MB an hour",
            )
            for each in result["memory"]
        ),
        *((name.replace("_", " ") + " afterwards", said) for name, said in result["afterwards"].items()),
        ("what did not hold", "; ".join(result["failures"]) or "nothing"),
    ]
    lines = [f"Measured by `{result['command']}` on {result['date']}.", "", "| what | found |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {said} |" for name, said in rows)])


def document() -> str:
    """Return SECURITY.md as it must be."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    return fill_places(DOCUMENT.read_text(encoding="utf-8"), {"soak": rendered(result)})


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
