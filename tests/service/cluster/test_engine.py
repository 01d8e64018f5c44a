"""The cluster's engine, with a driver that follows a script: requests are answered, whatever it does."""

import os
import queue
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.cluster.embedding import calls
from service.cluster.embedding.engine import RayEngine
from service.cluster.embedding.scale import ClusterEmbedding, ScaleLimits
from service.cluster.link import DriverLink, LinkLimits
from service.cluster.nodes import NodeOptions
from service.domain.alarm import AlarmKind
from service.domain.errors import EngineUnavailableError
from service.domain.health import Health
from service.inference.engine import WorkerEngine
from tests.service.cluster import scripted_driver
from tests.service.cluster.joined import JoinedEngine
from tests.service.inference import scripted_worker
from tests.service.tiny_model import CLOSE, DIM, OPEN, picture

LIMITS = LinkLimits(doubt_s=0.3, lost_s=0.9, stop_s=1.0, longest_pause_s=0.3)
PICTURES = np.stack([picture(OPEN), picture(CLOSE)])


class Cluster(JoinedEngine):
    """An engine with a scripted cluster and a local worker that answers with twos."""

    def __init__(
        self, path: Path, folder: Path, driver: Any = scripted_driver.works, local: Any = None
    ) -> None:
        self.told: queue.Queue[Health] = queue.Queue()
        self.folder = folder
        options = NodeOptions(scripted_driver.token(folder), "127.0.0.1:1")
        link = DriverLink(options, limits=LIMITS, main=driver)
        engine = RayEngine(
            lambda report: WorkerEngine(
                path,
                threads=1,
                on_health=report,
                main=local or scripted_worker.answers_twos,
                max_backoff_s=0.2,
            ),
            link,
            path,
            ClusterEmbedding(limits=ScaleLimits(1, 1)),
            on_health=self.told.put,
            deadline_s=4.0,
        )
        super().__init__(link, engine, 20.0)

    def begin(self, what: str) -> None:
        (self.folder / what).touch()

    def end(self, what: str) -> None:
        (self.folder / what).unlink()

    def answer(self) -> float:
        """Who answers: 1, the cluster, or 2, this machine."""
        return float(self.engine.submit_pictures(PICTURES).result(5.0).embeddings[1, -1])


