"""The service's counters in Prometheus' text format, read when they are asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.api.runtime import Runtime
from service.domain.camera import CameraState
from service.domain.errors import StoreError
from service.host.disk import Room
from service.outputs.health import OutputState
from service.outputs.whole import Outputs
from service.usecases.watching import survey

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class RuntimeCollector(Collector):
    """Reads the runtime's own counters: nothing is counted twice, and nothing global is kept."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        runtime = self._runtime
        engine = runtime.engine.status
        up = GaugeMetricFamily("barwatch_engine_up", "1 while the embedder can judge.", labels=["model"])
        up.add_metric([engine.model], float(engine.state == "ready"))
        yield up
        device = GaugeMetricFamily(
            "barwatch_engine_device", "1 for what the embedder computes on.", labels=["device"]
        )
        device.add_metric([engine.device], 1.0)
        yield device
        yield _gauge(
            "barwatch_engine_device_lost",
            "1 if an accelerator was given up for the processor.",
            float(bool(engine.device_lost)),
        )
        yield _gauge(
            "barwatch_engine_queue_pictures", "Pictures that wait or are judged.", engine.queue_length
        )
        yield _counter("barwatch_engine_restarts", "Embedder workers replaced.", engine.restarts)
        yield _counter("barwatch_engine_rejected", "Requests refused by a full queue.", engine.rejected)
        yield _counter("barwatch_engine_expired", "Requests that met their deadline.", engine.expired)
        if (cluster := engine.cluster) is not None:
            yield _gauge("barwatch_cluster_up", "1 while the cluster judges.", float(not cluster.reason))
            yield _gauge("barwatch_cluster_embedders", "Its embedders that are ready.", cluster.embedders)
            yield _counter("barwatch_cluster_lost", "Times that it was lost.", cluster.restarts)
            yield _counter(
                "barwatch_cluster_moved", "Requests that it had not answered, judged here.", cluster.moved
            )
        yield _gauge("barwatch_alarm_seq", "The newest alarm's seq.", runtime.hub.last_seq)
        yield _gauge("barwatch_alarm_subscribers", "Open alarm feeds.", runtime.hub.subscribers)
        yield _counter(
            "barwatch_alarm_subscribers_dropped", "Feeds ended as too slow.", runtime.hub.dropped_subscribers
        )
        yield _counter(
            "barwatch_alarm_events_unreadable",
            "Damaged entries of the alarm history.",
            runtime.hub.unreadable,
        )
        yield _gauge("barwatch_store_waiting_writes", "Writes that wait.", runtime.store.waiting_jobs)
        yield _counter("barwatch_store_rejected_writes", "Writes refused.", runtime.store.rejected_jobs)
        yield _counter(
            "barwatch_pictures_failed", "Pictures that could not be written.", runtime.pictures.failed_writes
        )
        if (shipper := runtime.shipper) is not None:
            yield _gauge(
                "barwatch_evidence_store_up", "1 while a shared store takes evidence.", float(shipper.is_up)
            )
            yield _gauge(
                "barwatch_evidence_waiting", "Files that wait for the shared store.", shipper.waiting
            )
            yield _gauge("barwatch_evidence_waiting_bytes", "Their bytes.", shipper.waiting_bytes)
            yield _counter("barwatch_evidence_sent", "Files that it has taken.", shipper.shipped)
            yield _counter("barwatch_evidence_failures", "Times that it did not.", shipper.failures)
        for name, count in runtime.pipeline.counts().items():
            yield _counter(f"barwatch_{name}", f"{name.replace('_', ' ').capitalize()}.", count)
        disk = runtime.pictures.space.status
        if disk.total_bytes:
            yield _gauge("barwatch_disk_free_bytes", "Room on the data folder's disk.", disk.free_bytes)
            yield _gauge("barwatch_disk_size_bytes", "Size of the data folder's disk.", disk.total_bytes)
        yield _gauge(
            "barwatch_disk_low",
            "1 while the disk has too little room to keep pictures.",
            float(disk.room is not Room.ENOUGH),
        )
        yield _counter("barwatch_wrong_tokens", "Wrong tokens and keys.", runtime.gate.attempts.failures)
        damaged = GaugeMetricFamily(
            "barwatch_damaged_records", "Rows that could not be read since the start.", labels=["table"]
        )
        for table, count in runtime.store.damaged.counts().items():
            damaged.add_metric([table], count)
        yield damaged
        leads = self._runtime.role.mine is not None
        yield _gauge("barwatch_leader", "1 while this service leads those of its database.", float(leads))
        if leads:  # a replica has none of them, and must not say that they are down
            yield from self._lifts()
            yield from self._cameras()
            yield from self._outputs()

    def _lifts(self) -> Iterator[Metric]:
        watched = GaugeMetricFamily(
            "barwatch_lift_watched",
            "1 while the lift's carriers are being judged, 0 while not; /health/ready says why.",
            labels=["lift"],
        )
        armed = GaugeMetricFamily(
            "barwatch_lift_armed",
            "1 while the lift's masks are proven on its own carriers; /lifts says what is missing.",
            labels=["lift"],
        )
        with contextlib.suppress(StoreError):  # said by readiness; the other metrics are read all the same
            for lift_id, why in survey(self._runtime.store, self._runtime.cameras.status).items():
                watched.add_metric([lift_id], float(why is None))
                armed.add_metric([lift_id], float(self._runtime.pipeline.arming(lift_id).armed))
        yield from (watched, armed)

    def _cameras(self) -> Iterator[Metric]:
        state = GaugeMetricFamily(
            "barwatch_camera_state", "1 for the present state.", labels=["lift", "state"]
        )
        fps = GaugeMetricFamily("barwatch_camera_fps", "Pictures a second.", labels=["lift"])
        age = GaugeMetricFamily("barwatch_camera_frame_age_seconds", "Age of the last one.", labels=["lift"])
        read = CounterMetricFamily("barwatch_camera_frames", "Pictures read.", labels=["lift"])
        dropped = CounterMetricFamily("barwatch_camera_frames_dropped", "Pictures dropped.", labels=["lift"])
        keys = GaugeMetricFamily(
            "barwatch_camera_key_frames_only",
            "1 while the line stands and key frames alone are decoded: no fault.",
            labels=["lift"],
        )
        left_out = CounterMetricFamily(
            "barwatch_camera_frames_left_out",
            "Pictures not decoded because the line stood; counted as read.",
            labels=["lift"],
        )
        seen = CounterMetricFamily("barwatch_camera_passages", "Carriers seen.", labels=["lift"])
        for status in self._runtime.cameras.statuses():
            lift = status.lift_id
            for each in CameraState:
                state.add_metric([lift, each.value], float(status.state is each))
            fps.add_metric([lift], status.fps)
            if status.frame_age_s is not None:
                age.add_metric([lift], status.frame_age_s)
            read.add_metric([lift], status.frames_read)
            dropped.add_metric([lift], status.frames_dropped)
            keys.add_metric([lift], float(status.key_frames_only))
            left_out.add_metric([lift], status.frames_left_out)
            seen.add_metric([lift], status.passages)
        yield from (state, fps, age, read, dropped, keys, left_out, seen)

    def _outputs(self) -> Iterator[Metric]:
        state = GaugeMetricFamily(
            "barwatch_output_state", "1 for the present state.", labels=["output", "state"]
        )
        behind = GaugeMetricFamily(
            "barwatch_output_behind",
            "Changes of alarms after the last that is dealt with.",
            labels=["output"],
        )
        success = GaugeMetricFamily(
            "barwatch_output_last_success_timestamp_seconds",
            "When its receiver last took something, in seconds since 1970.",
            labels=["output"],
        )
        refused = CounterMetricFamily(
            "barwatch_output_refused", "Messages that its receiver refused for good.", labels=["output"]
        )
        aside = GaugeMetricFamily(
            "barwatch_output_set_aside",
            "Changes of alarms that it refused, which wait for a person.",
            labels=["output"],
        )
        with contextlib.suppress(StoreError):  # said by readiness; the other metrics are read all the same
            for output, health in self._runtime.parts.of(Outputs).listing():
                for each in OutputState:
                    state.add_metric([output.id, each.value], float(health.state is each))
                behind.add_metric([output.id], health.lag)
                if health.delivered_at is not None:
                    success.add_metric([output.id], health.delivered_at.timestamp())
                refused.add_metric([output.id], health.refused)
                aside.add_metric([output.id], health.set_aside)
        yield from (state, behind, success, refused, aside)


def render(registry: CollectorRegistry) -> tuple[bytes, str]:
    """Return the metrics of a registry and their media type."""
    return generate_latest(registry), CONTENT_TYPE


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)
