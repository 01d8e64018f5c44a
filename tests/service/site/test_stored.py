"""A lift learns from what the network made of its carriers before people were hidden in the pictures."""

import tarfile
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from lifts.decision.verdict import Inference
from lifts.folder import read_lift_folder
from lifts.pictures.numbers import PictureNumbers, pack
from lifts.pictures.privacy import hide, shown_area
from service.audit.verification import verify
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError
from service.domain.passage import KeptPicture, Picture
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.settings import Settings
from service.site.stored import inferred, reader
from service.store.database import Store
from service.store.pictures import Pictures, numbers_beside
from service.store.records import PassageRecord
from service.store.upkeep import backup
from service.usecases.deletion import delete_pictures
from service.usecases.samples import sample_folders
from tests.service.store.empty import open_empty
from tests.service.tiny_model import OPEN, picture
from tests.service.verdicts.test_pipeline import House

TINY = ((1, 100), (1,), (1, 0, 0), (1, 0, 0, 0))
"""Shapes of what the tiny network makes of a picture."""

NO_REFERENCES = np.zeros((3, 100), np.float32)


class Late(InlineEngine):
    """An engine that has no time to look at pictures again."""

    def submit_look(self, images: Image) -> Future[Image]:
        failed: Future[Image] = Future()
        failed.set_exception(EngineUnavailableError("too much to do"))
        return failed


def recorded(
    store: Store, folder: Path, engine: InlineEngine, inline: InlineEngine
) -> tuple[PassageRecord, Pictures, dict[str, int]]:
    """An open carrier as it is stored, with people hidden."""
    house = House(store, engine, folder, inline, hides=True)
    house.send("open", [OPEN] * 3)
    house.record("open")
    house.pipeline.stop()
    return house.record("open"), house.pictures, dict(house.pipeline.counts())


def test_the_numbers_are_of_the_carrier_as_it_was(tmp_path: Path, inline_engine: InlineEngine) -> None:
    """Of the picture before anybody was hidden; they are used in place of what is shown."""
    store = open_empty(tmp_path)
    record, pictures, _ = recorded(store, tmp_path, inline_engine, inline_engine)
    store.close()
    shown = reader(pictures, inline_engine.manifest)(record)
    kept = [one for one in shown if isinstance(one, KeptPicture)]
    assert len(kept) == 3
    made = inline_engine.submit_look(picture(OPEN)[None]).result()[0]
    assert all((one.numbers == made).all() for one in kept)
    stored = pictures.read(record.pictures[0].file or "")
    assert (inline_engine.submit_look(stored[None]).result()[0] != made).any()
    found = inferred(inline_engine, shown, NO_REFERENCES)
    judged = inline_engine.submit_pictures(np.stack([picture(OPEN)] * 3), NO_REFERENCES).result()
    assert np.abs(found.embeddings - judged.embeddings).max() < 0.01
    assert (found.occupancy == judged.occupancy).all()


def test_they_mean_nothing_to_another_model(tmp_path: Path, inline_engine: InlineEngine) -> None:
    """Then the pictures are read; a mere change of the model's name keeps the numbers."""
    store = open_empty(tmp_path)
    record, pictures, _ = recorded(store, tmp_path, inline_engine, inline_engine)
    store.close()
    manifest = inline_engine.manifest
    other = manifest.model_copy(update={"version": "2.0"})
    renamed = other.model_copy(update={"formerly": (manifest.identity,)})
    assert all(isinstance(one, Picture) for one in reader(pictures, other)(record))
    assert all(isinstance(one, KeptPicture) for one in reader(pictures, renamed)(record))


def test_they_are_kept_as_their_pictures_are(tmp_path: Path, inline_engine: InlineEngine) -> None:
    """Digests are sealed with the row, a backup has them, a change is found, and they go with the picture."""
    data = tmp_path / "data"
    store = open_empty(data)
    record, pictures, _ = recorded(store, data, inline_engine, inline_engine)
    files = [data / "pictures" / numbers_beside(kept.file or "") for kept in record.pictures]
    assert all(file.stat().st_size < 2000 for file in files)
    assert verify(data).broken == []
    made = backup.make(data, tmp_path / "backups")
    content = files[1].read_bytes()
    with tarfile.open(made) as archive:
        names = set(archive.getnames())
    assert {file.relative_to(data).as_posix() for file in files} <= names
    files[1].write_bytes(content[:-1] + b"x")
    assert [one.link.split(" of passage")[0] for one in verify(data).broken] == ["numbers of picture 2"]
    assert all(isinstance(one, Picture) for one in reader(pictures, inline_engine.manifest)(record))
    files[1].write_bytes(content)
    delete_pictures(store, pictures, "open")
    assert not [file for file in files if file.exists()]
    assert verify(data).broken == []
    assert pictures.save_numbers(record.pictures[0].file or "", np.zeros(9, np.uint8)) is None
    assert not files[0].exists()
    store.close()


def test_no_time_to_look_loses_no_picture(tmp_path: Path, inline_engine: InlineEngine) -> None:
    """The pictures are stored all the same, nothing counts as lost, and they are what is learnt from."""
    store = open_empty(tmp_path)
    late = Late(inline_engine._model, inline_engine.manifest)
    record, pictures, counts = recorded(store, tmp_path, late, inline_engine)
    store.close()
    assert [kept.numbers_sha256 for kept in record.pictures] == [None] * 3
    assert all(kept.sha256 for kept in record.pictures)
    assert not any(counts.values())
    assert all(isinstance(one, Picture) for one in reader(pictures, late.manifest)(record))


def test_the_network_that_ships_compares_by_them_as_by_the_pictures() -> None:
    """Margins within 0.002, chances within 0.01, and less than a fifth of what hiding people changes."""
    model = EmbeddingModel.load(Settings().manifest_path(), "cpu", threads=1, precision="float32")
    sample = read_lift_folder(sample_folders()[0])
    images = np.stack(list(sample.references.values()))
    area = shown_area(sample.masks.open, sample.masks.close)
    hidden = np.stack([hide(image, area) for image in images])
    masks = model.masks(np.stack([sample.masks.open, sample.masks.close]))
    for background in (np.zeros_like(masks[:1]), masks.mean(0, keepdims=True)):
        references: Float32 = np.concatenate([masks, background])
        seen, blurred = model.pictures(images, references), model.pictures(hidden, references)
        kept = model.kept(model.look(images), references)
        by_numbers, by_hidden = _apart(kept, seen), _apart(blurred, seen)
        assert (by_numbers < (0.002, 0.01)).all()
        assert by_numbers[0] < by_hidden[0] / 5
        assert np.abs(kept.riders - seen.riders).max() < 0.1
    with pytest.raises(ValueError, match="another model"):
        model.kept(pack(PictureNumbers(*(np.zeros(shape, np.float32) for shape in TINY)), 0))


def _apart(one: Inference, other: Inference) -> Float32:
    return np.asarray(np.abs(one.matches - other.matches).max(0), np.float32)
