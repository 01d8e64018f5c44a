"""Textured lifts show what their case says, whatever is behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lifts.schema import MaskPair
from ml.data import textured
from ml.data.benchmark import checksum
from ml.data.photographs import Use
from ml.data.textured import (
    OF_THE_EXPOSURE,
    TEXTURED_FIRST_SEED,
    Case,
    PooledGrain,
    TexturedLifts,
    _conditions,
    textured_lift,
)
from ml.scene.lift import LiftScene
from ml.scene.masks import HABITS, Habit
from ml.scene.passage import Circumstances, plain
from ml.scene.render import Rendered, Take, render_takes
from ml.scene.texture.backdrop import placed
from ml.scene.texture.patterns import rock
from ml.scene.world.people import sample_person

SEEDS = range(TEXTURED_FIRST_SEED, TEXTURED_FIRST_SEED + 12)


def _drawn(seed: int, case: Case) -> Circumstances:
    return _conditions(
        textured_lift(seed, case), np.random.default_rng(seed), case, is_open=True, training=True
    )


def test_takes_are_three_pictures_in_a_row_of_one_state_and_the_seed_decides() -> None:
    """Two passages in two takes: four times three pictures; open first; each take shows other pictures."""
    recipe = TexturedLifts(passages=2, takes=2)
    lift = recipe.render(TEXTURED_FIRST_SEED)
    assert lift.images.shape == (12, 200, 200, 3)
    assert lift.is_open.tolist() == [True] * 6 + [False] * 6
    assert np.array_equal(lift.bars[0], lift.bars[3])
    assert not np.array_equal(lift.images[0], lift.images[3])
    assert checksum(recipe.render(TEXTURED_FIRST_SEED)) == checksum(lift)


def test_recipes_have_files_of_their_own(tmp_path: Path) -> None:
    recipes = [
        TexturedLifts(2),
        TexturedLifts(2, 3),
        TexturedLifts(2, case="legs"),
        TexturedLifts(2, photographs=tmp_path),
        TexturedLifts(2, photographs=tmp_path, use="test"),
        TexturedLifts(2, photographs=tmp_path, use="test", only_photographs=True),
    ]
    assert len({recipe.path(tmp_path, 1) for recipe in recipes}) == len(recipes)


def test_a_child_is_alone_on_a_bench_for_eight() -> None:
    for seed in SEEDS:
        riders = [rider for rider in _drawn(seed, "child").riders if rider]
        assert textured_lift(seed, "child").spec.seats == 8
        assert len(riders) == 1
        assert riders[0].size < 0.8


def test_legs_are_seen_from_behind_below_a_high_back() -> None:
    for seed in SEEDS:
        lift = textured_lift(seed, "legs")
        assert abs(lift.azimuth_deg) > 145
        assert lift.spec.back_m >= 0.6
        assert _drawn(seed, "legs").occupied


def test_somebody_behind_stands_farther_from_the_camera_than_the_empty_bench() -> None:
    for seed in SEEDS:
        lift, c = textured_lift(seed, "behind"), _drawn(seed, "behind")
        assert not c.occupied
        away = -lift.eye.position * [1, 0, 1]
        away /= np.linalg.norm(away)
        beyond = [who for who in c.standers if np.array([who.x, 0, who.z]) @ away > 0.4]
        assert beyond


def test_alone_there_is_nobody_else_in_the_picture() -> None:
    for seed in SEEDS:
        c = _drawn(seed, "alone")
        assert not c.occupied
        assert not c.standers
        assert not c.neighbours


@pytest.mark.parametrize(("case", "occupied"), [("empty", False), ("occupied", True)])
def test_empty_and_occupied_are_what_they_say(case: Case, occupied: bool) -> None:
    assert all(_drawn(seed, case).occupied is occupied for seed in SEEDS)


def test_what_a_take_draws_anew_are_circumstances_that_move_nothing() -> None:
    """Anything that moves a solid would part the takes from their common labels."""
    moving = {
        "opening",
        "riders",
        "pitch",
        "roll",
        "bubble",
        "slips",
        "standers",
        "neighbours",
        "light",
        "rime",
    }
    assert set(OF_THE_EXPOSURE) <= set(Circumstances.__dataclass_fields__) - moving


def test_a_rider_whom_the_seat_hides_is_drawn_again_in_training_and_kept_in_the_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is ever seen here: training tries a few times, the test takes what comes."""
    tried = []

    def passage(self: TexturedLifts, lift: LiftScene, *_: object, is_open: bool) -> list[list[Rendered]]:
        tried.append(is_open)
        c = Circumstances(opening=float(is_open), riders=(sample_person(np.random.default_rng(1)),))
        shown = render_takes(
            lift, plain(lift, c.opening), 1, [Take(plain(lift, c.opening))], np.random.default_rng(1)
        )
        return [[replace(shown[0], occupied=True, rider=np.zeros((200, 200), np.uint8))]] * 3

    monkeypatch.setattr(TexturedLifts, "_passage", passage)
    TexturedLifts(2).render(TEXTURED_FIRST_SEED)
    assert tried == [True] * 5 + [False] * 5
    tried.clear()
    TexturedLifts(2, use="test").render(TEXTURED_FIRST_SEED)
    assert tried == [True, False]


