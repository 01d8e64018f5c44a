"""How many services, nodes and GPUs so many lifts need, and what of them is used how much."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ml.simulation.assumed import Assumptions
from ml.simulation.failover import FailoverCost
from ml.simulation.measured import CameraCost, CommitCost, EmbedCost, Footprint, MainCost
from ml.simulation.rules import Rules

PROCESSOR, EMBEDDER, MAIN, MEMORY = "processor", "embedder", "main process", "memory"
LINE, DATABASE, DISK, FEEDS = "network", "database writer", "disk", "API fan-out"


@dataclass(frozen=True)
class Costs:
    """Everything that was measured, as the plan needs it.

    embed: of a service's network. commit: in SQLite. shared_commit: in PostgreSQL.
    """

    kind: str
    camera: CameraCost
    embed: EmbedCost
    main: MainCost
    footprint: Footprint
    commit: CommitCost
    shared_commit: CommitCost
    gpu_call_ms: float
    gpu_measured: bool
    failover: FailoverCost
    rules: Rules

    def camera_ms(self, passages_per_s: float) -> float:
        """Return what a camera takes of a service's cores, ms for a second, network and main process too."""
        judging = passages_per_s * self.embed.processor_ms(self.rules.pictures)
        return self.camera.ms_per_s + judging + self.main.camera


@dataclass(frozen=True)
class CapacityPlan:
    """What so many lifts get.

    services: each with `cores`, a network and a main process; on `nodes`, of which one may be lost if there
    are several. replicas: processes that only answer clients. databases: SQLite files, or 1 PostgreSQL.
    """

    lifts: int
    services: int
    cores: int
    nodes: int
    replicas: int
    shared_database: bool
    gpus: int

    @property
    def lifts_per_service(self) -> float:
        """How many cameras a service watches."""
        return self.lifts / self.services

    @property
    def services_per_node(self) -> float:
        """How many services a node carries."""
        return self.services / self.nodes


def passages_per_s(assumed: Assumptions, peak: bool = False) -> float:
    """Return a running lift's passages a second."""
    return assumed["carriers_per_hour_peak" if peak else "carriers_per_hour"] / 3600.0


def per_service(costs: Costs, assumed: Assumptions) -> dict[str, float]:
    """Return how many cameras a service carries at its planned use, by what limits it."""
    each_s, use = passages_per_s(assumed), assumed["planned_use"]
    cores = assumed["cores_per_service"]
    call_s = costs.embed.call_ms(costs.rules.pictures) / 1e3
    share = cores / assumed["cores_per_node"]
    memory_mb = share * 1e3 * assumed["memory_per_node_gb"]
    return {
        PROCESSOR: (use * 1e3 * cores - costs.main.alone) / costs.camera_ms(each_s),
        EMBEDDER: use / (each_s * call_s),
        MAIN: (use * 1e3 - costs.main.alone) / max(costs.main.camera, 1e-9),
        MEMORY: 1 + (memory_mb - costs.camera.first_mb) / costs.camera.added_mb,
        LINE: use * share * assumed["network_per_node_mbit"] / costs.camera.mbit_per_s,
    }


