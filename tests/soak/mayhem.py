"""What goes wrong during a soak, one thing after another, at random by a seed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

from tests.soak.cameras import EndlessCamera
from tests.soak.clients import Follower
from tests.soak.watchman import Watchman

HOUR_S = 3600.0
JUMPS_S = (2 * HOUR_S, -2 * HOUR_S, 400 * 24 * HOUR_S)
QUIET_LAST = 0.4
"""In this last part of the time the service itself is not killed: its memory is seen over a long life."""


class Mayhem:
    """Breaks things until a time.

    Args:
        watchman: whose service. cameras: its cameras. follower: the client that must miss nothing.
        chance: what decides. disk: whether the data folder is a small volume of its own that may be filled.
    """

    def __init__(
        self,
        watchman: Watchman,
        cameras: list[EndlessCamera],
        follower: Follower,
        chance: random.Random,
        *,
        disk: bool,
    ) -> None:
        self._watchman, self._cameras, self._follower = watchman, cameras, follower
        self._chance = chance
        self._pause = threading.Event()
        self.done: Counter[str] = Counter()
        self._deeds: list[Callable[[], None]] = [
            *(self.kill_service, self.kill_child, self.hang_camera, self.cut_camera, self.silence_camera),
            *(self.cut_client, self.cut_client, self.jump, self.back_up, *([self.fill_disk] if disk else [])),
        ]

    def go_on(self, seconds: float, say: Callable[[str], None]) -> None:
        """Break one thing after another; everything works again at the end."""
        begun_s = time.monotonic()
        calm_s = min(8.0, seconds / 20)
        deck = list[Callable[[], None]]()
        while (gone_s := time.monotonic() - begun_s) < seconds - calm_s:
            self._pause.wait(self._chance.uniform(calm_s / 4, calm_s))
            deck = deck or self._chance.sample(self._deeds, len(self._deeds))  # each as often as any other
            deed = deck.pop()
            if deed == self.kill_service and gone_s > seconds * (1.0 - QUIET_LAST):
                continue
            deed()
            self.done[deed.__name__] += 1
            say(f"{time.monotonic() - begun_s:7.1f} s  {deed.__name__.replace('_', ' ')}")
        self._watchman.disturbed(None, time.monotonic())

    def kill_service(self) -> None:
        """SIGKILL; it is started again."""
        from_s = time.monotonic()
        self._watchman.kill()
        self._watchman.disturbed(None, from_s)

    def kill_child(self) -> None:
        """SIGKILL to a camera's, the network's or another process of the service."""
        self._strike(signal.SIGKILL)

    def hang_camera(self) -> None:
        """SIGSTOP: it must be found hanging, and replaced."""
        self._strike(signal.SIGSTOP)

    def cut_camera(self) -> None:
        """A camera ends its stream and refuses others for some seconds."""
        self._camera_off(lambda camera: camera.refusing)

    def silence_camera(self) -> None:
        """A camera's connection stays, and nothing comes for some seconds."""
        self._camera_off(lambda camera: camera.silent)

    def cut_client(self) -> None:
        """The connection of the client that follows the alarms breaks."""
        self._follower.cut()

    def jump(self) -> None:
        """The wall clock is hours or more than a year off for some seconds."""
        self._watchman.set_clock(self._chance.choice(JUMPS_S))
        self._pause.wait(self._chance.uniform(4.0, 12.0))
        self._watchman.set_clock(0.0)

    def fill_disk(self) -> None:
        """Another program fills the volume for some seconds."""
        heap = self._watchman.data.parent / "heap"
        try:
            with heap.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 20))
        except OSError:
            pass
        self._pause.wait(self._chance.uniform(3.0, 10.0))
        heap.unlink()

    def back_up(self) -> None:
        """A backup is made while the service runs."""
        if (said := self._watchman.back_up()) != "ok":
            self._watchman.troubles.append(f"no backup: {said}")

    def _strike(self, number: int) -> None:
        from_s, children = time.monotonic(), self._watchman.children
        if children:
            try:
                os.kill(self._chance.choice(children), number)
            except ProcessLookupError:
                return
            self._pause.wait(1.0)
        self._watchman.disturbed(None, from_s)

    def _camera_off(self, switch: Callable[[EndlessCamera], threading.Event]) -> None:
        camera, from_s = self._chance.choice(self._cameras), time.monotonic()
        switch(camera).set()
        self._pause.wait(self._chance.uniform(3.0, 15.0))
        switch(camera).clear()
        self._watchman.disturbed(camera.lift_id, from_s)
