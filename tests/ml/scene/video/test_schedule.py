"""A video's ground truth agrees with the track, and its carriers are where the track says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from lifts.arrays import UInt8
from lifts.geometry import middle_fraction, pose_at
from ml.scene.lift import LiftScene
from ml.scene.passage import plain
from ml.scene.sampling import sample_lift
from ml.scene.video.file import frames, render_video
from ml.scene.video.schedule import (
    CarrierPlan,
    VideoSchedule,
    ground_truth,
    sample_schedule,
    speed_m_s,
    truths,
)


def _schedule(scene: LiftScene, *openings: float, interval_s: float = 5.0) -> VideoSchedule:
    riders = (None,) * scene.spec.seats
    base = replace(plain(scene, 0.0), light="sun")
    return VideoSchedule(base, tuple(CarrierPlan(o, riders) for o in openings), interval_s)


@pytest.mark.parametrize("seed", [1, 17, 20001])
def test_the_carrier_is_at_the_tracks_poses_at_the_true_times(seed: int) -> None:
    scene = sample_lift(seed)
    schedule = _schedule(scene, 1.0, 0.0)
    track = scene.lift.track
    assert track is not None
    speed = speed_m_s(scene, schedule)
    for truth in truths(scene, schedule):
        for t, pose in (
            (truth.t_begin, track.begin),
            (truth.t_middle, track.middle),
            (truth.t_end, track.end),
        ):
            seen = scene.pose(scene.heading * speed * (t - truth.t_middle))
            assert (seen.x, seen.y, seen.scale) == pytest.approx((pose.x, pose.y, pose.scale), rel=1e-6)
        assert 0 < truth.t_begin < truth.t_middle < truth.t_end < schedule.duration_s


def test_between_begin_and_end_the_carrier_follows_pose_at() -> None:
    scene = sample_lift(5)
    track = scene.lift.track
    assert track is not None
    assert middle_fraction(track) == pytest.approx(
        np.linalg.norm(scene.origins[0]) / np.linalg.norm(scene.origins[2] - scene.origins[0]), abs=1e-6
    )
    for progress in (-0.2, 0.1, 0.5, 0.8, 1.2):
        origin = scene.origins[0] + progress * (scene.origins[2] - scene.origins[0])
        expected, got = scene.pose(origin), pose_at(track, progress)
        assert (got.x, got.y, got.scale) == pytest.approx((expected.x, expected.y, expected.scale), rel=1e-3)


def test_truth_names_states_and_occupancy() -> None:
    scene = sample_lift(5)
    schedule = sample_schedule(scene, np.random.default_rng(0), 6, base=plain(scene, 0.0))
    truth = ground_truth(scene, schedule, 25)
    assert len(truth["carriers"]) == 6
    for record, plan in zip(truth["carriers"], schedule.carriers, strict=True):
        assert record["state"] == ("open" if plan.opening > 0.12 else "closed")
        assert record["occupied"] == any(r is not None for r in plan.riders)
    starts = [r["t_begin"] for r in truth["carriers"]]
    assert np.diff(starts) == pytest.approx(schedule.interval_s, abs=1e-3)


@pytest.fixture(scope="module")
def first() -> list[tuple[float, UInt8]]:
    """Two frames of lift 20001, with one open carrier."""
    scene = sample_lift(20001)
    return list(frames(scene, _schedule(scene, 1.0, interval_s=4.0), 3, fps=0.5))


@pytest.mark.thorough
def test_frames_are_a_function_of_the_seed_and_loop_without_a_jump(first: list[tuple[float, UInt8]]) -> None:
    scene = sample_lift(20001)
    second = list(frames(scene, _schedule(scene, 1.0, interval_s=4.0), 3, fps=0.5))
    assert [t for t, _ in first] == [0.0, 2.0]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(first, second, strict=True))
    assert first[0][1].shape == (720, 1280, 3)
    assert not np.array_equal(first[0][1], first[1][1])


def test_a_video_is_h264_of_the_cameras_size(tmp_path: Path) -> None:
    scene = sample_lift(20001)
    truth = render_video(scene, _schedule(scene, 1.0, interval_s=4.0), 0, tmp_path / "a.mp4", fps=1)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 1280, 720)
        assert sum(1 for _ in container.decode(video=0)) == 4
    assert truth["carriers"][0]["state"] == "open"


def test_motion_blurs_what_moves_and_interlace_combs_it(first: list[tuple[float, UInt8]]) -> None:
    scene = sample_lift(20001)
    still = _schedule(scene, 1.0, interval_s=4.0)
    taken = {
        name: next(picture for t, picture in frames(scene, replace(still, base=base), 3, fps=0.5) if t == 2.0)
        for name, base in (
            ("motion", replace(still.base, motion_px=4.0)),
            ("interlace", replace(still.base, interlace=2.5)),
        )
    }
    taken["plain"] = first[1][1]
    plain_rows = taken["plain"].astype(int)
    combed = taken["interlace"].astype(int)
    assert (combed[::2] == plain_rows[::2]).all()  # the even field is the moment's own
    changed = np.abs(combed[1::2] - plain_rows[1::2]).max(2) > 30
    assert 0 < changed.mean() < 0.2  # only what moves is combed
    sharp, soft = (np.abs(np.diff(taken[k].astype(int), axis=1)).sum() for k in ("plain", "motion"))
    assert soft < 0.98 * sharp
    moved = np.abs(taken["motion"].astype(int) - plain_rows).max(2) > 30
    assert 0 < moved.mean() < 0.2


def test_a_hood_is_seen_over_its_carrier() -> None:
    scene = next(s for s in map(sample_lift, range(40)) if s.spec.bubble)
    plans = [CarrierPlan(0.0, (None,) * scene.spec.seats, bubble=b) for b in (0.0, 1.0)]
    lifted, lowered = (
        list(frames(scene, VideoSchedule(plain(scene, 0.0), (plan,), 4.0), 3, fps=0.5))[1][1].astype(int)
        for plan in plans
    )
    assert 0.001 < (np.abs(lifted - lowered).max(2) > 8).mean() < 0.5