@pytest.fixture(scope="module")
def shared(tiny_artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tiny_artefact, tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    """One that works."""
    for name in (scripted_driver.HEAD_SILENT, scripted_driver.STOPPED, scripted_driver.FAILS):
        (shared.folder / name).unlink(missing_ok=True)
    shared.until(lambda: shared.answer() == 1.0)
    while not shared.told.empty():
        shared.told.get()
    return shared


@pytest.mark.thorough
def test_the_cluster_answers_all_that_an_engine_is_asked(cluster: Cluster) -> None:
    """In the right shapes, each caller its own; the local engine has nothing to do."""
    engine = cluster.engine
    moved = engine.moved
    asked = [engine.submit_pictures(PICTURES[:count], np.ones((3, DIM), np.float32)) for count in (1, 2, 1)]
    assert [len(each.result(5.0).embeddings) for each in asked] == [1, 2, 1]
    assert engine.submit_masks(OPEN[None]).result(5.0).shape == (1, DIM)
    assert cluster.answer() == 1.0
    assert engine.status.state == "ready"
    assert engine.status.device == "cluster: 1 x cpu float32"
    assert engine.moved == moved
    with pytest.raises(ValueError, match="expected uint8"):
        engine.submit_pictures(PICTURES[:, :100])


@pytest.mark.thorough
@pytest.mark.fault(53)
def test_a_head_that_falls_silent_is_doubted_then_lost_and_comes_back(cluster: Cluster) -> None:
    """What it has is answered here, before the driver is given up; once it is, an alarm says so."""
    driver = cluster.link.pid
    cluster.begin(scripted_driver.STOPPED)
    waiting = [cluster.engine.submit_pictures(PICTURES) for _ in range(8)]
    cluster.begin(scripted_driver.HEAD_SILENT)
    assert [each.result(5.0).embeddings[0, 0] for each in waiting] == [2.0] * 8
    cluster.until(lambda: not cluster.link.up)
    assert cluster.answer() == 2.0
    lost = cluster.told.get(timeout=5.0)
    assert (lost.kind, lost.lift_id, lost.active) == (AlarmKind.CLUSTER_LOST, None, True)
    assert lost.parameters == {"reason": "the cluster's head does not answer"}
    assert cluster.engine.status.state == "ready"
    assert cluster.engine.status.device == "cpu float32 (no cluster)"
    assert cluster.engine.status.cluster is not None
    assert cluster.engine.status.cluster.reason == "the cluster's head does not answer"
    assert cluster.engine.status.cluster.moved >= 8
    cluster.end(scripted_driver.HEAD_SILENT)
    cluster.end(scripted_driver.STOPPED)
    back = cluster.told.get(timeout=20.0)
    assert (back.kind, back.active) == (AlarmKind.CLUSTER_LOST, False)
    cluster.until(lambda: cluster.answer() == 1.0)
    assert cluster.link.pid != driver


@pytest.mark.slow
def test_a_head_that_answers_again_in_time_keeps_its_driver(cluster: Cluster) -> None:
    """A pause of the head's costs neither the driver nor an alarm."""
    driver = cluster.link.pid
    cluster.begin(scripted_driver.HEAD_SILENT)
    cluster.until(lambda: not cluster.link.up)
    cluster.end(scripted_driver.HEAD_SILENT)
    cluster.until(lambda: cluster.link.up)
    cluster.until(lambda: cluster.answer() == 1.0)
    assert cluster.link.pid == driver
    assert cluster.told.empty()


@pytest.mark.thorough
@pytest.mark.fault(53)
def test_a_driver_that_is_killed_loses_no_request(cluster: Cluster) -> None:
    """Those that it had are answered here, at once; the next driver begins afresh."""
    cluster.begin(scripted_driver.STOPPED)
    waiting = [cluster.engine.submit_pictures(PICTURES) for _ in range(8)]
    assert cluster.link.pid is not None
    os.kill(cluster.link.pid, signal.SIGKILL)
    assert [each.result(5.0).embeddings[0, 0] for each in waiting] == [2.0] * 8
    lost = cluster.told.get(timeout=5.0)
    assert str(lost.parameters["reason"]).startswith("the cluster's driver died")
    cluster.end(scripted_driver.STOPPED)
    cluster.until(lambda: cluster.answer() == 1.0)


@pytest.mark.fault(53)
def test_what_neither_can_answer_fails_with_the_cluster(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local engine was asked as well, and could not; the driver is lost: nobody waits for ever."""
    monkeypatch.setattr(calls, "HEDGE_S", 0.0)
    refused: Future[Any] = Future()
    refused.set_exception(EngineUnavailableError("it is being restarted"))
    monkeypatch.setattr(cluster.engine._local, "submit", lambda *_: refused)
    cluster.begin(scripted_driver.STOPPED)
    before, asked = cluster.engine.moved, cluster.engine.submit_pictures(PICTURES)
    cluster.until(lambda: cluster.engine.moved > before)
    assert not asked.done(), "the cluster may still answer"
    assert cluster.link.pid is not None
    os.kill(cluster.link.pid, signal.SIGKILL)
    with pytest.raises(EngineUnavailableError, match="it is being restarted"):
        asked.result(3.0)


@pytest.mark.fault(53)
@pytest.mark.slow
def test_an_embedder_that_hangs_holds_nobody_up(cluster: Cluster) -> None:
    """The head answers all the while; a request is judged here after a moment; the cluster comes too late."""
    cluster.begin(scripted_driver.STOPPED)
    asked = cluster.engine.submit_pictures(PICTURES)
    assert asked.result(5.0).embeddings[0, 0] == 2.0
    cluster.end(scripted_driver.STOPPED)
    cluster.until(lambda: cluster.answer() == 1.0)
    assert asked.result().embeddings[0, 0] == 2.0
    assert cluster.told.empty()


def test_a_batch_that_the_network_fails_over_is_tried_here(cluster: Cluster) -> None:
    """The fault may be the embedder's own; an embedder that lives is kept."""
    cluster.begin(scripted_driver.FAILS)
    assert cluster.answer() == 2.0
    cluster.end(scripted_driver.FAILS)
    assert cluster.answer() == 1.0
    assert len(cluster.engine.embedders) == 1


@pytest.mark.slow
def test_without_a_cluster_this_machine_judges_and_says_why(tiny_artefact: Path, tmp_path: Path) -> None:
    with Cluster(tiny_artefact, tmp_path, scripted_driver.refuses) as alone:
        assert alone.answer() == 2.0
        lost = alone.told.get(timeout=5.0)
        assert lost.parameters == {"reason": "the head refuses the token"}


@pytest.mark.slow
def test_that_the_local_engine_is_down_is_told_only_while_nothing_else_judges(
    tiny_artefact: Path, tmp_path: Path
) -> None:
    """The cluster judges on; when it goes too, nobody does, and requests fail with the reason."""
    with Cluster(tiny_artefact, tmp_path) as made:
        made.until(lambda: made.engine.embedders)
        pid = made.engine.status.pid
        assert pid is not None
        made.engine._local._main = scripted_worker.sleeps  # the next one never comes up
        os.kill(pid, signal.SIGKILL)
        made.until(lambda: made.engine._local.status.state == "down")
        assert made.answer() == 1.0
        assert made.told.empty()
        made.begin(scripted_driver.HEAD_SILENT)
        kinds = {made.told.get(timeout=5.0).kind for _ in range(2)}
        assert kinds == {AlarmKind.CLUSTER_LOST, AlarmKind.WORKER_DOWN}
        with pytest.raises(EngineUnavailableError):
            made.engine.submit_pictures(PICTURES).result(10.0)


@pytest.mark.slow
def test_stopping_fails_what_waits(tiny_artefact: Path, tmp_path: Path) -> None:
    with Cluster(tiny_artefact, tmp_path) as made:
        made.until(lambda: made.engine.embedders)
        made.begin(scripted_driver.STOPPED)
        waiting = made.engine.submit_pictures(PICTURES)
    with pytest.raises(EngineUnavailableError, match="the service stops"):
        waiting.result(0.0)
