"""Clients of a running service whose connections break: each gets every alarm once, whatever happens."""

import itertools
import json
import random
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from service.app import Service
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.store import alarms
from tests.service.test_start_up import model, serving, settings_of
from tests.tools.processes import SIGNED

__all__ = ["model"]

CUTS = 100
AHEAD = 20
"""All that stand are told at each resumption: the more, the longer it takes."""


def alarms_of(feed: ClientConnection) -> Iterator[int]:
    """The seq of each alarm as it comes."""
    for message in feed:
        told = json.loads(message)
        if told["type"] == "alarm":
            assert told["seq"] == told["alarm"]["seq"]
            yield told["seq"]


def raise_until(stop: threading.Event, service: Service, seen: list[int]) -> None:
    """Raise an alarm every few milliseconds, and no more than a few that nobody has seen."""
    for number in itertools.count():
        while number > seen[-1] + AHEAD and not stop.wait(0.01):
            pass
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "l", "Bar open", f"p-{number}")
        service.store.write(partial(alarms.raise_alarm, draft=draft)).result()
        if stop.wait(0.002):
            return


@pytest.mark.thorough
@pytest.mark.fault(14)
def test_a_hundred_cuts_leave_no_gap(tmp_path: Path, model: Path) -> None:
    """Row 14: cut without a word 100 times while alarms come, and resumed with `after`: each alarm once."""
    chance, seen, stop = random.Random(14), [0], threading.Event()
    with serving(settings_of(tmp_path, model)) as service:
        url = service.url.replace("http", "ws", 1) + "/alarms?after="
        flood = threading.Thread(target=raise_until, args=(stop, service, seen))
        flood.start()
        try:
            for _ in range(CUTS):
                with connect(f"{url}{seen[-1]}", additional_headers=SIGNED, open_timeout=120) as feed:
                    seen.extend(itertools.islice(alarms_of(feed), chance.randint(1, 3)))
                    feed.socket.shutdown(socket.SHUT_RDWR)  # no farewell
        finally:
            stop.set()
            flood.join()
        with service.store.reading() as session:
            committed = alarms.last_seq(session)
        with connect(f"{url}{seen[-1]}", additional_headers=SIGNED, open_timeout=120) as feed:
            seen.extend(itertools.islice(alarms_of(feed), committed - seen[-1]))
    assert committed > CUTS
    assert seen == list(range(committed + 1))