def test_training_lifts_are_judged_by_masks_as_people_draw_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in five keep the lift's own; each habit has its share of the others. Tests keep all their own."""
    drawn: list[Habit] = []

    def draw(lift: LiftScene, habit: Habit, rng: np.random.Generator) -> MaskPair:
        del lift, rng
        drawn.append(habit)
        return MaskPair(open=np.full((200, 200), 255, np.uint8), close=np.zeros((200, 200), np.uint8))

    monkeypatch.setattr(textured, "draw_habitual", draw)
    lift = textured_lift(TEXTURED_FIRST_SEED, "any")

    def masks(use: Use) -> list[MaskPair | None]:
        recipe = TexturedLifts(2, use=use)
        return [recipe._masks(lift, np.random.default_rng([seed, 6])) for seed in range(400)]

    kept = sum(found is None for found in masks("train"))
    assert kept == 400 - len(drawn)
    assert kept == pytest.approx(160, abs=40)
    assert set(drawn) == set(HABITS)
    assert min(drawn.count(habit) for habit in HABITS) >= 10
    assert masks("test") == [None] * 400


def test_pooled_noise_is_normal_and_never_the_same_picture_twice() -> None:
    """What a picture's grain takes from the pool begins anywhere; all else is numpy's own."""
    pool = np.random.default_rng(1).standard_normal(50_000, np.float32)
    drawn = PooledGrain(np.random.PCG64(2), pool)
    first, second = (drawn.standard_normal((40, 50, 3), np.float32) for _ in range(2))
    assert first.shape == (40, 50, 3)
    assert first.dtype == np.float32
    assert abs(float(first.std()) - 1) < 0.1
    assert not np.array_equal(first, second)
    plain_numbers = np.random.Generator(np.random.PCG64(3)).standard_normal(4)
    assert np.array_equal(PooledGrain(np.random.PCG64(3), pool).standard_normal(4), plain_numbers)


def test_a_take_is_composed_as_a_single_picture_is_but_for_rounding() -> None:
    """Composing at the picture's own size, which is faster, blurs edges by a fraction of a pixel at most."""
    lift = textured_lift(TEXTURED_FIRST_SEED, "empty")
    c = plain(lift, 0.0)
    rng = np.random.default_rng(1)
    behind = replace(placed("rock", rock(rng), lift.pose(lift.origins[1]), rng, (0.4, 0.6)), beyond_m=0.0)
    one = render_takes(lift, c, 1, [Take(c, behind)], np.random.default_rng(2))[0]
    two = render_takes(lift, c, 1, [Take(c, behind)] * 2, np.random.default_rng(2))[0]
    change = np.abs(one.image.astype(int) - two.image)
    assert change.mean() < 2.5
    assert np.array_equal(one.bar, two.bar)
