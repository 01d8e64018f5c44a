"""docker/cluster.yml for real: two services on one database behind Caddy, nodes, evidence that both read."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.docker.conftest import say
from tests.docker.stack import IMAGE, ROOT, Stack, docker, until

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

FILES = ("docker/production.yml", "docker/cluster.yml", "demonstration.yml")
DOMAIN = "barwatch.test"
VARIABLES = {
    "BARWATCH_DOMAIN": DOMAIN,
    "BARWATCH_IMAGE": f"{IMAGE}-cluster",
    "COMPOSE_PROFILES": "demonstration",
}
DEMONSTRATION = """
services:
  barwatch: &demonstration
    command: ["demo", "--data", "/data", "--cameras", "rtsp://camera:8554"]
  replica: *demonstration
"""
FETCH = """
import json
from pathlib import Path
from urllib.request import Request, urlopen
token = Path("/run/secrets/admin_token").read_text().strip()
asked = Request("http://127.0.0.1:8000" + {path!r}, headers={{"Authorization": "Bearer " + token}})
with urlopen(asked, timeout=30) as answer:
    print(answer.status, len(answer.read()))
"""
ROLE = """
import json
from urllib.request import urlopen
print(json.load(urlopen("http://127.0.0.1:8000/health/live", timeout=10))["role"])
"""
DEVICE = ROLE.replace("/health/live", "/health/ready").replace("role", "device")
SERVICES = ("barwatch", "replica")


@dataclass
class Cluster:
    """The containers, and the way in by Caddy."""

    stack: Stack
    token: str

    def compose(self, *arguments: str, check: bool = True) -> Any:
        return self.stack.compose(*arguments, files=FILES, variables=VARIABLES, check=check)

    def container(self, service: str) -> str:
        return str(self.compose("ps", "-q", service).stdout.strip())

    def python(self, service: str, code: str) -> str:
        done = docker("exec", self.container(service), "python3", "-c", code, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    def get(self, path: str) -> httpx.Response | None:
        """Ask as a browser does; None: nobody answered."""
        named = {"Host": DOMAIN, "Authorization": f"Bearer {self.token}"}
        try:
            with httpx.Client(verify=False, timeout=30) as client:
                sent = client.build_request(
                    "GET", f"https://127.0.0.1{path}", headers=named, extensions={"sni_hostname": DOMAIN}
                )
                return client.send(sent)
        except httpx.HTTPError:
            return None

    def role(self, service: str) -> str:
        return self.python(service, ROLE)

    def alarms(self) -> list[dict[str, Any]]:
        """Return the alarms of open bars with pictures, newest first."""
        answer = self.get("/alarms?kind=bar_open&limit=200")
        if answer is None or answer.status_code != 200:
            return []
        return [alarm for alarm in answer.json()["items"] if alarm["evidence"]]


@pytest.fixture(scope="module")
def cluster(clone: Stack) -> Iterator[Cluster]:
    """All of it, by the guide's commands, with the demonstration's cameras."""
    text = (clone.folder / "docker/cluster.yml").read_text() + (ROOT / "docker/production.yml").read_text()
    for image in re.findall(r"image: ((?:postgres|caddy):\S+)", text):
        ways = (("image", "inspect", image), ("pull", "-q", image))
        if all(docker(*way, check=False).returncode != 0 for way in ways):
            pytest.skip(f"{image} is not here, and cannot be pulled")
    commands = (ROOT / "docs/cluster.md").read_text().partition("### Several containers")[2].split("```\n")[1]
    lines = [
        line for line in commands.splitlines() if " >> .env" not in line and "docker compose" not in line
    ]
    made = Stack(clone.folder, clone.port, "barwatchtestcluster")
    (clone.folder / "demonstration.yml").write_text(DEMONSTRATION)
    subprocess.run(["bash", "-euc", "\n".join(lines)], cwd=clone.folder, check=True)
    found = Cluster(made, (clone.folder / "secrets/admin_token").read_text().strip())
    try:
        began = time.monotonic()
        found.compose("build", "barwatch")
        say(f"cluster: built in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        found.compose("up", "-d")
        until("the page answers", lambda: (found.get("/") or httpx.Response(502)).status_code == 200)
        say(f"cluster: the page answers {time.monotonic() - began:.1f} s after `up`")
        yield found
    finally:
        logs = found.compose("logs", "--no-color", "--tail=300", check=False)
        (clone.folder / "logs-cluster.txt").write_text(logs.stdout)
        found.compose("down", "-v", "--remove-orphans", check=False)
        shutil.rmtree(clone.folder / "secrets")


def test_two_services_answer_and_one_leads(cluster: Cluster) -> None:
    """Behind one name; the nodes judge; what Caddy keeps to itself stays there."""
    until("one leads", lambda: sorted(map(cluster.role, SERVICES)) == ["leader", "replica"])
    leader = next(name for name in SERVICES if cluster.role(name) == "leader")
    until("the nodes judge", lambda: cluster.python(leader, DEVICE).startswith("cluster: "))
    assert (cluster.get("/health/ready") or httpx.Response(0)).status_code == 404


def test_the_leader_is_killed_and_the_page_goes_on(cluster: Cluster) -> None:
    """The other one leads, its cameras raise alarms, and the evidence of before is there."""
    until("one leads", lambda: sorted(map(cluster.role, SERVICES)) == ["leader", "replica"])
    leader, other = sorted(SERVICES, key=lambda name: cluster.role(name) != "leader")
    first = until("an alarm with pictures", cluster.alarms)[0]
    picture = first["evidence"][-1]
    fetched = FETCH.format(path=picture)
    until("the replica has its picture", lambda: cluster.python(other, fetched).startswith("200 "))
    before = {alarm["id"] for alarm in cluster.alarms()}
    docker("kill", cluster.container(leader))
    began = time.monotonic()
    until("the page answers", lambda: (cluster.get("/") or httpx.Response(502)).status_code == 200)
    say(f"cluster: the page answers {time.monotonic() - began:.1f} s after the leader was killed")
    until("the other one leads", lambda: cluster.role(other) == "leader")
    say(f"cluster: another one leads {time.monotonic() - began:.1f} s after the leader was killed")
    assert before <= {alarm["id"] for alarm in until("the history is there", cluster.alarms)}
    assert (cluster.get(picture) or httpx.Response(0)).status_code == 200
    until("a new alarm", lambda: {alarm["id"] for alarm in cluster.alarms()} - before)
    say(f"cluster: a new alarm of an open bar {time.monotonic() - began:.1f} s after the leader was killed")
    cluster.compose("up", "-d", leader)
    until("it is back", lambda: cluster.role(leader) == "replica")
