"""`barwatch calibrate`: what an operator types and gets."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lifts.folder import parse_lift, read_lift
from lifts.geometry import pose_at
from lifts.schema import Camera, Lift, Pose, Track
from service.capture.files import FileSource
from service.cli import app
from service.commands.calibrate import _lift, _warnings, parse_box
from service.domain.errors import BarwatchError, CalibrationError, ConfigurationError, SourceError
from service.setup.proposal import _ADVICE, Proposal
from service.setup.video import Recording
from service.usecases.samples import sample_folder, video_of
from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.capture.videos import write_video

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


@pytest.mark.thorough
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
    single = [cv2.imread(str(path)) for path in sorted((out / "carriers").iterdir())]
    assert len(single) == len(found["middles_s"])  # type: ignore[arg-type]
    # The sharpest of them with a grid: between its lines it is one of them, not a mean of all.
    between = np.s_[101:120, 101:120]
    assert any((one[between] == middle[between]).all() for one in single if one is not None)


@pytest.mark.thorough
def test_the_frame_is_about_as_wide_as_a_hand_made_one(calibrated: tuple[Path, dict[str, object]]) -> None:
    """In a wider one the bar is too thin to be told: within a third of the sample's scale at that place."""
    lift, folder = read_lift(calibrated[0] / "lift.toml"), sample_folder(DEMO)
    assert folder is not None
    by_hand = read_lift(folder / "lift.toml").track
    assert lift.track is not None
    assert by_hand is not None
    middle = lift.track.middle
    poses = [pose_at(by_hand, float(at)) for at in np.linspace(0.0, 1.0, 101)]
    nearest = min(poses, key=lambda pose: abs(pose.x - middle.x))
    assert 0.67 < middle.scale / nearest.scale < 1.33


@pytest.mark.thorough
def test_where_the_address_is_missing_it_is_said_and_shown(
    calibrated: tuple[Path, dict[str, object]],
) -> None:
    """In lift.toml as a line to fill in, and as a warning: without it nothing would be watched."""
    out, found = calibrated
    line = 'url = "rtsp://${MY_LIFT_USER}:${MY_LIFT_PASSWORD}@CAMERA/STREAM"'
    text = (out / "lift.toml").read_text()
    assert f"[camera]\n# {line}\n" in text
    assert any("nothing will be watched" in each and line in each for each in found["warnings"])  # type: ignore[attr-defined]
    filled = parse_lift(text.replace("# url", "url"), "x")
    assert filled.camera is not None
    assert filled.camera.url is not None


def test_an_address_that_is_given_is_written_unless_it_holds_a_secret() -> None:
    """--url takes what a lift's camera may be, and nothing else; it replaces a former one."""
    track = Track(
        begin=Pose(x=100, y=90, scale=0.5),
        middle=Pose(x=160, y=90, scale=0.5),
        end=Pose(x=240, y=90, scale=0.5),
    )
    recording = Recording(np.zeros((1, 9, 16), np.uint8), np.zeros(1), 1280, 720)
    url = "rtsp://${U}:${P}@10.0.0.12/stream1"
    known = Lift(id="a", name="A", camera=Camera(width=640, height=360, url="rtsp://old/", transport="udp"))
    for former in (None, known):
        camera = _lift(former, None, Path("a.mp4"), recording, track, url).camera
        assert camera is not None
        assert (camera.url, camera.width) == (url, 1280)
    kept = _lift(known, None, Path("a.mp4"), recording, track, None).camera
    assert kept is not None
    assert (kept.url, kept.transport, kept.height) == ("rtsp://old/", "udp", 720)
    for wrong in ("rtsp://admin:Canary/1@cam/", "ftp://cam/", "http://169.254.169.254/"):
        with pytest.raises(ConfigurationError) as refused:
            CliRunner().invoke(app, ["calibrate", "a.mp4", "--url", wrong], catch_exceptions=False)
        assert "Canary" not in str(refused.value)


def test_a_camera_is_recorded_and_its_address_kept(
    rtsp: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of a video: recording.mkv is in the folder; an unknown address is refused before, in words."""
    video = write_video(tmp_path / "a.mp4", range(0, 8000, 40))
    out = tmp_path / "out"
    monkeypatch.setenv("ANYBODY", "x")
    with rtsp({"cam": video}) as addresses:
        url = addresses["cam"].replace("//", "//${ANYBODY}:${ANYBODY}@")
        line = ["calibrate", url, "--out", str(out), "--seconds", "5"]
        with pytest.raises(CalibrationError):  # a moving ramp has no carriers
            CliRunner().invoke(app, line, catch_exceptions=False)
    assert FileSource(out / "recording.mkv").duration_s == pytest.approx(5.0, abs=0.3)
    for wrong, said in (
        ("rtsp://127.0.0.1:1/x", "refused"),
        ("rtsp://a:Canary#@cam/", "NAME"),
        ("ftp://cam/", "rtsp"),
    ):
        with pytest.raises(BarwatchError, match=rf"(?i){said}") as refused:
            CliRunner().invoke(app, ["calibrate", wrong], catch_exceptions=False)
        assert "Canary" not in str(refused.value)


def test_with_a_box_nobody_is_told_to_draw_one() -> None:
    """A low confidence says what else to do."""
    track = Track(
        begin=Pose(x=100, y=90, scale=0.5),
        middle=Pose(x=160, y=90, scale=0.5),
        end=Pose(x=240, y=90, scale=0.5),
    )
    low = Proposal(track, 5.0, 2.0, (1.0,), 0.5, 0.5, 1.0, 1.0, 0.3, True)
    lift = Lift(id="a", name="A")
    for marked in (False, True):
        (said,) = [each for each in _warnings(low, lift, marked=marked) if "confidence" in each]
        assert ("--box" in said) is not marked
    assert "--box" not in _ADVICE[True]


@pytest.mark.thorough
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


@pytest.mark.parametrize("option", ["--out", "--picture"])
def test_a_folder_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path, option: str) -> None:
    """A file stands where the folder is to be: said at once, before the video is looked at."""
    (tmp_path / "notes").write_text("a file")
    line = ["calibrate", str(tmp_path / "no.mp4"), option, str(tmp_path / "notes" / "lift")]
    with pytest.raises(ConfigurationError, match=r"cannot be written: .*notes is a file"):
        CliRunner().invoke(app, line, catch_exceptions=False)


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    with pytest.raises(SourceError):
        CliRunner().invoke(app, ["calibrate", str(path)], catch_exceptions=False)


def test_a_box_without_a_time_is_drawn_at_the_first_picture() -> None:
    """Which comes 3 s late where the sound begins the file."""
    assert parse_box("1,2,3,4", 3.0).t_s == 3.0
    assert parse_box("1,2,3,4@5", 3.0).t_s == 5.0
