"""What decodes: a device where there is one, the processor elsewhere, and never a failure."""

from pathlib import Path

import pytest

from service.capture import hardware
from service.capture.files import FileSource
from tests.service.capture.videos import write_video


@pytest.fixture(autouse=True)
def _anew() -> None:
    hardware._first.cache_clear()


@pytest.mark.parametrize("wanted", ["auto", "none", "vaapi", "cuda"])
def test_a_recording_is_decoded_on_whatever_there_is(tmp_path: Path, wanted: hardware.Hardware) -> None:
    """Every choice gives the same frames; the source says what decoded them."""
    source = FileSource(write_video(tmp_path / "a.mp4", range(0, 400, 40)), hardware=wanted)
    frames = list(source)
    assert len(frames) == 10
    assert frames[5].bgr((3, 3, 50, 40)).shape == (37, 47, 3)
    assert source.decoder in {"h264", "h264 in hardware"}


def test_a_device_that_is_here_decodes(tmp_path: Path) -> None:
    """Pictures of a size that devices take come from it, and say so."""
    kind = hardware.device()
    if kind == "none":
        pytest.skip("no device that decodes: neither VAAPI nor CUDA can be opened here")
    recording = write_video(tmp_path / "a.mp4", range(0, 400, 40), (640, 360), b_frames=0)
    source = FileSource(recording, hardware=kind)
    frames = list(source)
    assert source.decoder == "h264 in hardware"
    for frame, same in zip(frames, FileSource(recording), strict=True):
        assert abs(frame.luma.astype(int) - same.luma).mean() < 1.0


def test_a_device_that_cannot_be_opened_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device file without a device behind it is no reason to fail."""
    (tmp_path / "nvidia0").touch()
    (tmp_path / "renderD128").touch()
    devices = {"vaapi": (str(tmp_path), "renderD*"), "cuda": (str(tmp_path), "nvidia0")}
    monkeypatch.setattr(hardware, "_DEVICES", devices)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert hardware.accelerator("auto") is None


def test_the_processor_is_taken_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """`none` does not even look for a device."""
    monkeypatch.setattr(hardware, "_first", lambda _: pytest.fail("looked for a device"))
    assert hardware.accelerator("none") is None


@pytest.mark.parametrize(
    ("pixels", "expected"), [("nv12", True), ("p010le", True), ("yuv420p", False), ("yuvj422p", False)]
)
def test_what_a_frame_came_from_is_told_by_its_layout(pixels: str, expected: bool) -> None:
    """Devices hand down interleaved colours, FFmpeg's own decoders planes."""
    assert hardware.in_hardware(pixels) is expected
