"""Carriers that pass while nobody watches a camera: a recording whose carriers are known, over RTSP."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest
from sqlalchemy import select

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from service.alarms.conditions import apply
from service.bench.cameras import INTERVAL_S, sample, watched
from service.capture.files import FileSource
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, WatchedLift
from service.domain.health import Health
from service.domain.passage import Passage
from service.leases.book import LeaseBook
from service.leases.camera import LeasedCamera
from service.leases.successor import Watcher
from service.passages.learnt import Learnt, fingerprint
from service.station.carried import Carried
from service.station.step import Station
from service.station.supervisor import CameraSupervisor
from service.store import alarms
from service.store.database import Store
from service.store.tables import PassageRow
from service.verdicts.recording import draft_of
from tests.end_to_end.conftest import Serve
from tests.service.leases.line import storing

NEAR_S = 0.3 * INTERVAL_S
"""A passage is of the carrier that left this near to it; between carriers are 5.6 s."""

AWAY_S = 8.0
"""How long nobody watches: one carrier or two pass."""

WHEN = {"the line is known": (True, 12.0, 20.0), "the line is new": (False, 6.0, 9.0)}
"""Seconds of the recording at which the camera's process is killed, and its owner lost."""


class LateSupervisor(CameraSupervisor):
    """Begins long after it was asked to, as on a machine that is busy or far away."""

    def start(self) -> None:
        threading.Timer(AWAY_S, super().start).start()


@contextmanager
def looking(url: str) -> Iterator[float]:
    """Look at a shared camera, so that it goes on; gives time.monotonic() of its first picture."""
    over, began = threading.Event(), threading.Event()
    first_s = list[float]()

    def look() -> None:
        with av.open(url, options={"rtsp_transport": "tcp"}) as stream:
            for packet in stream.demux(video=0):
                if packet.pts is not None and not began.is_set():
                    first_s.append(time.monotonic() - float(packet.pts * packet.time_base))
                    began.set()
                if over.is_set():
                    return

    thread = threading.Thread(target=look)
    thread.start()
    assert began.wait(60)
    try:
        yield first_s[0]
    finally:
        over.set()
        thread.join(60)


def learn(seen: WatchedLift, video: Path) -> Learnt:
    """Return what the recording teaches of its line."""
    station = Station(seen, 0.0)
    for frame in FileSource(str(video)):
        station.take(frame, frame.t_s)
        while station.busy:
            station.work(frame.t_s)
    assert station.learnt is not None
    return station.learnt


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.fault(48)
@pytest.mark.fault(51)
@pytest.mark.parametrize("when", WHEN.values(), ids=WHEN)
def test_every_carrier_that_passes_has_one_record(
    tmp_path: Path,
    store: Store,
    rtsp: Serve,
    monkeypatch: pytest.MonkeyPatch,
    when: tuple[bool, float, float],
) -> None:
    """Its process is killed, then its owner is lost and nobody watches for 8 s: unknown, never nothing."""
    known, killed_s, lost_s = when
    lifts, video = sample()
    truth = json.loads((video.parent / "truth.json").read_text())["carriers"]
    seen, memory = watched(lifts, video), tmp_path / "line.npz"
    learnt = learn(seen, video) if known else None
    monkeypatch.setenv("RTSP_SHARED", "1")
    waiting: list[Future[Any]] = []
    reported: list[Passage] = []

    def take(event: CameraEvent) -> None:
        if isinstance(event, Passage):
            reported.append(event)
            draft = draft_of(event, unknown(Reason.NO_MASKS))
            waiting.append(store.write(storing(draft)))
        elif isinstance(event, Health):
            waiting.append(store.write(lambda session: apply(session, event)))

    def make(
        owner: str, lift: WatchedLift, on_event: Callable[[CameraEvent], None], carried: Carried
    ) -> Watcher:
        kind = LateSupervisor if owner == "b" else CameraSupervisor
        return kind(lift, on_event, memory=memory, carried=carried)

    with ExitStack() as stack:
        url = stack.enter_context(rtsp({"camera": video}))["camera"]
        began_s = stack.enter_context(looking(url))
        assert seen.lift.camera is not None
        dialled = seen.lift.camera.model_copy(update={"url": url})
        lift = replace(seen, lift=seen.lift.model_copy(update={"camera": dialled}), loop_file=False)
        if learnt is not None:
            replace(learnt, of=fingerprint(lift)).save(memory)
        late: list[CameraEvent] = []
        camera = LeasedCamera(lift, take, LeaseBook(store, "test"), make, late.append, "a")
        camera.start()
        stack.callback(camera.stop)

        def until(media_s: float) -> None:
            time.sleep(max(0.0, began_s + media_s - time.monotonic()))  # the recording's own pace

        until(killed_s)
        pid, _ = camera.process
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lost_s)
        camera.move("b", "no answer")
        until(truth[-1]["t_end"] - 0.5 * INTERVAL_S)
    for each in waiting:
        each.result()
    with store.reading() as session:
        rows = list(session.scalars(select(PassageRow).order_by(PassageRow.left_at)))
        down = alarms.listing(session, kind=AlarmKind.WORKER_DOWN).items
    began = time.time() - time.monotonic() + began_s
    left_s = [row.left_at.timestamp() - began for row in rows if row.left_at is not None]
    found = [
        [number for number, carrier in enumerate(truth) if abs(carrier["t_end"] - at_s) < NEAR_S]
        for at_s in left_s
    ]
    assert all(row.carriers == 1 for row in rows)
    numbers = [number for near in found for number in near]
    assert numbers == list(range(numbers[0], len(truth) - 1)), f"{left_s} {[c['t_end'] for c in truth]}"
    assert truth[numbers[0]]["t_end"] < lost_s
    assert any(all(each.problem is Reason.NOT_SEEN for each in passage.pictures) for passage in reported)
    assert {alarm.lift_id for alarm in down} == {lift.lift.id}
