"""A picture and its labels are born together: bar pixels, state, occupancy, determinism."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lifts.geometry import to_canonical
from ml.scene.conditions import sample_conditions, sample_riders, sample_slips
from ml.scene.lift import LiftScene
from ml.scene.masks import draw_masks
from ml.scene.passage import CLOSED_BELOW, Circumstances, Neighbour, Slip, light_of, plain
from ml.scene.render import render_registered
from ml.scene.sampling import make_lift, sample_lift
from ml.scene.world.people import sample_person
from ml.scene.world.raster import Light


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("seed", [1, 5, 9, 14, 31, 44])
@pytest.mark.parametrize("opening", [0.0, 1.0])
def test_the_mask_lies_on_the_rendered_bar_without_registration_error(seed: int, opening: float) -> None:
    scene = sample_lift(seed)
    masks = draw_masks(scene)
    own, other = (masks.open, masks.close) if opening else (masks.close, masks.open)
    bar = render_registered(scene, plain(scene, opening), 1).bar
    shown = bar > 0 if scene.style.hidden else bar == 1
    near = [cv2.dilate(m, np.ones((7, 7), np.uint8)) > 0 for m in (own, other)]
    covered = (shown & near[0]).sum() / max(shown.sum(), 1)
    assert covered > 0.7
    assert covered > (shown & near[1]).sum() / max(shown.sum(), 1)


def _front_scene() -> LiftScene:
    return next(s for s in map(sample_lift, range(200)) if abs(s.azimuth_deg) < 40 and s.spec.seats >= 4)


def test_a_rear_view_of_the_closed_bar_is_mostly_hidden_by_the_back() -> None:
    spec = sample_lift(1).spec
    bar = replace(spec.bar, rest="none", loop=False, post=False, shape="u", front_y=0.28, hinge_y=0.4)
    spec = replace(spec, back="panel", back_m=0.6, bar=bar)
    views = (make_lift(k, _rng(k), spec=spec, azimuth_deg=178.0) for k in range(20))
    scene = next(s for s in views if abs(s.eye.position[1]) < 0.12 * s.depth_m)
    closed = render_registered(scene, plain(scene, 0.0), 1).bar
    opened = render_registered(scene, plain(scene, 1.0), 1).bar
    hidden = [float((bar == 2).sum() / (bar > 0).sum()) for bar in (closed, opened)]
    assert hidden[0] > hidden[1] + 0.15


def test_a_body_before_the_bar_hides_it() -> None:
    scene = _front_scene()
    empty = plain(scene, 1.0)
    riders = tuple(replace(sample_person(_rng(k), child=False), arms="lap") for k in range(scene.spec.seats))
    full = replace(empty, riders=riders)
    before, after = (render_registered(scene, c, 1).bar for c in (empty, full))
    assert np.array_equal(before > 0, after > 0) or (before > 0).sum() == pytest.approx(
        (after > 0).sum(), rel=0.1
    )
    assert (after == 2).sum() >= (before == 2).sum()


@pytest.mark.parametrize(
    ("opening", "is_open"), [(0.0, False), (CLOSED_BELOW, False), (0.13, True), (0.5, True), (1.0, True)]
)
def test_open_means_not_fully_down(opening: float, is_open: bool) -> None:
    scene = sample_lift(2)
    assert plain(scene, opening).is_open is is_open


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("occupied", [True, False])
def test_drawn_conditions_keep_what_was_asked_for(is_open: bool, occupied: bool) -> None:
    scene = sample_lift(4)
    for k in range(40):
        c = sample_conditions(scene, _rng(k), is_open=is_open, occupied=occupied)
        assert c.is_open is is_open
        assert c.occupied is occupied
        assert len(c.riders) == scene.spec.seats


def test_half_lowered_bars_are_a_few_per_cent_of_the_open_ones() -> None:
    scene = sample_lift(4)
    openings = [sample_conditions(scene, _rng(k), is_open=True).opening for k in range(400)]
    assert 0.02 < np.mean([o < 0.9 for o in openings]) < 0.14


@pytest.mark.parametrize("position", [0, 1, 2])
def test_the_same_seed_gives_the_same_bytes(position: int) -> None:
    scene = sample_lift(8)
    c = sample_conditions(scene, _rng(3))
    first, second = (render_registered(scene, c, position, 5) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.bar, second.bar)
    assert first.image.dtype == np.uint8
    assert first.image.shape == (200, 200, 3)


def test_positions_show_the_carrier_in_another_perspective() -> None:
    scene = sample_lift(8)
    bars = [render_registered(scene, plain(scene, 1.0), k).bar > 0 for k in range(3)]
    assert (bars[0] != bars[2]).sum() > 20


def test_a_registration_error_moves_the_picture() -> None:
    scene = sample_lift(8)
    c = plain(scene, 1.0)
    moved = replace(c, slips=(Slip(), Slip(dx=6.0, dy=-3.0), Slip()))
    a, b = (render_registered(scene, k, 1).bar > 0 for k in (c, moved))
    ya, xa = (float(v.mean()) for v in np.nonzero(a))
    yb, xb = (float(v.mean()) for v in np.nonzero(b))
    assert xb - xa == pytest.approx(6, abs=1.0)
    assert yb - ya == pytest.approx(-3, abs=1.0)


def test_every_factor_is_recorded() -> None:
    scene = sample_lift(8)
    rendered = render_registered(scene, sample_conditions(scene, _rng(1)), 0)
    assert set(Circumstances.__dataclass_fields__) <= set(rendered.metadata)


def test_fog_hides_and_the_sun_lights() -> None:
    scene = sample_lift(8)
    clear, foggy = plain(scene, 1.0), replace(plain(scene, 1.0), fog_per_m=0.2)
    contrast = [float(render_registered(scene, c, 1).image.std()) for c in (clear, foggy)]
    assert contrast[1] < contrast[0]
    assert max(light_of(replace(clear, light="sun")).sun_rgb) > max(light_of(clear).sun_rgb)


def test_registration_errors_lie_along_the_motion_and_are_largest_at_the_ends() -> None:
    scene = sample_lift(8)
    rng = _rng(4)
    drawn = [sample_slips(scene, rng) for _ in range(600)]
    along = np.array(
        [[np.dot((s.dx, s.dy), w) for s, w in zip(d, scene.motions, strict=True)] for d in drawn]
    )
    across = np.array(
        [[s.dx * -w[1] + s.dy * w[0] for s, w in zip(d, scene.motions, strict=True)] for d in drawn]
    )
    assert along.std(0) == pytest.approx([3.5, 1.4, 3.5], rel=0.15)
    assert across.std(0) == pytest.approx([1.1, 1.1, 1.1], rel=0.15)
    assert abs(along[:, 1].mean()) < 0.3
    assert np.abs(along).max() <= 14


def test_a_near_lamp_lights_what_is_near_it() -> None:
    light = Light((0.0, 1.0, 0.0), (1, 1, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0), 0.0, 1.0, lamp_m=4.0)
    points = np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [3.0, 0.0, 0.0]])
    towards, strength = light.reaching(points)
    assert strength == pytest.approx([1.0, 4.0, 16 / 25])  # the inverse square, 1 at the origin
    assert towards[2] == pytest.approx([-0.6, 0.8, 0.0])
    shown = light.shade(np.full((3, 3), 0.5), np.tile([0.0, 1.0, 0.0], (3, 1)), np.ones(3), strength, towards)
    assert shown[1, 0] > shown[0, 0] > shown[2, 0]


def test_lamps_are_seen_with_their_halo() -> None:
    scene = next(
        s
        for s in map(sample_lift, range(60))
        if (np.abs(s.eye.project(s.place.lamps[:1], to_canonical(s.pose(s.origins[1])))[0] - 100) < 80).all()
    )
    dark = replace(plain(scene, 1.0), light="night", light_level=0.4)
    off, on = (render_registered(scene, c, 1).image.astype(int) for c in (dark, replace(dark, lamps=1)))
    assert (on - off).max() > 60
    assert np.quantile(on - off, 0.01) >= -6  # the coder's rounding, nothing darker


def test_what_is_on_the_lens_stays_and_what_falls_does_not() -> None:
    scene = sample_lift(8)
    flakes = replace(plain(scene, 1.0), snow=0.6)
    drops = replace(plain(scene, 1.0), drops=1.0, lens=5)
    first, second = (render_registered(scene, flakes, 1, k).image.astype(int) for k in (1, 2))
    assert np.abs(first - second).mean() > 2
    first, second = (render_registered(scene, drops, 1, k).image.astype(int) for k in (1, 2))
    other = render_registered(scene, replace(drops, lens=6), 1, 1).image.astype(int)
    apart = np.abs(first - second).mean()  # the coder's grid lies elsewhere
    assert apart < 2
    assert np.abs(first - other).mean() > 2 * apart


@pytest.mark.parametrize("seed", [17, 24, 30011])
def test_the_carrier_before_does_not_hide_the_one_that_is_watched(seed: int) -> None:
    """Cameras on the line's axis, where the next carrier would be in front at the spacing drawn."""
    scene = sample_lift(seed)
    assert scene.spacing_m > 14
    riders = sample_riders(_rng(), scene.spec.seats, True)
    others = tuple(Neighbour(side * scene.spacing_m, False, 1.0, riders) for side in (-1, 1))
    alone = plain(scene, 0.0)
    seen = [
        int((render_registered(scene, c, 1).bar == 1).sum())
        for c in (alone, replace(alone, neighbours=others))
    ]
    assert seen[1] >= 0.95 * seen[0] > 0
