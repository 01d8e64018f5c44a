"""Small measured figures, as the benchmarks write them: what tests of the simulation read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RULES = {
    "pictures": 12,
    "lead_s": 0.25,
    "shortened_beyond": 4,
    "not_judged_beyond": 64,
    "deadline_s": 5.0,
    "cpu_batch_pictures": 3,
    "device_batch_pictures": 24,
    "device_window_s": 0.002,
    "retention": {"max_age_days": 8.0, "max_alarm_age_days": 30.0},
}


def camera(name: str, ms: float) -> dict[str, Any]:
    """A row of ingest.json."""
    return {
        "name": name,
        "whole_ms": ms,
        "decoding_ms": 0.7 * ms,
        "mbit_per_s": 2.0,
        "start": {"whole_ms": 3 * ms, "seconds": 20.0},
        "memory": {"first_mb": 120.0, "added_mb": [50.0, 80.0]},
    }


def run(cameras: int, clients: int, nodes: int = 1) -> dict[str, Any]:
    """A run of load.json: the main process takes 10 ms alone, 5 a camera, 2 a page; a camera takes 50 ms."""
    seconds, passages = 100.0, 20 * cameras
    main_s = seconds * (0.01 + 0.005 * cameras + 0.002 * clients)
    return {
        "nodes": nodes,
        "cores": 2,
        "camera": "720p25",
        "fps": 25,
        "cameras": cameras,
        "clients": clients,
        "seconds": seconds,
        "passages": passages,
        "carriers": passages,
        "judged": passages,
        "unknown": 0,
        "seen_by_cameras": passages,
        "frames_dropped": 0,
        "frames_read": 2500 * cameras,
        "processor_s": {"cameras": 5.0 * cameras, "embedder": 0.03 * passages, "main": main_s},
        "others_busy_cores": 0.1,
        "load_average_1min": 0.5,
        "arrived_s": [100.0 * n / passages for n in range(passages)],
        "delays_ms": [40.0 + n % 5 for n in range(passages)],
        "queue_pictures": {"mean": 0.1, "most": 12},
        "stored_bytes": {
            "database": 2000 * passages,
            "pictures": 30000 * passages,
            "numbers": 40000 * passages,
        },
        "written_bytes": 200_000 * passages,
    }


def killed(late: int = 0) -> dict[str, Any]:
    """cluster.json: worker, leader and database killed twice each. late: carriers after a worker's."""
    times = {"worker": [4.0, 6.0], "leader": [5.0, 5.0], "database": [10.0, 11.0]}
    kinds = {"worker": (8, 40.0, 7, late), "leader": (16, 80.0, 14, 0), "database": (None, None, 0, 0)}
    names = ("lifts", "unwatched_lift_s", "unknown", "late")
    return {
        "machine": {"cores": 2},
        "nodes": 3,
        "lifts": 8,
        "interval_s": 5.6,
        "failover_s": {
            kind: {"median": sum(each) / 2, "longest": max(each), "each": each}
            for kind, each in times.items()
        },
        "by_kind": {
            kind: {"kills": 2, **dict(zip(names, values, strict=True))} for kind, values in kinds.items()
        },
    }


def write(folder: Path) -> Path:
    """Write every file that the simulation reads; returns the folder."""
    delay = {"cameras": 8, "seconds": 90.0, "passages": 131, "whole_ms": 65.0}
    delay |= {"p50_ms": 40.0, "p99_ms": 64.0, "longest_ms": 65.0}
    cameras = [camera("720p25", 50.0), camera("1080p25", 100.0)]
    network = [
        {
            "system": "barwatch, judged by two masks",
            "runtime": "TorchScript, bfloat16",
            "threads": threads,
            "batch": batch,
            "ms_per_batch_median": (3.0 + 2.0 * batch) / threads,
        }
        for threads in (1, 2)
        for batch in (3, 16)
    ]
    files: dict[str, Any] = {
        "ingest.json": {"cameras": cameras, "delay": delay, "machine": {"cores": 2}},
        "speed.json": {"rows": network, "gpu": {"left_out": "none here"}},
        "store.json": {
            "ms": {"large": {"alarm insert": 2.0, "alarm insert, p99": 10.0}},
            "databases": {"rows": {"postgres": {"passage, ms": 4.0, "passage, ms, p99": 30.0}}},
        },
        "cluster.json": killed(),
        "load.json": {"rules": RULES, "runs": [run(1, 0), run(2, 0), run(4, 0), run(4, 16)]},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder
