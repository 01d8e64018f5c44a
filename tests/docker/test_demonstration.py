"""`docker compose up` on a fresh clone: it works, it is closed, and what is killed comes back."""

import contextlib
import json
import re
import signal
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.docker.conftest import say
from tests.docker.stack import IMAGE, MAIN_PID, PATIENCE_S, TOKEN, WORKER_PID, Stack, docker, until

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

SIGNED = {"Authorization": f"Bearer {TOKEN}"}

WRITABLE = """
import os
kept = {'/proc', '/sys'}
for folder, inside, _ in os.walk('/'):
    inside[:] = [name for name in inside if os.path.join(folder, name) not in kept]
    file = os.path.join(folder, 'canary')
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.unlink(file)
        print(folder)
    except OSError:
        pass
"""

STARTED = """
pid = {process}
print(pid, open(f'/proc/{{pid}}/stat').read().rpartition(')')[2].split()[19])
"""
"""A process's id and start time: ids are reused in a container."""


def hear(feed: ClientConnection, kind: str) -> Any:
    """Return the next alarm of this kind."""
    end = time.monotonic() + PATIENCE_S
    while True:
        message = json.loads(feed.recv(max(0.1, end - time.monotonic())))
        if message["type"] == "alarm" and message["alarm"]["kind"] == kind:
            return message["alarm"]


def replayed(stack: Stack) -> list[Any]:
    """Return the whole feed, as a new client gets it."""
    with connect(f"{stack.feed}?after=0", additional_headers=SIGNED) as feed:
        newest = json.loads(feed.recv(PATIENCE_S))["seq"]
        found: list[Any] = []
        while len(found) < newest:
            message = json.loads(feed.recv(PATIENCE_S))
            if message["type"] == "alarm":
                found.append(message)
        return found


def test_one_link_signs_in(stack: Stack) -> None:
    """The log has one link to the published port, and its key is good for one sign-in."""
    log = stack.compose("logs", "--no-color", "barwatch").stdout
    links = re.findall(r"http://\S+/#key=\S+", log)
    assert len(links) == 1, log
    assert links[0].startswith(stack.url)
    key = {"key": links[0].partition("#key=")[2]}
    assert httpx.post(f"{stack.url}/session", json=key).status_code == 200
    assert httpx.post(f"{stack.url}/session", json=key).status_code == 401
    assert "Traceback" not in log


