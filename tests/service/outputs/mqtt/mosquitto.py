"""A real broker, mosquitto, and a client that notes whatever comes."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass(eq=False)
class Mosquitto:
    """lines: of its configuration, beside the port. It keeps its watcher's place when it goes away."""

    folder: Path
    lines: tuple[str, ...] = ("allow_anonymous true",)
    tls: Path | None = None
    port: int = field(default_factory=free_port)
    received: list[tuple[str, str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.come_back()

    def come_back(self) -> None:
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "mosquitto.conf"
        kept = ("persistence true", f"persistence_location {self.folder}/")
        file.write_text("\n".join([f"listener {self.port} 127.0.0.1", *kept, *self.lines, ""]))
        assert MOSQUITTO is not None
        self.process = subprocess.Popen([MOSQUITTO, "-c", file], stderr=subprocess.DEVNULL)
        self._subscribe()

    def go_away(self) -> None:
        self.client.loop_stop()
        self.process.terminate()
        self.process.wait()

    def listen_anew(self) -> None:
        """Forget what came, and hear what is retained."""
        self.client.unsubscribe("#")
        with self.lock:
            self.received.clear()
        self.client.subscribe("#", qos=1)

    def _subscribe(self) -> None:
        """Connect as soon as it listens, and hear everything from then on."""
        heard = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, "watcher", clean_session=False)
        if self.tls is not None:
            self.client.tls_set(str(self.tls))
        self.client.username_pw_set("watcher", "watched")
        self.client.on_message = self._note
        self.client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self.client.on_subscribe = lambda *_: heard.set()
        pause = threading.Event()
        for _ in range(500):
            try:
                self.client.connect("localhost" if self.tls else "127.0.0.1", self.port)
                break
            except ConnectionRefusedError:
                pause.wait(0.02)
        self.client.loop_start()
        assert heard.wait(120)

    def _note(self, _: Any, __: Any, message: paho.MQTTMessage) -> None:
        if message.dup:
            return  # the broker did not see that it had come
        with self.lock:
            self.received.append((message.topic, message.payload.decode(), message.retain))

    def got(self) -> list[tuple[int, Any]]:
        with self.lock:
            told = [json.loads(payload) for topic, payload, _ in self.received if topic == "barwatch/alarms"]
        return [(each["seq"], each["alarm"]) for each in told]

    def last(self, topic: str) -> str | None:
        with self.lock:
            found = [payload for name, payload, _ in self.received if name == topic]
        return found[-1] if found else None
