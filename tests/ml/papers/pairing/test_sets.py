"""Partners are of the classes that their pairs say; objects and carriers lie where their boxes say."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from lifts.arrays import Int64
from ml.data.benchmark import parts
from ml.data.counts import TABLE
from ml.data.pictures import read
from ml.data.rendered import RenderedLift, write
from ml.models.getnet import DIGITS
from ml.papers.pairing import carriers
from ml.papers.pairing.carriers import CarrierSet
from ml.papers.pairing.objects import KINDS, LARGEST_PX, SIDE_PX, SMALLEST_PX, ObjectSet, outline
from ml.papers.pairing.pairs import batch_pairs
from ml.papers.pairing.sets import PairingSet, Placed, Split
from ml.systems.siamese import displacements, moved


@dataclass(frozen=True)
class Labelled(PairingSet):
    """Objects of which nothing but their classes is known."""

    given: tuple[int, ...]
    layout = DIGITS
    grey = 0.0

    def labels(self, split: Split) -> Int64:
        return np.array(self.given)

    def place(self, split: Split, rows: Int64, rng: np.random.Generator) -> Placed:
        raise NotImplementedError


def test_pairs_are_what_their_labels_say() -> None:
    """Two for each object, never with itself, and every possible partner is drawn at some time."""
    data = Labelled((2, 0, 1, 0, 1, 1, 2))
    labels = data.labels("test")
    rows, same = data.pairs("test", seed=0)
    assert same.tolist() == [True] * 7 + [False] * 7
    met = set()
    for seed in range(60):
        rows, same = data.pairs("test", seed)
        np.testing.assert_array_equal(labels[rows[:, 0]] == labels[rows[:, 1]], same)
        assert (rows[:, 0] != rows[:, 1]).all()
        met |= {(int(a), int(b)) for a, b in rows}
    assert len(met) == 7 * 6
    np.testing.assert_array_equal(rows, data.pairs("test", 59)[0])


def test_objects_stand_out_of_their_boxes() -> None:
    """Repeatable; the box is as large as asked, inside, and holds the outline and no more."""
    data, rows = ObjectSet(), np.arange(20)
    a, b = (data.place("test", rows, np.random.default_rng(3)) for _ in range(2))
    assert a.pictures.tobytes() == b.pictures.tobytes()
    assert a.pictures.shape == (20, 160, 160, 3)
    np.testing.assert_array_equal(a.labels, data.labels("test")[rows])
    sides = (a.boxes[:, 2:] - a.boxes[:, :2]).max(1)
    assert sides.min() >= SMALLEST_PX
    assert sides.max() <= LARGEST_PX + 2
    assert a.boxes.min() >= 0
    assert a.boxes.max() <= SIDE_PX
    other = data.place("train", rows, np.random.default_rng(3))
    assert a.pictures.tobytes() != other.pictures.tobytes()  # a split's objects are its own


def test_a_kinds_outlines_are_alike_and_the_kinds_are_not() -> None:
    """Two objects of a kind are nearer to each other than to any of another kind, in nine of ten."""
    one, two = ([outline(kind, np.random.default_rng(seed)) for kind in range(KINDS)] for seed in (0, 1))
    distance = np.array([[np.abs(a - b).mean() for b in two] for a in one])
    assert (distance.argmin(1) == np.arange(KINDS)).mean() >= 0.9


@pytest.fixture
def carrier_set(tmp_path: Path) -> CarrierSet:
    """Black pictures of S1 and S2, a third of them closed, with masks that are two lines."""
    masks = np.full((2, 200, 200), 255, np.uint8)
    masks[0, 60:64, 80:130], masks[1, 100:104, 90:150] = 0, 0
    for part in parts(["validation"])[:2]:
        states = np.arange(part.pictures) % 3 > 0
        images = np.zeros((len(states), 200, 200, 3), np.uint8)
        content = RenderedLift(0, images, images[..., 0], images[..., 0], states, states, masks[1], masks[0])
        write(part.path(tmp_path), content)
        sidecar = json.dumps({"pictures": len(states) * [{}]})
        part.path(tmp_path).with_suffix(".json").write_text(sidecar)
    return CarrierSet(tmp_path)


def test_carriers_meet_the_other_state_of_their_own_lift(
    carrier_set: CarrierSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the box goes where the picture goes: to the bars of both masks, seen displaced."""
    two = parts(["validation"])[:2]
    monkeypatch.setattr(carriers, "parts", lambda splits: two)
    labels = carrier_set.labels("validation")
    first = two[0].pictures
    assert labels[:4].tolist() == [0, 1, 1, 0]
    assert labels[first : first + 4].tolist() == [2, 3, 3, 2]
    rows = np.arange(len(labels))
    same, other = carrier_set.partners("validation", rows, np.random.default_rng(0))
    np.testing.assert_array_equal(labels[same], labels)
    np.testing.assert_array_equal(labels[other], labels ^ 1)
    placed = carrier_set.place("validation", rows[:6], np.random.default_rng(1))
    assert placed.pictures.shape == (6, 200, 200, 3)
    masks = read(carrier_set.folder, two[:1]).masks[0]
    drawing = ((masks != masks[:, :1, :1]).any(0) * 255).to(torch.uint8)[None, ..., None]
    drawn = torch.from_numpy(np.random.default_rng(1).random((6, 3), np.float32))
    theta = displacements(drawn, carriers.DISPLACED)
    for box, seen in zip(placed.boxes, moved(drawing.expand(6, -1, -1, 3), theta), strict=True):
        y, x = torch.nonzero(seen[..., 0] > 127, as_tuple=True)
        edges = [int(edge) for edge in (x.min(), y.min(), x.max() + 1, y.max() + 1)]
        np.testing.assert_allclose(np.clip(box, 0, 200), edges, atol=2)


