"""Another model: tried beside the one that judges, promoted while carriers pass, and taken back."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from lifts.decision.verdict import Verdict
from service.domain.errors import ConfigurationError, ConflictError
from service.domain.trials.candidate import CandidateKind, CandidateSpec, CandidateState
from service.inference.artefact import read_manifest
from service.inference.engine import WorkerEngine
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.inference.running.switching import SwitchingEngine, engine_of
from service.settings import Settings
from service.store import masks
from service.store.audit import entries
from service.store.database import Store
from service.trials.models import ModelShelf, gentle_worker
from service.variables.promoted import note_promoted, promoted_name
from tests.service.tiny_model import CLOSE, OPEN, write_artefact
from tests.service.trials.house import TrialHouse


class InlineWorker(InlineEngine):
    """An engine in this process that is started and stopped as a worker is."""

    ended = 0

    def __init__(self, path: Path) -> None:
        manifest = read_manifest(path)
        super().__init__(EmbeddingModel.load(path, "cpu", threads=1), manifest)

    def start(self) -> None:
        """It is ready."""

    def stop(self) -> None:
        type(self).ended += 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another artefact. Copy it before changing it."""
    return write_artefact(tmp_path_factory.mktemp("better"), calibration={"scale": 5.0}).parent


@pytest.fixture
def folder(tmp_path: Path, tiny_artefact: Path, made: Path) -> Path:
    """A data folder with the model that ships, and another one on the shelf."""
    shutil.copytree(tiny_artefact.parent, tmp_path / "data" / "shipped")
    shutil.copytree(made, tmp_path / "data" / "models" / "better")
    return tmp_path / "data"


@pytest.fixture
def house(store: Store, folder: Path, inline_engine: InlineEngine) -> Iterator[TrialHouse]:
    shipped = InlineWorker(folder / "shipped" / "tiny.json")
    first = SwitchingEngine(shipped, InlineWorker)  # type: ignore[arg-type]
    made = TrialHouse(store, first, folder, inline_engine, InlineWorker)  # type: ignore[arg-type]
    made.switching = first  # type: ignore[attr-defined]
    yield made
    made.stop()


def better(house: TrialHouse) -> str:
    return read_manifest(house.folder / "models" / "better" / "tiny.json").identity


def test_a_model_is_tried_promoted_and_taken_back(house: TrialHouse) -> None:
    """Shadow and replay judge by it; then it judges, and outlives a restart; the former one comes back."""
    engine = house.pipeline._engine
    shipped = engine.manifest.identity
    spec = CandidateSpec(model="better")
    other = house.trials.propose("lift", CandidateKind.MODEL, spec, "me", shadow=True)
    house.watch(4)
    assert house.compared(other, 4).agreed == 4
    assert house.trials.summary("lift", other.number, house.replay(other)).agreed == 4
    done = house.trials.promote("lift", other.number)
    assert (done.state, done.replaced) == (CandidateState.PROMOTED, CandidateSpec(model=""))
    assert (engine.manifest.identity, promoted_name(house.folder)) == (better(house), "better")
    house.send("after", [OPEN] * 3)
    assert house.record("after").judgement.model == better(house)
    with house.store.reading() as session:
        active = masks.active(session, "lift")
        assert entries.listing(session, action="model.change")
    assert active is not None
    assert active.model == better(house)
    house.trials.roll_back("lift", other.number)
    house.send("back", [CLOSE] * 3)
    assert house.record("back").judgement.model == shipped
    assert (engine.manifest.identity, promoted_name(house.folder)) == (shipped, "")


