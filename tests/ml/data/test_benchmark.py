"""The benchmark's counts are the paper's; its pictures are set by their seeds and carry their labels."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.data.benchmark import (
    FIRST_SEED,
    RECORDINGS,
    SEEN_PX,
    Part,
    alike_parts,
    checksum,
    lift_of,
    parts,
    passages,
    render_parts,
)
from ml.data.counts import ALIKE, SPLITS, TABLE, Counts, pictures, total, unlisted
from ml.data.pictures import read
from ml.data.rendered import load, render_lift
from ml.scene.conditions import sample_riders
from ml.scene.passage import plain
from ml.scene.recording import OF_THE_CAMERA, OF_THE_PASSAGE
from ml.scene.render import render_registered

TINY = Counts("S3", train=(4, 3), validation=(2, 1), test=(3, 3), large=(1, 1))


def test_the_totals_are_the_papers() -> None:
    """Table 1 and Table 3's last lines, and 17,918 pictures in all (section 4.1)."""
    assert total("train") == (1184, 816)
    assert total("validation") == (1184, 879)
    assert total("test") == (8123, 5732)
    assert total("large") == (22161, 14439)
    assert sum(sum(total(split)) for split in ("train", "validation", "test")) == 17_918


def test_rows_by_hand() -> None:
    """Some of Table 1's and 3's rows; a hundred training pictures a lift."""
    rows = {row.lift: row for row in TABLE}
    assert [row.lift for row in TABLE] == [f"S{n}" for n in range(1, 21)]
    assert all(sum(row.train) == sum(row.validation) == 100 for row in TABLE)
    assert rows["S3"].train == (88, 12)
    assert rows["S11"].test == (93, 166)
    assert rows["S20"].large == (2022, 1511)


def test_what_no_row_lists_is_spread_evenly() -> None:
    """63 pictures over 20 lifts: three each, and one more for the first three."""
    assert [unlisted(row) for row in TABLE] == [4, 4, 4] + [3] * 17
    assert pictures(TABLE[0], "validation") == (39, 61 + 4)
    assert pictures(TABLE[0], "train") == (46, 54)


def test_passages_have_three_pictures_and_the_counts_come_out() -> None:
    """Four open pictures are a passage of three and one of one; states come as they are counted."""
    part = Part(TINY, "train")
    taken = [(c.is_open, n) for c, n, _ in passages(part, lift_of(3))]
    assert taken == [(True, 3), (True, 1), (False, 3)]


def test_a_lifts_passages_share_its_recordings() -> None:
    """As many weathers as recordings, the longest most often, one camera for all; people differ."""
    lift = lift_of(3)
    many = Counts("S3", train=(90, 90), validation=(30, 30), test=(90, 90), large=(3, 3))
    drawn = [c for split in SPLITS for c, _, _ in passages(Part(many, split), lift)]
    weathers = Counter((c.light, c.noise, c.warmth) for c in drawn)
    assert len(weathers) == len(RECORDINGS)
    assert max(weathers.values()) > len(drawn) / 2
    assert len({tuple(getattr(c, name) for name in sorted(OF_THE_CAMERA)) for c in drawn}) == 1
    assert len({c.riders for c in drawn}) > len(drawn) // 2
    assert {"riders", "opening", "slips"} <= OF_THE_PASSAGE


def test_the_benchmarks_pictures_are_registered_each_by_itself() -> None:
    """No lift has an offset of its own at begin or end, and no picture is off by more than a few pixels."""
    lift = lift_of(3)
    part = Part(Counts("S3", train=(600, 600), validation=(3, 3), test=(3, 3), large=(3, 3)), "train")
    shifts = np.array([[(s.dx, s.dy) for s in c.slips] for c, _, _ in passages(part, lift)])  # [400, 3, 2]
    assert np.abs(shifts.mean(0)).max() < 0.3
    assert np.sqrt((shifts**2).sum(2).mean(0)) == pytest.approx([1.78] * 3, rel=0.12)  # hypot(1.4, 1.1)


