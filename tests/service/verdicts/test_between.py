"""Pictures from between begin, middle and end: they are judged, and never stored or shown."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from lifts.decision.verdict import Inference, Verdict
from service.domain.arrays import Float32, Image
from service.domain.passage import Picture
from service.inference.inline import InlineEngine
from service.store.database import Store
from service.verdicts.deciding import BUSY
from tests.service.tiny_model import OPEN, passage, picture
from tests.service.verdicts.test_pipeline import House


class Counting:
    """An engine that counts the pictures of each request, and answers when it is told to."""

    def __init__(self, model: InlineEngine) -> None:
        self._model, self.manifest, self.status = model, model.manifest, model.status
        self.asked: list[int] = []
        self.held: list[tuple[Future[Inference], Image, Float32 | None]] = []
        self.holds = False

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        self.asked.append(len(images))
        if not self.holds:
            return self._model.submit_pictures(images, references)
        self.held.append((Future(), images, references))
        return self.held[-1][0]

    def submit_look(self, images: Image) -> Future[Image]:
        return self._model.submit_look(images)

    def submit_kept(self, packed: Image, references: Float32 | None = None) -> Future[Inference]:
        return self._model.submit_kept(packed, references)

    def submit_masks(self, masks: Image) -> Future[Float32]:
        return self._model.submit_masks(masks)

    def release(self) -> None:
        for answer, images, references in self.held:
            answer.set_result(self._model.submit_pictures(images, references).result())


@pytest.fixture
def engine(inline_engine: InlineEngine) -> Counting:
    return Counting(inline_engine)


@pytest.fixture
def house(store: Store, engine: Counting, inline_engine: InlineEngine, tmp_path: Path) -> Iterator[House]:
    made = House(store, engine, tmp_path / "data", inline_engine)
    yield made
    made.pipeline.stop()


def send(house: House, name: str) -> None:
    """A carrier that is open in all pictures: three, a second apart, and nine from between."""
    made = passage(name, [picture(OPEN)] * 3, time.monotonic())
    between = tuple(Picture(picture(OPEN), None, 0.1 + 0.2 * k, 1.0) for k in range(9))
    house.pipeline.on_event(replace(made, between=between))


def test_twelve_pictures_are_judged_and_three_are_kept(house: House, engine: Counting) -> None:
    """The network gets all; record, evidence, maps and distances are of begin, middle and end."""
    send(house, "dozen")
    record = house.record("dozen")
    assert engine.asked == [12]
    assert record.judgement.verdict is Verdict.OPEN
    assert len(record.judgement.images) == len(record.pictures) == 3
    assert [shown.t_s for shown in record.pictures] == [0.0, 1.0, 2.0]
    house.pipeline.stop()
    assert len(list(house.pictures.folder.rglob("*.jpg"))) == 3
    assert len(list(house.pictures.folder.rglob("*.png"))) == 3


def test_while_others_wait_only_three_are_judged(house: House, engine: Counting) -> None:
    """The network's time is bounded: nobody waits for further pictures, and it is counted."""
    engine.holds = True
    names = [f"p{n}" for n in range(BUSY + 2)]
    for name in names:
        send(house, name)
    assert engine.asked == [12] * BUSY + [3] * 2
    engine.release()
    assert {house.record(name).judgement.verdict for name in names} == {Verdict.OPEN}
    assert house.pipeline.counts()["passages_shortened"] == 2
