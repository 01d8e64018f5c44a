"""Cameras on nodes for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.cluster.cameras.fleet import CameraFleet


class FleetMetrics(Collector):
    """Says which nodes have how many cameras, and how often cameras changed hands.

    Args:
        fleet: the service's.
    """

    def __init__(self, fleet: CameraFleet) -> None:
        self._fleet = fleet

    def collect(self) -> Iterator[Metric]:
        """Return the present numbers; those of the service's own machine are not among them."""
        cameras = GaugeMetricFamily("barwatch_node_cameras", "Cameras watched on a node.", labels=["node"])
        found = Counter(self._fleet.on_nodes().values())
        for name in sorted({node.name for node in self._fleet.nodes} | found.keys()):
            cameras.add_metric([name], found[name])
        yield cameras
        moves, losses = self._fleet.moves, self._fleet.losses
        yield CounterMetricFamily("barwatch_node_moves", "Cameras handed on to a node.", value=moves)
        yield CounterMetricFamily("barwatch_node_losses", "Cameras that a node lost.", value=losses)
