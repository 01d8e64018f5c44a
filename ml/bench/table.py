"""The table of a run of `barwatch bench embed`."""

from __future__ import annotations

from typing import Any


def markdown(result: dict[str, Any]) -> str:
    """Return the run's table: a line for each system, a column for each pair of threads and batch."""
    timed = [row for row in result["rows"] if "left_out" not in row]
    columns = list(dict.fromkeys((row["threads"], row["batch"]) for row in timed))
    heads = [f"{t} thread{'s' if t > 1 else ''}, batch {b}" for t, b in columns]
    lines = [
        _heading(result["machine"]),
        f"Freed memory {'kept' if result['keeps_freed_memory'] else 'given back'}.",
        "",
        "| pictures a second (times the paper's network) | in | " + " | ".join(heads) + " |",
        "|---|---|" + "---|" * len(columns),
    ]
    for name, runtime in dict.fromkeys((row["system"], row["runtime"]) for row in timed):
        found = {
            (r["threads"], r["batch"]): r for r in timed if (r["system"], r["runtime"]) == (name, runtime)
        }
        cells = [f"{found[c]['pictures_per_s']:.4g} ({found[c]['ratio_to_paper']:.2f})" for c in columns]
        lines.append(f"| {name} | {runtime} | " + " | ".join(cells) + " |")
    lines += [f"\n{row['system']} left out: {row['left_out']}" for row in result["rows"] if "left_out" in row]
    return "\n".join([*lines, "", _gpu(result["gpu"])])


def _heading(machine: dict[str, Any]) -> str:
    versions = f"torch {machine['torch']}"
    if machine.get("openvino"):
        versions += f", OpenVINO {machine['openvino']}"
    load = machine["load_average_1min"]
    return f"{machine['cpu']}, {machine['cores']} cores (load at the start {load}), {versions}"


def _gpu(found: dict[str, Any]) -> str:
    if "left_out" in found:
        return f"GPU left out: {found['left_out']}"
    return (
        f"{found['gpu']}, batch {found['batch']}, half precision, host bytes to distances: "
        f"{found['pictures_per_s']:,.0f} pictures a second, {100 * found['share_of_limit']:.0f} % of the "
        f"nearer limit. Copy limit {found['copy_limit_pictures_per_s']:,.0f} "
        f"({found['copy_gb_per_s']:.1f} GB/s), "
        f"arithmetic limit {found['arithmetic_limit_pictures_per_s']:,.0f} "
        f"({found['arithmetic_tflop_per_s']:.1f} TFLOP/s, {found['gflop_per_picture']:.3f} GFLOP a picture)."
    )
