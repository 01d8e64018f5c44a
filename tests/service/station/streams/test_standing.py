"""A line that stands and sets off again, in encoded recordings: what is spared, and that nothing is missed.

Each is watched twice, with everything decoded and with what `Sparing` leaves; both must find the same.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.domain.alarm import AlarmKind
from tests.service.passages.scripted import Scene, frames, watched
from tests.service.station.streams.still import Watched, encode, watch

STOP_S, START_S = 26.0, 58.0
SCENE = Scene(
    seconds=75.0,
    way_per_s=0.3,
    carriers=tuple(1.0 + 4.0 * k for k in range(12)),
    pace=((STOP_S, 0.0), (START_S, 1.0)),
    people=0,
    noise=0.6,
)
SHORT = replace(SCENE, seconds=49.0, pace=((STOP_S, 0.0), (43.0, 1.0)))
KEY_EVERY = 13
"""Of 12.5 pictures a second."""


def both(scene: Scene, path: Path, **encoder: Any) -> tuple[Watched, Watched]:
    """The recording of a scene, watched with everything decoded, and with what is spared."""
    recording = encode(path, frames(scene), **({"key_every": KEY_EVERY} | encoder))
    return watch(watched(scene), recording, spare=False), watch(watched(scene), recording)


def assert_same(whole: Watched, spared: Watched) -> None:
    """The same carriers at the same times, as well seen, none of them later; and no alarm."""
    assert len(spared.passages) == len(whole.passages)
    for one, other in zip(whole.passages, spared.passages, strict=True):
        assert other.t_end_s == pytest.approx(one.t_end_s, abs=0.1)
        assert other.t_middle_s == pytest.approx(one.t_middle_s, abs=0.25)
        for before, after in zip(one.pictures, other.pictures, strict=True):
            assert after.problem == before.problem
            assert after.quality >= before.quality - 0.1
    assert max(spared.late_s) < 0.3
    assert spared.health == whole.health == []


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Watched, Watched]:
    return both(SHORT, tmp_path_factory.mktemp("standing") / "a.mp4")


@pytest.mark.thorough
def test_a_standing_line_is_watched_by_key_frames_and_no_carrier_is_missed(
    seen: tuple[Watched, Watched],
) -> None:
    """The carrier that stood on the track is found as if all had been decoded, as are those after it."""
    whole, spared = seen
    assert len(whole.passages) == 7
    assert_same(whole, spared)
    assert whole.left_out == 0
    assert spared.left_out >= 2 * (KEY_EVERY - 1)


@pytest.mark.thorough
def test_frames_come_in_order_and_say_when_others_were_left_out(seen: tuple[Watched, Watched]) -> None:
    """Each once; the count goes on as if all had come; after the restart no picture is missing."""
    whole, spared = seen
    times = [frame.t_s for frame in spared.frames]
    assert times == sorted(set(times))
    stood = [frame for frame in spared.frames if frame.stood]
    assert len(stood) >= 2
    assert {frame.index for frame in stood} <= {frame.index for frame in whole.frames}
    assert spared.frames[-1].index == whole.frames[-1].index
    last_s = stood[-1].t_s
    assert last_s <= 43.0
    after = [frame.t_s for frame in spared.frames if frame.t_s >= last_s]
    assert max(np.diff(after)) < 1.5 / SHORT.fps
    assert {frame.damaged for frame in spared.frames} == {False}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scene", "encoder", "spares"),
    [
        pytest.param(SCENE, {"bf": "2"}, True, id="b-pictures"),
        pytest.param(SCENE, {"codec": "libx265"}, True, id="hevc"),
        pytest.param(
            SCENE,
            {"codec": "libx265", "key_every": KEY_EVERY, "b_pictures": 3},
            True,
            id="hevc-b-pictures",
        ),
        pytest.param(SCENE, {"bf": "2", "x264-params": "open-gop=1"}, False, id="open-groups"),
        pytest.param(SCENE, {"x264-params": "intra-refresh=1"}, False, id="no-key-frames"),
        pytest.param(SCENE, {"key_every": 60}, False, id="rare-key-frames"),
        pytest.param(
            SCENE,
            {"crf": "0", "x264-params": "bitrate=400:vbv-maxrate=500:vbv-bufsize=400"},
            False,
            id="constant-rate",
        ),
        pytest.param(replace(SCENE, noise=4.0), {}, False, id="noise"),
        pytest.param(replace(SCENE, snow=40), {}, False, id="snow"),
        pytest.param(replace(SCENE, people=3), {}, True, id="people"),
        pytest.param(replace(SCENE, pace=((24.6, 0.0), (START_S, 1.0))), {}, True, id="no-carrier-near"),
        pytest.param(
            replace(SCENE, noise=2.0, pace=((24.6, 0.0), (START_S, 1.0))), {}, True, id="by-key-frames-alone"
        ),
        pytest.param(replace(SCENE, pace=((STOP_S, 0.03), (START_S, 1.0))), {}, False, id="creeps"),
    ],
)
def test_whatever_the_camera_and_the_view_the_same_carriers_are_found(
    scene: Scene, encoder: dict[str, Any], spares: bool, tmp_path: Path
) -> None:
    """And where packets or key frames would not tell of a movement in time, everything is decoded."""
    whole, spared = both(scene, tmp_path / "a.mp4", **encoder)
    assert len(whole.passages) >= 9
    assert_same(whole, spared)
    assert (spared.left_out > 0) is spares


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.0, 0.3, 0.6, 0.9])
def test_a_slow_restart_is_seen_wherever_between_two_key_frames_it_begins(
    after_s: float, tmp_path: Path
) -> None:
    """Eight seconds to full speed."""
    ramp = tuple((START_S + after_s + k, (k + 1) / 9) for k in range(8))
    pace = ((STOP_S, 0.0), *ramp, (START_S + after_s + 8.0, 1.0))
    whole, spared = both(replace(SCENE, pace=pace), tmp_path / "a.mp4")
    assert spared.left_out > 50
    assert_same(whole, spared)


@pytest.mark.slow
def test_a_line_that_stands_and_jogs_and_backs_loses_nothing(tmp_path: Path) -> None:
    """Stops and restarts by chance."""
    rng = np.random.default_rng(3)
    for number in range(3):
        pace, at_s = [(STOP_S, 0.0)], STOP_S
        while at_s < 90.0:
            at_s += float(rng.uniform(14.0, 26.0))
            pace += [(at_s, float(rng.choice([1.0, 0.5, 1.0, -0.5])))]
            at_s += float(rng.uniform(0.5, 9.0))
            pace += [(at_s, 0.0)]
        scene = replace(SCENE, seconds=110.0, pace=(*pace, (at_s + 14.0, 1.0)))
        whole, spared = both(scene, tmp_path / f"{number}.mp4")
        assert spared.left_out > 0
        assert len(spared.passages) == len(whole.passages)
        for one, other in zip(whole.passages, spared.passages, strict=True):
            assert [each.problem for each in other.pictures] == [each.problem for each in one.pictures]
            assert other.t_middle_s == pytest.approx(one.t_middle_s, abs=0.4)
        assert max(spared.late_s) < 1.2


@pytest.mark.slow
@pytest.mark.parametrize("brightness", [0.02, 0.4])
def test_a_view_that_changes_while_key_frames_alone_are_decoded_is_judged_as_ever(
    brightness: float, tmp_path: Path
) -> None:
    """The lamps go out while the line stands: seen with the next key frame, and said as ever."""
    light = list(frames(SCENE))
    dark = list(frames(replace(SCENE, brightness=brightness)))
    cut = round(48.0 * SCENE.fps)
    recording = encode(tmp_path / "a.mp4", [*light[:cut], *dark[cut:]], key_every=KEY_EVERY)
    whole = watch(watched(SCENE), recording, spare=False)
    spared = watch(watched(SCENE), recording)
    assert spared.left_out > 0
    assert [(each.kind, each.active) for each in spared.health] == [
        (each.kind, each.active) for each in whole.health
    ]
    assert (AlarmKind.LOW_VISIBILITY in {each.kind for each in spared.health}) is (brightness < 0.1)
    assert len(spared.passages) == len(whole.passages)
