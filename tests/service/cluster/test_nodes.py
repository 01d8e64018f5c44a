"""A real cluster on this machine: batches on its nodes, and kills of each part, which cost no answer."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from service.cluster.embedding.engine import RayEngine
from service.cluster.embedding.scale import ClusterEmbedding, ScaleLimits
from service.cluster.link import DriverLink
from service.cluster.nodes import NodeOptions
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.inference.engine import WorkerEngine
from tests.cluster_nodes import NEEDS_RAY, ClusterNodes
from tests.service.cluster.joined import JoinedEngine
from tests.service.tiny_model import CLOSE, DIM, OPEN, picture

pytestmark = [pytest.mark.slow, NEEDS_RAY]

PICTURES = np.stack([picture(OPEN), picture(CLOSE, occupied=False), picture(OPEN)])
FALL_BACK_S = 2.0
"""Within so long of a head's end every request is answered: the product's own promise."""


class Joined(JoinedEngine):
    """An engine in a cluster, and what it told."""

    def __init__(self, nodes: ClusterNodes, path: Path, token: Path | None = None) -> None:
        self.told: list[Health] = []
        link = DriverLink(NodeOptions(token or nodes.token, nodes.address))
        engine = RayEngine(
            lambda report: WorkerEngine(path, device="cpu", threads=1, on_health=report),
            link,
            path,
            ClusterEmbedding(limits=ScaleLimits(1, 1), join_s=600.0),
            device="cpu",
            on_health=self.told.append,
        )
        super().__init__(link, engine, 200.0)


class Load:
    """Threads that ask one request after the other, and note how long each took."""

    def __init__(self, engine: RayEngine, threads: int = 3) -> None:
        self._engine, self._over = engine, threading.Event()
        self.took: list[tuple[float, float]] = []
        self.wrong: list[str] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            try:
                found = self._engine.submit_pictures(PICTURES).result(20.0)
                if found.embeddings.shape != (3, DIM) or found.occupancy[1] > 0.5:
                    self.wrong.append("another's answer")
            except Exception as error:  # noqa: BLE001 - whatever it was, the request was lost
                self.wrong.append(repr(error))
            self.took.append((began, time.monotonic() - began))

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def worst_s(self, since: float) -> float:
        """The longest that was under way at `since` or later."""
        return max(took for began, took in self.took if began + took >= since)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterNodes]:
    with ClusterNodes(tmp_path_factory.mktemp("nodes")) as made:
        made.head(cpus=1)
        yield made


@pytest.mark.fault(53)
@pytest.mark.timeout(500)
def test_embedders_answer_as_the_local_engine_does(nodes: ClusterNodes, tiny_artefact: Path) -> None:
    """The same numbers; one that is killed is replaced, and what it had is answered."""
    with Joined(nodes, tiny_artefact) as joined:
        engine, local = joined.engine, joined.engine._local
        joined.until(lambda: engine.embedders)
        references = np.ones((3, DIM), np.float32)
        for submit in ("submit_pictures", "submit_masks", "submit_look"):
            given = PICTURES[..., 0].copy() if submit == "submit_masks" else PICTURES
            ours, theirs = (getattr(each, submit)(given).result(20.0) for each in (local, engine))
            for one, other in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(one, other, atol=1e-6)
        kept = engine.submit_look(PICTURES).result(20.0)
        assert engine.submit_kept(kept, references).result(20.0).matches.shape == (3, 2)
        ((_, pid),) = engine.embedders.items()
        load = Load(engine)
        os.kill(pid, signal.SIGKILL)
        joined.until(lambda: engine.embedders and pid not in engine.embedders.values())
        load.end()
        assert load.wrong == []
        assert joined.told == []


@pytest.mark.fault(53)
@pytest.mark.timeout(500)
def test_a_head_that_is_killed_under_load_costs_no_request(nodes: ClusterNodes, tiny_artefact: Path) -> None:
    """All are answered, each within two seconds; an alarm says it; the next head judges again."""
    with Joined(nodes, tiny_artefact) as joined:
        joined.until(lambda: joined.engine.embedders)
        load = Load(joined.engine)
        killed = time.monotonic()
        nodes.kill(nodes.nodes[0])
        joined.until(lambda: joined.told)
        lost = joined.told[0]
        assert (lost.kind, lost.active) == (AlarmKind.CLUSTER_LOST, True)
        nodes.head(cpus=1)
        joined.until(lambda: len(joined.told) > 1)
        assert (joined.told[1].kind, joined.told[1].active) == (AlarmKind.CLUSTER_LOST, False)
        load.end()
        assert load.wrong == []
        assert load.worst_s(killed) < FALL_BACK_S


@pytest.mark.fault(53)
@pytest.mark.timeout(500)
def test_a_head_that_hangs_is_no_different(nodes: ClusterNodes, tiny_artefact: Path) -> None:
    """Its processes stand still, connections stay open, nothing fails: that alone is the sign."""
    with Joined(nodes, tiny_artefact) as joined:
        joined.until(lambda: joined.engine.embedders)
        load = Load(joined.engine)
        stopped = time.monotonic()
        processes = _tree(nodes.nodes[-1].pid)
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            joined.until(lambda: joined.told)
        finally:
            for pid in processes:
                os.kill(pid, signal.SIGCONT)
        load.end()
        assert load.wrong == []
        assert load.worst_s(stopped) < FALL_BACK_S


@pytest.mark.fault(53)
@pytest.mark.timeout(500)
def test_a_node_joins_the_next_head_and_its_embedders_work_again(
    nodes: ClusterNodes, tiny_artefact: Path
) -> None:
    """The head lends nothing; it is replaced at once, on the same port, and knows nobody."""
    nodes.kill(nodes.nodes[-1])
    nodes.head(cpus=0)
    nodes.node(cpus=1)
    with Joined(nodes, tiny_artefact) as joined:
        joined.until(lambda: joined.engine.embedders)
        ((_, pid),) = joined.engine.embedders.items()
        nodes.kill(nodes.nodes[-2])
        nodes.head(cpus=0)
        joined.until(lambda: len(joined.told) == 2)
        assert [each.active for each in joined.told] == [True, False]
        assert pid not in joined.engine.embedders.values()
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.timeout(500)
def test_a_wrong_token_is_refused_in_words(nodes: ClusterNodes, tiny_artefact: Path, tmp_path: Path) -> None:
    """By the service, which judges alone, and by a node, which ends."""
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-secret-of-this-cluster", encoding="ascii")
    with Joined(nodes, tiny_artefact, wrong) as joined:
        joined.until(lambda: joined.told)
        assert "refuses the token" in joined.told[0].message
        assert len(joined.engine.submit_pictures(PICTURES).result(20.0).embeddings) == 3
    program = [
        sys.executable,
        "-m",
        "service.cli",
        "node",
        f"--address={nodes.address}",
        f"--token-file={wrong}",
    ]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "refuses the token of BARWATCH_RAY_TOKEN_FILE" in ended.stderr


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        children = Path(f"/proc/{each}/task/{each}/children")
        found += [int(child) for child in children.read_text().split()]
    return found