def test_what_is_in_flight_is_judged_by_what_it_was_sent_with(
    house: TrialHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Masks that the new model has not embedded yet go to the old one: no alarm is lost or mixed."""
    switching: SwitchingEngine = house.switching  # type: ignore[attr-defined]
    shipped = switching.manifest.identity
    spec = CandidateSpec(model="better")
    other = house.trials.propose("lift", CandidateKind.MODEL, spec, "me", shadow=False)
    loaded = threading.Event()
    monkeypatch.setattr(house.pipeline, "reload_all", loaded.set)
    house.trials.promote("lift", other.number, override="to see what is in flight")
    assert loaded.is_set()
    assert engine_of(switching, shipped) is not engine_of(switching, better(house))
    house.send("between", [OPEN] * 3)
    assert house.heard.get(timeout=120).passage_id == "between"
    assert house.record("between").judgement.model == shipped
    monkeypatch.undo()
    house.pipeline.reload_all()
    house.send("after", [OPEN] * 3)
    assert house.heard.get(timeout=120).passage_id == "after"
    assert house.record("after").judgement.model == better(house)
    before = InlineWorker.ended
    switching.retire()
    assert InlineWorker.ended == before + 1
    assert engine_of(switching, shipped).manifest.identity == better(house)


def test_a_damaged_one_is_refused_and_named(house: TrialHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flipped bit: neither tried nor promoted; what judges stays."""
    network = house.folder / "models" / "better" / "tiny.ts"
    network.write_bytes(network.read_bytes()[:-1] + b"!")
    (listed,) = ModelShelf(house.folder).listing()
    assert (listed.name, listed.identity) == ("better", "")
    assert "SHA-256" in listed.problem
    with pytest.raises(ConflictError) as refused:
        house.trials.propose("lift", CandidateKind.MODEL, CandidateSpec(model="better"), "me", shadow=True)
    assert refused.value.code == "model_refused"
    assert promoted_name(house.folder) == ""


def test_the_next_start_takes_what_was_promoted(folder: Path) -> None:
    """Unless the settings name a model; one that is gone is said with the file to remove."""
    assert Settings(data=folder).manifest_path().parent.name == "released"
    note_promoted(folder, "better")
    assert Settings(data=folder).manifest_path() == folder / "models" / "better" / "tiny.json"
    named = folder / "shipped" / "tiny.json"
    assert Settings(data=folder, model=named).manifest_path() == named
    shutil.rmtree(folder / "models" / "better")
    with pytest.raises(ConfigurationError, match=r"judging\.json"):
        Settings(data=folder).manifest_path()
    (folder / "models" / "judging.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"judging\.json"):
        Settings(data=folder).manifest_path()
    note_promoted(folder, "")
    assert Settings(data=folder).manifest_path().parent.name == "released"


@pytest.mark.slow
def test_workers_of_their_own(store: Store, folder: Path, inline_engine: InlineEngine) -> None:
    """The same with processes: a candidate's is gentler than the one that judges, and ends with it."""
    first = WorkerEngine(folder / "shipped" / "tiny.json", threads=1)
    first.start()
    house = TrialHouse(
        store,
        SwitchingEngine(first, partial(WorkerEngine, threads=1)),
        folder,
        inline_engine,
        partial(WorkerEngine, threads=1, main=gentle_worker),
    )
    try:
        spec = CandidateSpec(model="better")
        other = house.trials.propose("lift", CandidateKind.MODEL, spec, "me", shadow=True)
        candidate = house.trials._engines.find("better")
        nice = {pid: _niceness(pid) for pid in (first.status.pid, candidate.status.pid) if pid}
        assert nice == {first.status.pid: 0, candidate.status.pid: 10}
        house.watch(4)
        assert house.compared(other, 4).agreed == 4
        house.trials.promote("lift", other.number)
        house.send("after", [OPEN] * 3)
        assert house.record("after").judgement.verdict is Verdict.OPEN
        assert candidate.status.state == "stopped"
    finally:
        house.stop()
        house.pipeline._engine.stop()  # type: ignore[attr-defined]


def _niceness(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[16])


def test_a_name_is_a_folder_and_nothing_else(folder: Path) -> None:
    """No path leads out of the shelf; a folder with two manifests is none."""
    shelf = ModelShelf(folder)
    assert shelf.path("better").name == "tiny.json"
    (folder / "models" / "better" / "second.json").write_text(json.dumps({}), encoding="utf-8")
    assert [one.problem[:20] for one in shelf.listing()] == ["no model 'better': ex"[:20]]
