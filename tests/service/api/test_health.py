"""Health and metrics: what load balancers and Prometheus read."""

from service.domain.camera import CameraState
from tests.service.api.conftest import House, status_of


def test_ready_means_that_carriers_can_be_judged(house: House) -> None:
    """200 with the engine and the database ready, whatever the cameras do; 503 once the database is gone."""
    house.cameras.said["demo-quad"] = status_of("demo-quad", CameraState.LOST)
    answer = house.client.get("/health/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["engine"], body["database"]) == ("ready", "ready", "ready")
    assert body["cameras"] == {"demo-quad": "lost"}
    assert house.client.get("/health/live").json() == {"status": "live"}


def test_metrics_are_prometheus_text(house: House) -> None:
    """Cameras, engine, feed and pipeline are counted, without a token and without a secret."""
    house.cameras.said["demo-quad"] = status_of("demo-quad")
    house.raise_alarm()
    answer = house.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for line in (
        'barwatch_camera_state{lift="demo-quad",state="live"} 1.0',
        'barwatch_camera_fps{lift="demo-quad"} 12.5',
        "barwatch_engine_queue_pictures 0.0",
        "barwatch_alarm_seq 1.0",
    ):
        assert line in answer.text
