"""Health and metrics: what load balancers and Prometheus read."""

import threading
from dataclasses import replace

from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState
from service.host.runner import BackOff, Runner, RunnerState
from tests.service.api.conftest import House, status_of


def problems(house: House) -> list[str]:
    """Return what /health/ready complains of; its status goes with it."""
    answer = house.client.get("/health/ready")
    found: list[str] = answer.json()["problems"]
    assert answer.status_code == (503 if found else 200)
    assert answer.json()["status"] == ("not ready" if found else "ready")
    return found


def test_ready_means_that_carriers_are_judged(house: House) -> None:
    """200 with the engine, the database and the cameras at work."""
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad")
    assert problems(house) == []
    body = house.client.get("/health/ready").json()
    assert (body["status"], body["engine"], body["database"]) == ("ready", "ready", "ready")
    assert body["cameras"] == {"demo-quad": "live"}
    assert house.client.get("/health/live").json() == {"status": "live", "role": "leader"}


def test_a_camera_is_live_or_under_an_alarm(house: House) -> None:
    """One that is neither makes the service unready, by name; an alarm of another kind is not enough."""
    lost = replace(status_of("demo-quad", CameraState.LOST), frame_age_s=30.0)
    house.cameras.by_lift["demo-quad"] = lost
    assert problems(house) == ["camera demo-quad: lost, and no alarm says so"]
    house.raise_alarm(None, AlarmKind.VIEW_CHANGED)
    assert problems(house) == ["camera demo-quad: lost, and no alarm says so"]
    house.raise_alarm(None, AlarmKind.CAMERA_LOST)
    assert problems(house) == []


def test_a_camera_that_has_just_lost_its_frames_has_time_for_its_alarm(house: House) -> None:
    """A hiccup does not make the service unready; a camera without its first frame does."""
    house.cameras.by_lift["demo-quad"] = replace(
        status_of("demo-quad", CameraState.DEGRADED), frame_age_s=4.0
    )
    assert problems(house) == []
    house.cameras.by_lift["demo-quad"] = replace(
        status_of("demo-quad", CameraState.STARTING), frame_age_s=None
    )
    assert problems(house) == ["camera demo-quad: starting, and no alarm says so"]


def test_every_thread_must_be_alive(house: House) -> None:
    """Not started, failing or dead: each is named, and none of them is reported as idle."""

    def fail() -> None:
        raise IndexError("no passage")

    runner = house.runtime.runners.add(
        Runner("judging", fail, back_off=BackOff(first_s=0.001, longest_s=0.001))
    )
    assert problems(house) == ["judging: not started"]
    runner.start()
    pause = threading.Event()
    while runner.state is not RunnerState.FAILING:
        pause.wait(0.01)
    assert problems(house) == ["judging: failing: IndexError: no passage"]
    runner.stop()
    assert problems(house) == []


def test_a_database_file_that_is_gone_is_noticed(house: House) -> None:
    """SQLite goes on writing into a file that was removed: readiness says so."""
    assert problems(house) == []
    (house.store.data / "barwatch.db").unlink()
    assert problems(house) == ["database: the database's file barwatch.db was removed or replaced"]


def test_a_lift_that_is_enrolled_and_not_watched_is_named(house: House) -> None:
    """Without camera, address, track, process or masks: readiness, the list and Prometheus say the same."""
    camera = {"width": 640, "height": 480}
    pose = {"y": 200.0, "scale": 0.5}
    track = {name: {"x": x, **pose} for name, x in {"begin": 200, "middle": 300, "end": 400}.items()}
    address = {**camera, "url": "rtsp://camera.example/1"}
    configured: dict[str, dict[str, object]] = {
        "bare": {},
        "mute": {"camera": camera, "track": track},
        "still": {"camera": address},
        "ready": {"camera": address, "track": track},
        "undrawn": {"camera": address, "track": track},
    }
    for lift_id, config in configured.items():
        assert house.call("PUT", f"/lifts/{lift_id}", json={"name": lift_id, **config}).status_code == 201
    house.enrol()
    house.cameras.by_lift |= {lift_id: status_of(lift_id) for lift_id in ("demo-quad", "undrawn")}
    body = house.client.get("/health/ready").json()
    assert body["not_watched"] == {
        "bare": "no camera",
        "mute": "camera without an address",
        "ready": "camera not started",
        "still": "no track",
        "undrawn": "no masks",
    }
    assert body["status"] == "ready"
    listed = {lift["id"]: lift["not_watched"] for lift in house.call("GET", "/lifts").json()["items"]}
    assert listed == {**body["not_watched"], "demo-quad": None}
    codes = {lift["id"]: lift["not_watched_code"] for lift in house.call("GET", "/lifts").json()["items"]}
    assert codes["mute"] == "no_address"
    assert codes["demo-quad"] is None
    metrics = house.client.get("/metrics").text
    assert 'barwatch_lift_watched{lift="bare"} 0.0' in metrics
    assert 'barwatch_lift_watched{lift="demo-quad"} 1.0' in metrics
    assert 'barwatch_lift_armed{lift="demo-quad"} 0.0' in metrics


def test_metrics_are_prometheus_text(house: House) -> None:
    """Cameras, engine, feed and pipeline are counted, without a token and without a secret."""
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad")
    house.raise_alarm()
    answer = house.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for line in (
        'barwatch_camera_state{lift="demo-quad",state="live"} 1.0',
        'barwatch_camera_fps{lift="demo-quad"} 12.5',
        "barwatch_engine_queue_pictures 0.0",
        "barwatch_alarm_seq 1.0",
        "barwatch_records_lost_total 0.0",
    ):
        assert line in answer.text
