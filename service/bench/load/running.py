"""The whole service under a load that is known: what it takes, and how late its verdicts are.

What `barwatch simulate` is validated against, and what its constants come from that no other figure has.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from lifts.decision.verdict import Verdict
from service.app import Service
from service.bench.fleet import LEARNT_PASSAGES, UNKNOWN, patience_s
from service.bench.load.accounting import by_part, machine_s, stored_bytes, written_bytes
from service.commands.serve import make_service
from service.domain.camera import WatchedLift
from service.domain.errors import ConfigurationError
from service.host.runner import Runner
from service.inference.engine import DEADLINE_S, WINDOW_S
from service.inference.enrolment import enrol
from service.inference.running.early import EarlyEngine
from service.inference.session import CPU_BATCH, DEVICE_BATCH
from service.passages.options import ExtractorOptions
from service.settings import load_settings
from service.store import lifts
from service.store.records import PassageRecord
from service.store.upkeep.classes import Retention
from service.usecases.enrolment import store_masks
from service.usecases.parts import ServiceParts
from service.verdicts.deciding import BUSY, MAX_WAITING

Row = dict[str, Any]

SAMPLE_S = 0.1
PATIENCE = 5.0
"""Times what `bench ingest` waits: a busy machine may be measured too; its load stands beside the run."""

SETTLE_S = 5.0
"""From the last camera's learning on: what was recalled meanwhile is judged, too."""


def rules() -> Row:
    """Return the service's own limits that decide what becomes of a passage when many come at once."""
    return {
        "pictures": ExtractorOptions().pictures,
        "lead_s": ExtractorOptions().lead_s,
        "shortened_beyond": BUSY,
        "not_judged_beyond": MAX_WAITING,
        "deadline_s": DEADLINE_S,
        "cpu_batch_pictures": CPU_BATCH,
        "device_batch_pictures": DEVICE_BATCH,
        "device_window_s": WINDOW_S,
        "retention": asdict(Retention()),
    }


class LoadRun:
    """One run of the service with so many cameras and clients; `measure` returns its figures.

    Args:
        cameras: the lifts with their recordings, which are looped in real time.
        clients: how many open pages follow them.
        seconds: how long to measure once all lines are followed.
        data: an empty folder.
    """

    def __init__(self, cameras: Sequence[WatchedLift], clients: int, seconds: float, data: Path) -> None:
        self._cameras, self._clients, self._seconds, self._data = cameras, clients, seconds, data
        self._token = secrets.token_urlsafe(32)
        self._records: list[tuple[float, float, bool, int]] = []
        self._found: Row | None = None

    def measure(self, model: Path | None = None, device: str = "cpu") -> Row:
        """Run the service, measure, end it.

        Raises:
            ConfigurationError: it did not come up, or not all cameras learnt their lines in time.
        """
        settings = load_settings(
            data=self._data,
            allow_file_cameras=True,
            host="127.0.0.1",
            port=0,
            model=model,
            device=device,
            admin_token=self._token,
        )

        def make(early: EarlyEngine) -> Service:
            return Service(settings, early, prepare=self._enrol, on_ready=self._ready, loop_files=True)

        service = make_service(settings, make)
        service.pipeline.on_recorded = self._note
        service.run()
        if self._found is None:
            raise ConfigurationError(f"{len(self._cameras)} cameras: not all learnt their lines in time")
        return self._found

    def _enrol(self, parts: ServiceParts) -> None:
        for watched in self._cameras:
            lift, drawn = watched.lift, watched.masks
            if drawn is None:
                raise ConfigurationError(f"{lift.id}: the sample has no masks")
            parts.store.write(partial(lifts.put, lift=lift)).result()
            store_masks(
                parts, lift, enrol(lift.id, drawn.open, drawn.close, watched.references, parts.engine)
            )

    def _note(self, record: PassageRecord, decided_mono_s: float) -> None:
        judged = record.judgement.verdict is not Verdict.UNKNOWN
        took_s = time.monotonic() - decided_mono_s
        self._records.append((decided_mono_s, took_s, judged, record.carriers))

    def _ready(self, service: Service) -> None:
        def body() -> bool:
            try:
                self._found = self._watch(service)
            finally:
                service.stop()
            return False

        Runner("load", body).start()

    def _watch(self, service: Service) -> Row | None:
        until_s = time.monotonic() + PATIENCE * patience_s(len(self._cameras))
        while not self._learnt(service):
            if time.monotonic() > until_s:
                return None
            time.sleep(SAMPLE_S)
        token = os.environ | {"BARWATCH_TOKEN": self._token}
        command = [sys.executable, "-m", "service.bench.load.clients", service.url, str(self._clients)]
        with subprocess.Popen(
            command, env=token, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as clients:
            time.sleep(SETTLE_S)
            found = self._measured(service, clients.pid)
            received, _ = clients.communicate()
        return found | {"received": json.loads(received)}

    def _learnt(self, service: Service) -> bool:
        statuses = service.cameras.statuses()
        return len(statuses) == len(self._cameras) and all(
            status.line_speed != UNKNOWN and status.passages >= LEARNT_PASSAGES for status in statuses
        )

    def _measured(self, service: Service, clients: int) -> Row:
        me, began_s = os.getpid(), time.monotonic()
        engine = service.engine.status.pid
        parts = {
            "cameras": {pid for pid, _ in service.cameras.processes().values() if pid is not None},
            "embedder": set() if engine is None else {engine},
            "main": {me},
            "clients": {clients},
        }

        def restarts() -> int:
            cameras = service.cameras.processes().values()
            return service.engine.status.restarts + sum(often for _, often in cameras)

        def amounts() -> tuple[dict[str, float], float, dict[str, int], int, int, int, int, int]:
            statuses = service.cameras.statuses()
            service.store.database.checkpoint()  # the log is not growth
            return (
                by_part(me, parts),
                machine_s(),
                stored_bytes(self._data),
                written_bytes(me),
                sum(status.passages for status in statuses),
                sum(status.frames_dropped for status in statuses),
                sum(status.frames_read for status in statuses),
                restarts(),
            )

        before, first, queue = amounts(), len(self._records), list[int]()
        writes = list[int]()
        while (left_s := began_s + self._seconds - time.monotonic()) > 0:
            time.sleep(min(SAMPLE_S, left_s))
            queue.append(service.engine.status.queue_length)
            writes.append(service.store.waiting_jobs)
        # What the cameras report in this moment is committed within the service's own deadline.
        after, took_s, records = amounts(), time.monotonic() - began_s, self._records[first:]
        # Whoever was replaced meanwhile has taken its processor time with it.
        spent = {name: after[0][name] - value for name, value in before[0].items()}
        stored = {name: after[2][name] - value for name, value in before[2].items()}
        ours_s = sum(spent.values())
        return {
            "nodes": 1,
            "cores": len(os.sched_getaffinity(0)),
            "cameras": len(self._cameras),
            "clients": self._clients,
            "seconds": took_s,
            "passages": len(records),
            "carriers": sum(carriers for *_, carriers in records),
            "judged": sum(carriers for _, _, judged, carriers in records if judged),
            "unknown": sum(carriers for _, _, judged, carriers in records if not judged),
            "seen_by_cameras": after[4] - before[4],
            "frames_dropped": after[5] - before[5],
            "frames_read": after[6] - before[6],
            "restarts": after[7] - before[7],
            "processor_s": spent if after[7] == before[7] else None,
            "others_busy_cores": max(0.0, (after[1] - before[1] - ours_s) / took_s),
            "load_average_1min": round(os.getloadavg()[0], 2),
            "arrived_s": [round(at_s - began_s, 4) for at_s, *_ in records],
            "delays_ms": [round(1e3 * delay_s, 2) for _, delay_s, *_ in records],
            "queue_pictures": {"mean": sum(queue) / max(1, len(queue)), "most": max(queue, default=0)},
            "waiting_writes": {"mean": sum(writes) / max(1, len(writes)), "most": max(writes, default=0)},
            "stored_bytes": stored,
            "written_bytes": after[3] - before[3],
        }
