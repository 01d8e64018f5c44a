"""Variants: how many frames, at what times, with what truth; what is damaged differs and still decodes."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from lifts.folder import read_lift_folder
from ml.evaluate.passages.halts import Halts, edit_truth, sample_halts
from ml.evaluate.passages.packets import damaged, units, with_damaged, with_lost
from ml.evaluate.passages.pictures import decoded, noisy, rate, with_halts
from ml.evaluate.passages.variants import VARIANTS, Prepared, prepare
from ml.evaluate.watching import RenderedRecording
from tests.ml.evaluate.passages.conftest import FRAMES, truth

Place = tuple[Path, RenderedRecording]


def made(place: Place, name: str) -> Prepared:
    return prepare(*place, VARIANTS[name])


def stamps(path: Path) -> list[float]:
    return [float(at_s) for at_s, _ in decoded(path)]


def packets(path: Path) -> list[tuple[int, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts or 0, bytes(packet)) for packet in container.demux(video=0) if packet.size]


def luma(path: Path, frames: Sequence[int]) -> list[np.ndarray]:
    found = {k: frame.to_ndarray(format="gray") for k, (_, frame) in enumerate(decoded(path)) if k in frames}
    return [found[k].astype(np.float64) for k in frames]


@pytest.mark.parametrize(("name", "every"), [("half", 2), ("fps5", 5)])
def test_fewer_frames_keep_their_times(tiny_recording: Place, name: str, every: int) -> None:
    """Every second or fifth frame at the time it had, and a truth that differs in nothing but the rate."""
    found = made(tiny_recording, name)
    assert found.video.name == f"video-{name}.mp4"
    assert stamps(found.video) == pytest.approx([k / 25 for k in range(0, FRAMES, every)], abs=1e-4)
    assert rate(found.video) == pytest.approx(25 / every)
    assert found.truth == {**truth(), "fps": 25 / every}
    original = made(tiny_recording, "original")
    (kept,), (was,) = luma(found.video, [12]), luma(original.video, [12 * every])
    assert np.abs(kept - was).mean() < 6


def test_what_is_made_is_made_once(tiny_recording: Place) -> None:
    """A second asking takes what the first left; without its truth a video counts as cut off."""
    video = made(tiny_recording, "fps5").video
    video.write_bytes(b"kept")
    assert made(tiny_recording, "fps5").video.read_bytes() == b"kept"
    video.with_name("truth-fps5.json").unlink()
    assert len(stamps(made(tiny_recording, "fps5").video)) == FRAMES // 5


def test_few_bits_are_few(tiny_recording: Place) -> None:
    """All frames at their times, in about as many bits a second as were asked for."""
    found = made(tiny_recording, "kbit300")
    assert stamps(found.video) == pytest.approx([k / 25 for k in range(FRAMES)], abs=1e-4)
    assert 8 * found.video.stat().st_size / 12 < 330_000


def test_damaged_packets_differ_and_are_decoded(tiny_recording: Place) -> None:
    """Two of a hundred packets, not the first; headers, lengths, stamps stay; other pictures come of it."""
    found, original = made(tiny_recording, "damaged"), made(tiny_recording, "original")
    before, after = packets(original.video), packets(found.video)
    differ = [k for k, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    assert differ == found.truth["damaged"]
    assert len(differ) == round(0.02 * FRAMES)
    assert differ[0] > 0
    for k in differ:
        (at, was), (at_now, now) = before[k], after[k]
        assert at == at_now
        assert units(was) == units(now)
        assert all(was[start : start + 16] == now[start : start + 16] for start, _ in units(was))
        assert 1 <= sum(a != b for a, b in zip(was, now, strict=True)) <= 16
    shown = [(frame.pts, frame.to_ndarray(format="gray")) for _, frame in decoded(found.video)]
    clean = {frame.pts: frame.to_ndarray(format="gray") for _, frame in decoded(original.video)}
    assert len(shown) > 0.9 * FRAMES
    assert any(not np.array_equal(picture, clean[at]) for at, picture in shown)


def test_a_packet_too_small_to_damage_stays() -> None:
    """Nothing but a length, a header and a few bytes; and a unit that is no picture."""
    rng = np.random.default_rng(0)
    small = (5).to_bytes(4, "big") + bytes([0x41, 1, 2, 3, 4])
    sei = (40).to_bytes(4, "big") + bytes([6]) + bytes(39)
    assert units(small + sei) == [(4, 5), (13, 40)]
    assert damaged(small + sei, rng) == small + sei
    picture = (40).to_bytes(4, "big") + bytes([0x41]) + bytes(39)
    changed = damaged(sei + picture, rng)
    assert changed[:64] == (sei + picture)[:64]
    assert changed != sei + picture


def test_lost_packets_are_gone_and_no_others(tiny_recording: Place) -> None:
    """Two of a hundred fewer, the first still there, each at its own time."""
    found, original = made(tiny_recording, "lost"), made(tiny_recording, "original")
    lost = found.truth["lost"]
    assert len(lost) == round(0.02 * FRAMES)
    kept = [packet for k, packet in enumerate(packets(original.video)) if k not in lost]
    assert packets(found.video) == kept
    assert 0 not in lost


def test_the_seed_decides_what_is_damaged(tiny_video: Path, tmp_path: Path) -> None:
    """The same packets from the same seed, others from another."""
    chosen = [
        with_damaged(tiny_video, tmp_path / f"{k}.mp4", np.random.default_rng(seed))
        for k, seed in enumerate((1, 1, 2))
    ]
    assert chosen[0] == chosen[1] != chosen[2]
    assert (tmp_path / "0.mp4").read_bytes() == (tmp_path / "1.mp4").read_bytes()
    assert with_lost(tiny_video, tmp_path / "lost.mp4", np.random.default_rng(1), share=0.5)[0] > 0


def test_times_move_with_the_frames() -> None:
    """A frame is where the frames before it put it; what comes after a stand comes six seconds later."""
    halts = Halts(25.0, (40, 103), 150, (60, 85))
    shown = [halts.times_shown(k) for k in range(200)]
    assert [halts.to_new_time(k / 25) for k in range(200)] == pytest.approx(
        [sum(shown[:k]) / 25 for k in range(200)]
    )
    assert halts.to_new_time(1.0) == 1.0
    assert halts.to_new_time(1.62) == pytest.approx(7.62)
    assert halts.to_new_time(2.9) == pytest.approx(9.4)  # half of the stretch at half speed
    assert halts.to_new_time(5.0) == pytest.approx(18.0)


def test_times_move_back() -> None:
    """What moved comes back where it was; all of a stand is one moment; without edits times stay."""
    halts = Halts(25.0, (40, 103), 150, (60, 85))
    times = np.linspace(-1.0, 9.0, 777).tolist()
    assert [halts.to_old_time(halts.to_new_time(at)) for at in times] == pytest.approx(times)
    assert [halts.to_old_time(at) for at in (1.6, 3.0, 7.5)] == pytest.approx([1.6] * 3)
    assert Halts.of(edit_truth(truth(), halts)) == halts
    assert Halts.of(truth()).to_old_time(3.21) == 3.21


def test_stands_are_drawn_with_a_carrier_in_view() -> None:
    """One in the second of four carriers, one in the last; the stretch from the third to the end."""
    for seed in range(20):
        halts = sample_halts(truth(), np.random.default_rng(seed))
        first, second = (frame / 25 for frame in halts.stands)
        assert 3.52 < first < 5.52
        assert 9.52 < second < 11.52
        assert halts.creeps == (163, FRAMES)


def test_a_recording_with_stops(tiny_recording: Place) -> None:
    """Longer by two stands and the slow stretch; the truth is where the pictures are."""
    found = made(tiny_recording, "stops")
    halts = sample_halts(truth(), np.random.default_rng(np.random.SeedSequence([10_000, 0, 7, 6])))
    count = sum(halts.times_shown(k) for k in range(FRAMES))
    assert stamps(found.video) == pytest.approx([k / 25 for k in range(count)], abs=1e-4)
    assert found.truth == edit_truth(truth(), halts)
    assert found.truth["duration_s"] == pytest.approx(count / 25)
    middles = [carrier["t_middle"] for carrier in truth()["carriers"]]
    moved = [carrier["t_middle"] for carrier in found.truth["carriers"]]
    assert moved == pytest.approx([halts.to_new_time(at) for at in middles], abs=1e-3)
    original = made(tiny_recording, "original")
    was = luma(original.video, [round(25 * at) for at in middles])
    now = luma(found.video, [round(25 * at) for at in moved])
    others = luma(original.video, [round(25 * at) + 20 for at in middles])
    for a, b, other in zip(was, now, others, strict=True):
        assert np.abs(a - b).mean() < 0.3 * np.abs(a - other).mean()


def test_a_line_that_stands_stays_where_it_is(tiny_video: Path, tmp_path: Path) -> None:
    """Held pictures are like the one they began with, and the line goes on from there."""
    path = tmp_path / "stands.mp4"
    with_halts(tiny_video, path, Halts(25.0, (55,), 20), np.random.default_rng(0))
    stood, (after,) = luma(path, range(55, 76)), luma(path, [76])
    far = np.abs(after - stood[0]).mean()
    assert max(float(np.abs(one - stood[0]).mean()) for one in stood) < 0.5 * far


def test_no_picture_is_shown_twice_alike(tiny_video: Path) -> None:
    """Noise of its own on each, about as strong as a sensor's; colours stay."""
    _, frame = next(decoded(tiny_video))
    rng = np.random.default_rng(0)
    clean, one, other = (
        f.to_ndarray(format="yuv420p") for f in (frame, noisy(frame, rng), noisy(frame, rng))
    )
    assert 2 < np.std(one[:64].astype(float) - clean[:64]) < 4
    assert not np.array_equal(one[:64], other[:64])
    assert np.array_equal(one[64:], clean[64:])


def test_masks_only_leaves_the_video_and_drops_the_references(tiny_recording: Place) -> None:
    """The same file, and a lift folder that reads back with masks and nothing else."""
    found, original = made(tiny_recording, "masks-only"), made(tiny_recording, "original")
    assert (found.video, found.truth) == (original.video, original.truth)
    assert len(read_lift_folder(original.lift).references) == 2
    bare = read_lift_folder(found.lift)
    assert bare.references == {}
    assert np.array_equal(bare.masks.open, read_lift_folder(original.lift).masks.open)