def test_an_alarm_reaches_a_client_outside(stack: Stack) -> None:
    """A carrier that leaves open and occupied, seen over RTSP, by whoever listens."""
    began = time.monotonic()
    with connect(stack.feed, additional_headers=SIGNED) as feed:
        alarm = hear(feed, "bar_open")
    say(f"bar_open of {alarm['lift_id']} heard {time.monotonic() - began:.0f} s after the feed was opened")
    with stack.client as client:
        assert client.get(alarm["evidence"][0]).content[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("part", ["worker", "service", "camera", "hanging service"])
def test_what_is_killed_comes_back_and_no_alarm_is_lost(stack: Stack, part: str) -> None:
    """SIGKILL: a new process does the work, every committed alarm is there, the feed has no gap.

    SIGSTOP for one that hangs, its watchdog with it: the health check ends it.
    """
    stack.await_cameras()
    before = replayed(stack)
    assert before
    container, process = ("camera", MAIN_PID) if part == "camera" else ("barwatch", MAIN_PID)
    process = WORKER_PID if part == "worker" else process

    def now() -> str:
        try:
            return stack.python(container, "import os" + STARTED.format(process=process))
        except AssertionError:
            return ""  # there is none at this moment

    old = until("it runs", now)
    stack.kill(container, process, signal.SIGSTOP if part == "hanging service" else signal.SIGKILL)
    began = time.monotonic()
    until("another process runs", lambda: (found := now()) and found != old)
    say(f"{part}: a new process {time.monotonic() - began:.1f} s after it was killed")
    stack.await_cameras()
    say(f"{part}: each camera seen again {time.monotonic() - began:.1f} s after it was killed")
    after = replayed(stack)
    assert [message["seq"] for message in after] == list(range(1, len(after) + 1))
    assert after[: len(before)] == before
    with connect(stack.feed, additional_headers=SIGNED) as feed:
        hear(feed, "bar_open")


def test_down_and_up_keeps_the_data(stack: Stack) -> None:
    """Containers go, the volume stays: every alarm is still there, and clients resume in the same epoch."""
    before, seen = stack.alarms(), replayed(stack)
    with connect(stack.feed, additional_headers=SIGNED) as feed:
        epoch = json.loads(feed.recv(PATIENCE_S))["epoch"]
    began = time.monotonic()
    stack.compose("down")
    down_s = time.monotonic() - began
    stack.compose("up", "-d")
    until("the service is healthy", stack.healthy)
    say(f"`down` took {down_s:.1f} s, healthy again {time.monotonic() - began - down_s:.1f} s after it")
    assert before.keys() <= stack.alarms().keys()
    assert replayed(stack)[: len(seen)] == seen
    with connect(stack.feed, additional_headers=SIGNED) as feed:
        assert json.loads(feed.recv(PATIENCE_S))["epoch"] == epoch


@pytest.mark.parametrize(("service", "own"), [("barwatch", {"/data", "/tmp"}), ("camera", {"/tmp"})])
def test_it_can_write_nowhere_else(stack: Stack, service: str, own: set[str]) -> None:
    """uid 10001 without capabilities: it makes files in its volume and in memory, nowhere else."""
    made = stack.python(service, WRITABLE).splitlines()
    memory = {"/dev/shm", "/dev/mqueue"}
    outside = [f for f in made if not any(f == o or f.startswith(f"{o}/") for o in own | memory)]
    assert outside == []
    assert own <= set(made)
    status = stack.python(service, "print(open('/proc/self/status').read())")
    assert re.search(r"^Uid:\t10001\t10001\t10001\t10001$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)


def test_only_the_services_port_is_published(stack: Stack) -> None:
    """The port is published on this machine's own address alone."""
    found = {name: stack.inspect(name)["NetworkSettings"]["Ports"] for name in ("barwatch", "camera")}
    published = {
        (name, port, at["HostIp"], at["HostPort"])
        for name, ports in found.items()
        for port, places in ports.items()
        for at in places or ()
    }
    assert published == {("barwatch", "8000/tcp", "127.0.0.1", str(stack.port))}


def test_logs_are_turned_over_and_a_crash_is_followed_by_a_start(stack: Stack) -> None:
    """The engine was given the limits that the compose file promises."""
    for service in ("barwatch", "camera"):
        host = stack.inspect(service)["HostConfig"]
        assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "5"}}
        assert (host["RestartPolicy"]["Name"], host["ReadonlyRootfs"]) == ("unless-stopped", True)


def test_the_image_says_what_it_is(stack: Stack) -> None:
    """Labels by the OCI's names; at most 2 GB."""
    labels = stack.inspect("barwatch")["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"]
    assert labels["org.opencontainers.image.revision"]
    assert int(docker("image", "inspect", "-f", "{{.Size}}", IMAGE).stdout) <= 2_000_000_000


def test_a_cut_feed_is_no_gap(stack: Stack) -> None:
    """The service is killed under an open feed: a client that resumes has each seq once."""
    with connect(stack.feed, additional_headers=SIGNED) as feed:
        seq = json.loads(feed.recv(PATIENCE_S))["seq"]
        stack.kill("barwatch")
        with contextlib.suppress(ConnectionClosed):  # a heartbeat each 5 s: TimeoutError would be a failure
            while True:
                seq = json.loads(feed.recv(PATIENCE_S)).get("seq", seq)
    stack.await_cameras()
    with connect(f"{stack.feed}?after={seq}", additional_headers=SIGNED) as feed:
        newest = json.loads(feed.recv(PATIENCE_S))["seq"]
        came: list[int] = []
        while len(came) < newest - seq:
            message = json.loads(feed.recv(PATIENCE_S))
            came += [message["seq"]] if message["type"] == "alarm" else []
    assert came == list(range(seq + 1, newest + 1))