def plan(lifts: int, costs: Costs, assumed: Assumptions) -> CapacityPlan:
    """Return what so many lifts get: as many services as the scarcest part of one asks for, one node spare.

    Raises:
        ValueError: a service carries no camera at all.
    """
    most = math.floor(min(per_service(costs, assumed).values()))
    if most < 1:
        raise ValueError("a service carries no camera: its cores, memory or network are too few")
    cores, on_node = int(assumed["cores_per_service"]), assumed["cores_per_node"]
    services = math.ceil(lifts / most)
    nodes = math.ceil(services * cores / on_node)
    if services > 1:  # one machine has nothing that could take over; several have a node to spare
        nodes += 1
        services = nodes * max(1, int(on_node // cores))  # all their cores are used, the spare node's too
    pages = lifts * assumed["pages_per_lift"]
    full = max(pages * costs.main.page / 1e3, pages / assumed["feeds_per_process"])
    replicas = math.ceil(full / assumed["planned_use"]) if services > 1 else 0
    calls_s = lifts * passages_per_s(assumed) * costs.rules.pictures / costs.rules.device_batch
    gpus = math.ceil(calls_s * costs.gpu_call_ms / (1e3 * assumed["planned_use"]))
    return CapacityPlan(lifts, services, cores, nodes, replicas, services > 1, gpus)


def one_service(lifts: int, costs: Costs, assumed: Assumptions) -> dict[str, float]:
    """Return how much of each part so many lifts would use of one service alone on a whole node, 1: all.

    What breaks first is what reaches 1 first. SQLite, and one process that answers every page.
    """
    each_s, cores = passages_per_s(assumed), assumed["cores_per_node"]
    pages, rate = lifts * assumed["pages_per_lift"], lifts * each_s
    main_ms = costs.main.ms_per_s(lifts, pages)
    memory_mb = costs.camera.first_mb + (lifts - 1) * costs.camera.added_mb
    return {
        PROCESSOR: (lifts * costs.camera_ms(each_s) + costs.main.alone) / (1e3 * cores),
        EMBEDDER: rate * costs.embed.call_ms(costs.rules.pictures) / 1e3,
        MAIN: main_ms / 1e3,
        MEMORY: memory_mb / (1e3 * assumed["memory_per_node_gb"]),
        LINE: lifts * costs.camera.mbit_per_s / assumed["network_per_node_mbit"],
        DATABASE: rate * costs.commit.mean_ms / 1e3,
        DISK: rate * costs.footprint.written / (1e6 * assumed["disk_per_node_mb"]),
        FEEDS: pages / assumed["feeds_per_process"],
    }


def used(
    planned: CapacityPlan, costs: Costs, assumed: Assumptions, *, peak: bool, lost: int = 0, gpu: bool = False
) -> dict[str, float]:
    """Return how much of each part the plan uses, 1: all; with `lost` nodes gone, of those that are left.

    gpu: the embedders compute on GPUs, not on the processor.
    """
    each_s = passages_per_s(assumed, peak)
    left = (planned.nodes - lost) / planned.nodes
    lifts = planned.lifts_per_service / left
    pages, rate = planned.lifts * assumed["pages_per_lift"], planned.lifts * each_s
    on_node = planned.services_per_node
    own_pages = 0.0 if planned.replicas else pages
    memory_mb = costs.camera.first_mb + (lifts - 1) * costs.camera.added_mb
    own_main = costs.main.ms_per_s(lifts, own_pages)
    judging = 0.0 if gpu else each_s * costs.embed.processor_ms(costs.rules.pictures)
    call_ms = costs.embed.call_ms(costs.rules.pictures)
    if gpu:
        call_ms = costs.gpu_call_ms * costs.rules.pictures / costs.rules.device_batch
    processor = (lifts * (costs.camera.ms_per_s + judging) + own_main) / (1e3 * planned.cores)
    if planned.shared_database:
        database = rate / assumed["postgresql_commits_per_s"]
    else:
        database = rate * costs.commit.mean_ms / 1e3
    answering = pages / assumed["feeds_per_process"]
    if planned.replicas:
        answering = max(answering, pages * costs.main.page / 1e3) / planned.replicas
    return {
        PROCESSOR: processor,
        EMBEDDER: lifts * each_s * call_ms / 1e3,
        MAIN: own_main / 1e3,
        MEMORY: on_node * memory_mb / (1e3 * assumed["memory_per_node_gb"]),
        LINE: on_node * lifts * costs.camera.mbit_per_s / assumed["network_per_node_mbit"],
        DATABASE: database,
        DISK: on_node * lifts * each_s * costs.footprint.written / (1e6 * assumed["disk_per_node_mb"]),
        FEEDS: answering,
    }
