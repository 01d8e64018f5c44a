"""Rendered lifts on disk and the batches made of them: whole, repeatable, true to their labels."""

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.data import augment, episodes
from ml.data.episodes import Episodes
from ml.data.rendered import PlainLifts, RenderedLift, load, prepare, render_lift


def test_the_same_seed_gives_the_same_bytes(lift_files: list[Path]) -> None:
    """What another process wrote to disk equals what is rendered here."""
    stored, fresh = load(lift_files[0]), render_lift(1, 2)
    np.testing.assert_array_equal(stored.images, fresh.images)
    np.testing.assert_array_equal(stored.bars, fresh.bars)


def test_both_states_are_there_and_pictures_come_in_threes(lift_files: list[Path]) -> None:
    """Two passages: one open, one closed, three pictures each with one label."""
    lift = load(lift_files[0])
    assert lift.images.shape == (6, 200, 200, 3)
    assert lift.is_open.tolist() == [True] * 3 + [False] * 3


def test_preparing_again_renders_nothing_new(lift_files: list[Path]) -> None:
    """Files that are there are kept as they are."""
    folder = lift_files[0].parent
    before = PlainLifts(2).path(folder, 1).stat().st_mtime_ns
    assert list(prepare(folder, [1], PlainLifts(2), workers=1)) == [PlainLifts(2).path(folder, 1)]
    assert PlainLifts(2).path(folder, 1).stat().st_mtime_ns == before


def test_episodes_are_set_by_seed_and_step(lift_files: list[Path]) -> None:
    """Step 7 is the same episode whether one starts at 0 or resumes at 7, anywhere; step 8 is another."""
    drawn = Episodes(lift_files, lifts=2, passages=2, seed=5)
    first = drawn.episode(7, {})
    resumed = Episodes(lift_files, lifts=2, passages=2, seed=5, first_step=7)
    again = next(iter(pickle.loads(pickle.dumps(resumed))))  # as it reaches a process that loads
    np.testing.assert_array_equal(first.images.numpy(), again.images.numpy())
    assert not np.array_equal(first.images.numpy(), drawn.episode(8, {}).images.numpy())


def test_a_loader_forgets_the_oldest_lifts_where_memory_ends(
    lift_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Room for two lifts: the same episodes come out, and no more than two stay."""
    drawn = Episodes(lift_files, lifts=3, passages=2, seed=1)
    whole = drawn.episode(0, {})
    monkeypatch.setattr(episodes, "CACHED_BYTES", 2 * load(lift_files[0]).images.nbytes)
    cache: dict[Path, RenderedLift] = {}
    for step in range(4):
        drawn.episode(step, cache)
        assert len(cache) <= 2
    np.testing.assert_array_equal(drawn.episode(0, cache).images.numpy(), whole.images.numpy())


def test_an_episode_holds_both_states_of_each_lift(lift_files: list[Path]) -> None:
    """Half of each lift's passages are open; a passage's three pictures are in a row, in order of time."""
    episode = Episodes(lift_files, lifts=2, passages=2, seed=0).episode(0, {})
    assert episode.is_open.tolist() == [1, 1, 1, 0, 0, 0] * 2
    assert episode.images.shape == (12, 200, 200, 3)
    assert episode.open_masks.shape == (2, 200, 200)


def test_a_picture_never_knows_itself(lift_files: list[Path]) -> None:
    """What a lift has watched is some of its other pictures; some lifts have watched none yet."""
    drawn = Episodes(lift_files, lifts=3, passages=2, seed=0)
    watched = np.stack([np.asarray(drawn.episode(step, {}).watched) for step in range(12)])
    assert watched.shape == (12, 3, 6, 6)
    assert not watched[:, :, np.arange(6), np.arange(6)].any()
    of_lift = watched.any(axis=(2, 3))
    assert of_lift.any()
    assert not of_lift.all()


def test_elsewhere_the_carrier_is_not_at_its_place() -> None:
    """The middle of the carrier is far away, or it is twice as large or half as small."""
    for seed in range(200):
        matrix = augment.elsewhere(np.random.default_rng(seed))
        moved = np.hypot(*(matrix @ [100, 100, 1] - [100, 100, 1])[:2])
        scale = np.sqrt(np.linalg.det(matrix[:2, :2]))
        assert moved > 65 or scale < 0.5 or scale > 2


def test_mask_and_picture_move_together() -> None:
    """A bar drawn in the picture stays under its mask whatever the lift's geometry."""
    bar = np.zeros((200, 200), np.uint8)
    cv2.line(bar, (60, 90), (140, 110), 255, 5)
    for seed in range(10):
        matrix = augment.lift_geometry(np.random.default_rng(seed))
        mask, picture = augment.warp(bar, matrix, nearest=True), augment.warp(bar, matrix)
        assert (picture[mask > 0] > 100).mean() > 0.9


def test_about_centre_by_hand() -> None:
    """A doubling about (100, 100) with a shift of (5, -3) sends (110, 100) to (125, 97)."""
    matrix = augment.about_centre(np.eye(2) * 2, (5, -3))
    np.testing.assert_allclose(matrix @ [110, 100, 1], [125, 97, 1])


@pytest.mark.parametrize("change", [augment.colours, augment.optics, augment.clutter])
def test_picture_changes_keep_shape_and_input(change: object) -> None:
    """Each change returns uint8[200, 200, 3], leaves its input alone and is set by its generator."""
    assert callable(change)
    image = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    kept = image.copy()
    for seed in range(20):
        out = change(image, np.random.default_rng(seed))
        assert (out.shape, out.dtype) == ((200, 200, 3), np.uint8)
        np.testing.assert_array_equal(out, change(image, np.random.default_rng(seed)))
    np.testing.assert_array_equal(image, kept)


def test_a_redrawn_mask_is_still_the_bar() -> None:
    """Another hand's mask stays black and white, not empty, and near the first."""
    bar = np.zeros((200, 200), np.uint8)
    cv2.polylines(bar, [np.array([[40, 120], [50, 60], [150, 60], [160, 120]])], False, 255, 4)
    near = cv2.dilate(bar, np.ones((21, 21), np.uint8))
    for seed in range(20):
        out = augment.redraw(bar, np.random.default_rng(seed))
        assert set(np.unique(out)) == {0, 255}
        assert (near[out > 0] > 0).all()
