"""The soak as a command: `python -m tests.soak --minutes 60 [--seed N] [--out FILE]`.

It needs nothing but this repository and a free machine: eight cameras on two cores leave little for others.
Where it may mount, the data folder is a volume of 600 MB that is filled now and then; elsewhere no disk is
filled, and the result says so.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.soak import checks
from tests.soak.cameras import EndlessCamera, plugged_in
from tests.soak.clients import Acknowledger, Follower
from tests.soak.hostile import Hostiles
from tests.soak.mayhem import Mayhem
from tests.soak.memory import WARM_S, MemoryWatch
from tests.soak.table import rendered
from tests.soak.watchman import Watchman
from tests.tools import tiny_model

VOLUME_MB = 600
LATE_S = 20.0
"""How long after a carrier its alarm may be on its way at the end."""


@contextlib.contextmanager
def volume(folder: Path) -> Iterator[bool]:
    """Make `folder` a small volume of its own, if that is allowed; says whether it is one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={VOLUME_MB}m,mode=0700", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def soak(minutes: float, seed: int, number: int = 8, logs: Path | None = None) -> dict[str, Any]:
    """Run it; return what was found. The services' logs are kept in the folder `logs`, which must be new."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name, volume(Path(name) / "volume") as disk:
        folder = Path(name)
        (folder / "model").mkdir()
        tiny_model.CALIBRATION["scale"] = 80.0  # so that JPEG's noise leaves no verdict in doubt
        watchman = Watchman(folder, folder / "volume" / "data", tiny_model.release(folder / "model"))
        cameras = [EndlessCamera(each, time.monotonic()) for each in range(number)]
        try:
            with plugged_in(cameras) as address:
                watchman.start()
                watchman.register(cameras, address)
                return _soaked(watchman, cameras, minutes, seed, disk=disk)
        finally:
            watchman.end()
            if logs is not None:
                logs.mkdir(parents=True)
                for log in folder.glob("*.log"):
                    shutil.copy(log, logs)


def _soaked(
    watchman: Watchman, cameras: list[EndlessCamera], minutes: float, seed: int, *, disk: bool
) -> dict[str, Any]:
    chance, load = random.Random(seed), os.getloadavg()[0]
    follower = Follower(watchman.url)
    acknowledger, memory = Acknowledger(watchman, follower), MemoryWatch(watchman)
    hostiles = Hostiles(watchman, random.Random(seed + 1))
    mayhem = Mayhem(watchman, cameras, follower, chance, disk=disk)
    watchman.disturbed(None, time.monotonic() - 60.0)
    from_s = time.monotonic()
    helpers = (follower, acknowledger, memory, hostiles)
    for each in helpers:
        each.start()
    try:
        # Ended by hand, it says what it has found so far.
        with contextlib.suppress(KeyboardInterrupt):
            mayhem.go_on(60.0 * minutes, _say)
        watchman.set_clock(0.0)
        to_s = time.monotonic() - LATE_S
        (until,) = watchman.rows("SELECT max(seq) FROM alarm_events")[0]
        caught_up = follower.until(until, 60.0)
    finally:
        for each in reversed(helpers):
            each.stop()
    return {
        "command": f"python -m tests.soak --minutes {minutes:g} --seed {seed} --cameras {len(cameras)}",
        "date": datetime.now(UTC).date().isoformat(),
        "minutes": minutes,
        "cores": os.cpu_count(),
        "load_before": round(load, 1),
        "cameras": len(cameras),
        "faults": dict(sorted(mayhem.done.items())),
        "starts": watchman.starts,
        "disk_filled": disk,
        "attacks": dict(sorted(hostiles.done.items())),
        "server_errors": hostiles.server_errors,
        "caught_up": caught_up,
        "troubles": watchman.troubles,
        "alarms": checks.alarms(watchman, follower, until),
        "passages": checks.passages(watchman),
        "carriers": checks.carriers(watchman, cameras, follower, from_s, to_s),
        "acknowledging": checks.acknowledging(acknowledger),
        "memory": memory.result(min(WARM_S, 12.0 * minutes)),
        "afterwards": _afterwards(watchman),
    }


def _afterwards(watchman: Watchman) -> dict[str, str]:
    """Stop it, and check what it left: the database, and the evidence."""
    found = {"stop": "ok" if watchman.stop() == 0 else "it did not end by itself"}
    with contextlib.closing(sqlite3.connect(watchman.data / "barwatch.db")) as database:
        found["quick_check"] = str(database.execute("PRAGMA quick_check").fetchone()[0])
    found["verify"] = watchman.command("verify", "--data", str(watchman.data))
    found["backup"] = watchman.back_up()
    newest = max(path for path in watchman.backups.iterdir() if path.is_file())
    restored = str(watchman.backups / "restored")
    found["restore"] = watchman.command("restore", str(newest), "--data", restored)
    found["verify_what_was_restored"] = watchman.command("verify", "--data", restored)
    return found


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Soak, print the table, write the result; return 1 if anything did not hold."""
    parser = argparse.ArgumentParser(description="Eight cameras and everything that can go wrong.")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=None, help="what goes wrong when; a new one by default")
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--out", type=Path, help="where to write the result as JSON, e.g. docs/soak.json")
    parser.add_argument("--logs", type=Path, help="a new folder in which the services' logs are kept")
    chosen = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if chosen.seed is None else chosen.seed
    _say(f"seed {seed}")
    result = soak(chosen.minutes, seed, chosen.cameras, chosen.logs)
    result["failures"] = checks.failures(result, timed=True)
    _say(rendered(result))
    if chosen.out is not None:
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for failure in result["failures"]:
        _say(f"FAILED: {failure}")
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
