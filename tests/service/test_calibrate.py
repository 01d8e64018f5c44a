"""`barwatch calibrate`: what an operator types and gets."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lifts.folder import read_lift
from service.cli import app
from service.domain.errors import CalibrationError, ConfigurationError, SourceError
from service.usecases.samples import sample_folder, video_of

DEMO = "demo-double"
INTERVAL_S = 5.2


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A folder made from the first carriers of a sample's video, and what was printed."""
    folder = sample_folder(DEMO)
    assert folder is not None
    out = tmp_path_factory.mktemp("lift") / "My lift"
    arguments = ["calibrate", str(video_of(folder)), "--out", str(out), "--seconds", "18", "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return out, json.loads(result.stdout)


def test_a_sample_video_gives_a_lift_folder(calibrated: tuple[Path, dict[str, object]]) -> None:
    """lift.toml reads back as what was printed; the pictures are there to draw masks on."""
    out, found = calibrated
    lift = read_lift(out / "lift.toml")
    assert lift.model_dump() == found["lift"]
    assert lift.id == "my-lift"
    assert found["interval_s"] == pytest.approx(INTERVAL_S, rel=0.02)
    assert lift.camera is not None
    assert (lift.camera.width, lift.camera.height) == (1280, 720)
    middle = cv2.imread(str(out / "middle.png"))
    assert middle is not None
    assert middle.shape == (200, 200, 3)
    track = cv2.imread(str(out / "track.png"))
    assert track is not None
    assert track.shape == (720, 1280, 3)
    assert (out / "carriers.png").exists()


def test_a_folder_with_masks_is_left_alone(calibrated: tuple[Path, dict[str, object]]) -> None:
    """Masks are drawn for one track: it is not changed under them."""
    folder = sample_folder(DEMO)
    assert folder is not None
    with pytest.raises(ConfigurationError, match="holds masks"):
        CliRunner().invoke(
            app, ["calibrate", str(video_of(folder)), "--out", str(folder)], catch_exceptions=False
        )


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "1,2,3,0@4", "1,2,3,4@x"])
def test_a_box_that_is_none_is_wrong_usage(box: str) -> None:
    assert CliRunner().invoke(app, ["calibrate", "video.mp4", "--box", box]).exit_code == 2


def test_a_video_without_carriers_is_refused(tmp_path: Path) -> None:
    """Said plainly, as an error."""
    path = tmp_path / "empty.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 12.5, (320, 180))
    rng = np.random.default_rng(0)
    for _ in range(200):
        writer.write(rng.integers(90, 110, (180, 320, 3), dtype=np.uint8))
    writer.release()
    with pytest.raises(CalibrationError, match="nothing comes back"):
        CliRunner().invoke(app, ["calibrate", str(path)], catch_exceptions=False)


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    with pytest.raises(SourceError):
        CliRunner().invoke(app, ["calibrate", str(path)], catch_exceptions=False)
