"""A small recording: what the renderer's look like on disk, without the minutes of rendering."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from lifts.arrays import UInt8
from lifts.folder import LiftFolder, write_lift_folder
from lifts.schema import Lift, MaskPair
from ml.evaluate.passages.pictures import encode
from ml.evaluate.watching import RenderedRecording
from ml.scene.video.schedule import write_truth

FRAMES, SIZE = 300, (96, 64)


def drawn(index: int) -> UInt8:
    """Frame number `index`, uint8[64, 96, 3]: blurred noise that moves and changes: large packets."""
    rng = np.random.default_rng(index // 10)
    wide = cv2.GaussianBlur(rng.integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8), (0, 0), 2)
    return np.ascontiguousarray(np.roll(wide, 3 * index, 1))


def truth() -> dict[str, Any]:
    """Four carriers on twelve seconds at 25 frames a second, each two seconds on its passage."""
    carriers = [
        {
            "carrier": k,
            "t_begin": 0.52 + 3 * k,
            "t_middle": 1.52 + 3 * k,
            "t_end": 2.52 + 3 * k,
            "state": "open",
            "occupied": True,
        }
        for k in range(4)
    ]
    return {"lift": "tiny", "fps": 25, "duration_s": 12.0, "light": "sun", "carriers": carriers}


@pytest.fixture(scope="session")
def tiny_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of 96x64 pixels at 25 frames a second, with pictures predicted from later ones."""
    path = tmp_path_factory.mktemp("tiny") / "video.mp4"
    frames = ((Fraction(k, 25), av.VideoFrame.from_ndarray(drawn(k), format="rgb24")) for k in range(FRAMES))
    encode(path, frames, Fraction(25), {"crf": "27"})
    return path


@pytest.fixture
def tiny_recording(tiny_video: Path, tmp_path: Path) -> tuple[Path, RenderedRecording]:
    """Where recordings are kept, with one in it as `render` leaves it."""
    recording = RenderedRecording(10_000, 0, 4)
    folder = recording.folder(tmp_path)
    black, white = np.zeros((200, 200), np.uint8), np.zeros((200, 200), np.uint8)
    black[90:95, 20:180], white[150:155, 20:180] = 255, 255
    pictures = {name: np.zeros((200, 200, 3), np.uint8) for name in ("reference_open", "reference_close")}
    lift = Lift(id="tiny", name="tiny", seats=2)
    write_lift_folder(folder, LiftFolder(lift, MaskPair(open=black, close=white), pictures))
    (folder / "video.mp4").write_bytes(tiny_video.read_bytes())
    write_truth(folder / "truth.json", truth())
    return tmp_path, recording