def test_further_lifts_of_the_same_kind_are_others() -> None:
    """S21 to S40: from the same rule as S1 to S20, with seeds of their own, and whole passages alone."""
    named = {counts.lift for counts in (*TABLE, *ALIKE)}
    assert len(named) == len(TABLE) + len(ALIKE) == 40
    assert all(count % 3 == 0 for counts in ALIKE for count in counts.test)
    assert [part.split for part in alike_parts()] == ["test"] * 20
    lift = lift_of(alike_parts()[0].counts.number)
    assert (lift.seed % 100, lift.seed > FIRST_SEED) == (21, True)
    drawn = [c for c, _, _ in passages(alike_parts()[0], lift)]
    assert len(drawn) == 67
    assert len({(c.light, c.noise, c.warmth) for c in drawn}) <= len(RECORDINGS)


@pytest.mark.parametrize("number", [3, 15])
def test_the_bar_of_every_lift_is_seen_from_its_camera(number: int) -> None:
    """S3 and S15, whose first seeds' cameras look at the back of the bench, have others; in both states."""
    lift = lift_of(number)
    assert lift.seed % 100 == number
    assert lift.seed > 30_100
    riders = sample_riders(np.random.default_rng(lift.seed), lift.spec.seats, occupied=True)
    for opening in (0.0, 1.0):
        bar = render_registered(lift, replace(plain(lift, opening), riders=riders), 1).bar
        assert (bar == 1).sum() >= SEEN_PX


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("benchmark")
    assert len(list(render_parts(path, [Part(TINY, "train"), Part(TINY, "validation")], workers=1))) == 2
    return path


def test_files_hold_pictures_labels_and_factors(folder: Path) -> None:
    """Seven training pictures with a record each; validation's unlisted ones are marked."""
    content = load(Part(TINY, "train").path(folder))
    assert content.images.shape == (7, 200, 200, 3)
    assert content.is_open.tolist() == [True] * 4 + [False] * 3
    side = json.loads(Part(TINY, "train").path(folder).with_suffix(".json").read_text())
    record = side["pictures"][0]
    assert record["is_open"] is True
    assert {"opening", "pose", "registered", "light", "slips", "azimuth_deg"} <= record.keys()
    assert side["sha256"] == checksum(content)
    listed = json.loads(Part(TINY, "validation").path(folder).with_suffix(".json").read_text())["pictures"]
    assert [r["listed"] for r in listed] == [True] * 3 + [False] * 4


def test_the_same_seed_gives_the_same_bytes_and_nothing_is_made_twice(folder: Path, tmp_path: Path) -> None:
    """A second folder has the same checksum; a second call touches nothing."""
    part = Part(TINY, "train")
    before = part.path(folder).stat().st_mtime_ns
    again = dict(render_parts(folder, [part], workers=1))
    assert part.path(folder).stat().st_mtime_ns == before
    assert dict(render_parts(tmp_path, [part], workers=1)) == again


def test_reading_joins_lifts_and_puts_the_closed_mask_first(folder: Path) -> None:
    """masks[lift, is_open] is the right mask of a picture."""
    data = read(folder, [Part(TINY, "train")])
    content = load(Part(TINY, "train").path(folder))
    assert len(data) == len(data.factors) == 7
    np.testing.assert_array_equal(data.masks[0, 1].numpy(), content.open_mask)
    np.testing.assert_array_equal(data.masks[0, 0].numpy(), content.close_mask)
    with pytest.raises(FileNotFoundError, match="barwatch render benchmark"):
        read(folder, [Part(TINY, "test")])


def test_every_lift_and_split_has_a_file_of_its_own() -> None:
    """Names do not collide."""
    names = [part.name for part in parts(SPLITS)]
    assert len(set(names)) == len(names) == 80


@pytest.mark.parametrize(
    ("seed", "digest"),
    [(3, "d5bc966a311b6563"), (10_000, "f216d6c9d8659be4"), (10_003, "509d2198c5f99554")],
)
def test_published_lifts_keep_their_pictures_whatever_makes_the_renderer_faster(
    seed: int, digest: str
) -> None:
    """Recorded before the renderer was compiled; another value needs another `LAYOUT`."""
    assert checksum(render_lift(seed, 2)).startswith(digest)