def test_carriers_that_are_judged_are_of_all_positions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin, middle and end of a passage about as often, whether the bar is open or closed: no position
    tells the state. Counted in S11's and S12's files, and by every lift's counts."""
    two = parts(["test"])[10:12]
    for part in two:
        opened, closed = part.counts.test
        images = np.zeros((opened + closed, 200, 200, 3), np.uint8)
        images[:, 0, 0, 0] = np.concatenate([np.arange(opened), np.arange(closed)]) % 3  # its position
        maps, states = images[..., 1], np.arange(len(images)) < opened
        mask = np.eye(200, dtype=np.uint8) * 255
        write(part.path(tmp_path), RenderedLift(0, images, maps, maps, states, states, mask, mask))
        sidecar = json.dumps({"pictures": len(states) * [{}]})
        part.path(tmp_path).with_suffix(".json").write_text(sidecar)
    monkeypatch.setattr(carriers, "parts", lambda splits: two)
    labels = CarrierSet(tmp_path).labels("test")
    positions = carriers._read(tmp_path, "test").images[:, 0, 0, 0]  # where they stand, not displaced
    for label in range(4):
        assert np.ptp(np.bincount(positions[labels == label], minlength=3)) <= 1
    assert len(labels) == pytest.approx(sum(part.pictures for part in two) / 3, abs=4)
    for opened, closed in (counts.test for counts in TABLE):
        rows = carriers.one_of_each_passage(torch.arange(opened + closed) < opened).numpy()
        for state in (rows[rows < opened], rows[rows >= opened] - opened):
            assert np.ptp(np.bincount(state % 3, minlength=3)) <= 1


def test_a_batchs_pairs_stay_in_their_group() -> None:
    """All right pairs and as many wrong ones, none across groups; no more than there are wrong ones."""
    labels = np.array([0, 0, 0, 1, 2, 2, 3, 3])
    rows, same = batch_pairs(labels // 2, labels, np.random.default_rng(0))
    assert same.tolist() == [True] * 5 + [False] * 5
    np.testing.assert_array_equal(labels[rows[:, 0]] == labels[rows[:, 1]], same)
    np.testing.assert_array_equal(labels[rows[:, 0]] // 2, labels[rows[:, 1]] // 2)
    assert len({tuple(row) for row in rows.tolist()}) == 10
    few = np.array([0, 0, 0, 0, 1])
    assert batch_pairs(few * 0, few, np.random.default_rng(0))[1].sum() == 4
