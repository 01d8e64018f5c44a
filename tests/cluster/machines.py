"""So many machines on one: network namespaces that reach each other, and nothing else, over a bridge."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

NETWORK = "10.77.0"


class Machines:
    """Machines 0, 1, … Each has an address and a network card; what runs there is started by `command`.

    They share files and processors: what is between them is the network alone.
    """

    def __init__(self, count: int, name: str | None = None) -> None:
        self.count = count
        self.name = name or f"bw{os.getpid()}"
        """Of those that were made already, by another process."""

    def address(self, number: int) -> str:
        """Return the IPv4 address of a machine."""
        return f"{NETWORK}.{number + 1}"

    def command(self, number: int, *arguments: str) -> list[str]:
        """Return the command line that runs another one on a machine; its process is the command's own."""
        return ["ip", "netns", "exec", self._space(number), *arguments]

    def part(self, number: int, *, connected: bool) -> None:
        """Take a machine off the network, or put it back."""
        self._at(number, "link", "set", "up" if connected else "down", "dev", "eth0")

    def make(self) -> None:
        """Make them. Raises CalledProcessError: this process may not, or `ip` failed."""
        for number in range(self.count):
            _ip("netns", "add", self._space(number))
            self._at(number, "link", "set", "up", "dev", "lo")
        self._at(0, "link", "add", "bridge", "type", "bridge")
        self._at(0, "link", "set", "up", "dev", "bridge")
        for number in range(self.count):
            port, space = f"port{number}", self._space(number)
            self._at(0, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space)
            self._at(0, "link", "set", port, "master", "bridge", "up")
            self._at(number, "address", "add", f"{self.address(number)}/24", "dev", "eth0")
            self._at(number, "link", "set", "up", "dev", "eth0")

    def remove(self) -> None:
        """Remove those that were made."""
        for number in range(self.count):
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip("netns", "del", self._space(number))

    def _space(self, number: int) -> str:
        return f"{self.name}-{number}"

    def _at(self, number: int, *arguments: str) -> None:
        _ip("-n", self._space(number), *arguments)


def missing() -> str:
    """Return why there can be no such machines here; empty if they can."""
    if os.getuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "`ip` is missing: run tests/install-system"
    machines = Machines(1)
    try:
        machines.make()
    except subprocess.CalledProcessError as error:
        return f"no network namespaces: {error.stderr.strip()}"
    finally:
        machines.remove()
    return ""


@contextlib.contextmanager
def machines(count: int) -> Iterator[Machines]:
    """Give so many machines, for a while."""
    made = Machines(count)
    try:
        made.make()
        yield made
    finally:
        made.remove()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
