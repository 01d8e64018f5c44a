"""A really running service with cameras: no secret is where others can read it."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from lifts.schema import Camera, Lift
from service.store import lifts
from service.store.database import Store
from tests.faults.cameras import TRACK, MjpegCamera, Serve, mjpeg_server
from tests.tools.processes import ADMIN_TOKEN, Running, children_of, running
from tests.tools.tiny_model import release

LEFT, RIGHT, STORED = "canary-left/ä", "canary-right", "canary-stored"
ENVIRONMENT = {
    "LEFT_USER": "viewer",
    "LEFT_PASSWORD": LEFT,
    "RIGHT_PASSWORD": RIGHT,
    "OLD_CAMERA_PASSWORD": "canary-old",
    "AWS_SECRET_ACCESS_KEY": "canary-aws",
    "DATABASE_URL": "postgres://user:canary-db@db/",
    "BARWATCH_SECRET_KEY": base64.urlsafe_b64encode(b"canary-key".ljust(32, b"!")).decode(),
}
CANARIES = (
    *(b"canary", ADMIN_TOKEN.encode(), ENVIRONMENT["BARWATCH_SECRET_KEY"].encode()),
    *(base64.b64encode(f"viewer:{LEFT}".encode()), base64.b64encode(f"operator:{STORED}".encode())),
)
"""As they are, and as HTTP's basic authentication sends them."""


@contextmanager
def closed_camera(user: str, password: str) -> Iterator[tuple[str, threading.Event]]:
    """A camera that shows pictures to one user alone; its place, and whether somebody got in."""
    camera, seen = MjpegCamera(10.0), threading.Event()
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def admit(request: BaseHTTPRequestHandler) -> Serve | None:
        if request.headers["Authorization"] != wanted:
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="camera"')
            request.end_headers()
            return None
        seen.set()
        return camera.serve

    with mjpeg_server(admit) as port:
        try:
            yield f"127.0.0.1:{port}/live", seen
        finally:
            camera.closing.set()


def of_processes(pid: int) -> dict[str, bytes]:
    """What the system shows of a service's processes: their environments and command lines."""
    found = {}
    for child in children_of(pid):
        for name in ("environ", "cmdline"):
            try:
                found[f"{child}/{name}"] = Path(f"/proc/{child}/{name}").read_bytes()
            except OSError:  # it has ended
                continue
    return found


@contextmanager
def watched(pid: int) -> Iterator[dict[str, bytes]]:
    """Collect that all the time: a probe's process lives for seconds."""
    found, over = of_processes(pid), threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            found.update(of_processes(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def leaks(found: dict[str, bytes]) -> dict[str, bytes]:
    return {place: canary for place, content in found.items() for canary in CANARIES if canary in content}


def old_lift(data: Path) -> None:
    """What an earlier version stored: a variable that is not called as the lift is."""
    store = Store.open(data)
    camera = Camera(url="http://${OLD_CAMERA_PASSWORD}@127.0.0.1:1/", width=320, height=180)
    lift = Lift(id="former", name="Former", camera=camera, track=TRACK)
    store.write(lambda session: lifts.put(session, lift)).result()
    store.close()


def put(client: httpx.Client, lift_id: str, camera: dict[str, Any]) -> None:
    track = TRACK.model_dump()
    body = {"name": lift_id, "camera": {"width": 320, "height": 180, **camera}, "track": track}
    answer = client.put(f"/lifts/{lift_id}", json=body)
    assert answer.status_code == 201, answer.text


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process is about to do."""
    end_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.1)


def are_live(client: httpx.Client, *lift_ids: str) -> bool:
    items = client.get("/lifts").json()["items"]
    found = {one["id"]: (one["camera_status"] or {}).get("state") for one in items}
    return all(found.get(lift_id) == "live" for lift_id in lift_ids)


@pytest.mark.thorough
@pytest.mark.fault(20)
@pytest.mark.fault(37)
@pytest.mark.fault(38)
def test_no_secret_is_where_others_can_read_it(tmp_path: Path) -> None:
    """Not in any process's environment or arguments, an answer, a metric, the log, the database or a picture.

    The cameras get theirs all the same; a lift whose variable is not its own is out of service, and says why.
    """
    data = tmp_path / "data"
    data.mkdir()
    old_lift(data)
    arguments = ("--data", str(data), "--model", str(release(tmp_path)))
    with ExitStack() as stack:
        left, left_seen = stack.enter_context(closed_camera("viewer", LEFT))
        right, right_seen = stack.enter_context(closed_camera("operator", STORED))
        service: Running = stack.enter_context(running(tmp_path, *arguments, **ENVIRONMENT))
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        client = stack.enter_context(httpx.Client(base_url=service.url, headers=headers, timeout=120))
        processes = stack.enter_context(watched(service.process.pid))
        secret = {"host": "127.0.0.1", "user": "operator", "password": STORED}
        assert client.put("/cameras/secrets/right", json=secret).status_code == 201
        put(client, "left", {"url": f"http://${{LEFT_USER}}:${{LEFT_PASSWORD}}@{left}"})
        put(client, "right", {"url": f"http://{right}", "credentials": "right"})
        until(lambda: are_live(client, "left", "right"))
        assert client.post("/lifts/left/setup", json={}).status_code == 202
        recording = data / "setup" / "left" / "recording.mkv"
        until(lambda: recording.exists() and recording.stat().st_size > 0)
        probed = client.post(
            "/cameras/probe",
            json={"url": f"http://${{LEFT_USER}}:${{LEFT_PASSWORD}}@{left}", "lift_id": "left"},
        ).json()
        assert (probed["problem"], probed["width"]) == (None, 320)
        said = {
            "wrong password": client.post(
                "/cameras/probe",
                json={"url": f"http://${{LEFT_USER}}:${{LEFT_PASSWORD}}@{right}", "lift_id": "left"},
            ),
            "other lift's": client.post(
                "/cameras/probe", json={"url": f"http://${{RIGHT_PASSWORD}}@{left}", "lift_id": "left"}
            ),
            **{
                path: client.get(path)
                for path in (
                    *("/lifts", "/lifts/left", "/lifts/right", "/lifts/former", "/health/ready", "/metrics"),
                    *("/cameras/secrets", "/alarms", "/openapi.json", "/lifts/left/snapshot.jpg"),
                )
            },
        }
        assert said["wrong password"].json()["problem"] == "wrong_password"
        assert said["other lift's"].json()["code"] == "variable_not_allowed"
        alarms = said["/alarms"].json()["items"]
        assert [(one["kind"], one["lift_id"]) for one in alarms] == [("lift_invalid", "former")]
        assert "rename it to FORMER_… or CAMERA_…" in json.dumps(alarms, ensure_ascii=False)
        assert left_seen.is_set()
        assert right_seen.is_set()
        assert len({place.split("/")[0] for place in processes}) >= 6
    places = {f"answer {path}": answer.content for path, answer in said.items()}
    places |= {"log": service.output.read_bytes()} | processes
    places |= {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert any(path.endswith("barwatch.db") for path in places)
    assert leaks(places) == {}
