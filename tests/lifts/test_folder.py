"""Lift folders: what is written is read back; what is wrong is named with file, key and value."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifts.errors import LiftError, MaskError
from lifts.folder import LiftFolder, format_lift, parse_lift, read_lift, read_lift_folder, write_lift_folder
from lifts.masks import check_masks, overlap, read_mask
from lifts.schema import Camera, Lift, MaskPair, Pose, Track
from tests.tools.tiny_model import png

FINITE = st.floats(-1e4, 1e4)
POSES = st.builds(Pose, x=FINITE, y=FINITE, scale=st.floats(0.02, 50), angle=st.floats(-6, 6))
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)


def _track(begin: Pose, middle: Pose, end: Pose) -> Track:
    return Track(begin=begin, middle=middle, end=Pose(x=begin.x + 50, y=end.y, scale=end.scale))


LIFTS = st.builds(
    Lift,
    id=st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True),
    name=NAMES,
    seats=st.none() | st.integers(1, 8),
    carriers=st.none() | st.integers(1, 300),
    camera=st.none()
    | st.builds(
        Camera,
        url=st.just("rtsp://${U}:${P}@cam/1"),
        width=st.just(1280),
        height=st.just(720),
        transport=st.sampled_from(("auto", "tcp", "udp")),
        substream=st.just("rtsp://${U}:${P}@cam/2"),
        stream=st.sampled_from(("main", "sub")),
    ),
    track=st.none() | st.builds(_track, POSES, POSES, POSES),
)

TOML = """
id = "demo-quad"
name = "Demo quad"
seats = 4
[camera]
url = "demo.mp4"
width = 1280
height = 720
[track.begin]
x = 410.0
y = 300.0
scale = 0.55
angle = 0.0
[track.middle]
x = 500.0
y = 290.0
scale = 0.6
[track.end]
x = 600.0
y = 280.0
scale = 0.65
"""


def _masks() -> MaskPair:
    up, down = np.zeros((200, 200), np.uint8), np.zeros((200, 200), np.uint8)
    up[40:45, 50:150] = 255
    down[120:125, 50:150] = 255
    return MaskPair(open=up, close=down)


@given(LIFTS)
def test_a_lift_written_as_toml_reads_back_equal(lift: Lift) -> None:
    """Round trip over any lift, odd names included."""
    assert parse_lift(format_lift(lift), "x") == lift


def test_a_folder_written_reads_back_the_same(tmp_path: Path) -> None:
    """lift.toml and masks come back exactly, references as JPEG keeps them."""
    reference = np.full((200, 200, 3), (200, 100, 50), np.uint8)
    content = LiftFolder(parse_lift(TOML, "x"), _masks(), {"reference_open": reference})
    write_lift_folder(tmp_path / "lift", content)
    again = read_lift_folder(tmp_path / "lift")
    assert again.lift == content.lift
    np.testing.assert_array_equal(again.masks.open, content.masks.open)
    np.testing.assert_array_equal(again.masks.close, content.masks.close)
    assert np.abs(again.references["reference_open"].astype(int) - reference).max() <= 3


def test_camera_size_masks_are_warped_by_the_middle_pose(tmp_path: Path) -> None:
    """A mask drawn on the camera's picture lands where track.middle puts it."""
    write_lift_folder(tmp_path, LiftFolder(parse_lift(TOML, "x"), _masks()))
    drawn = np.zeros((720, 1280), np.uint8)
    drawn[280:300, 400:600] = 255
    cv2.imwrite(str(tmp_path / "open.png"), drawn)
    mask = read_lift_folder(tmp_path).masks.open
    assert mask[100, 100] == 255
    assert mask[100, 42] == 255
    assert mask[100, 30] == 0
    assert mask[115, 100] == 0


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "demo-quad"', 'id = "Demo Quad"', ["id", "Demo Quad"]),
        ("scale = 0.6\n", "scale = -1\n", ["track.middle.scale", "-1"]),
        ("width = 1280", 'width = "wide"', ["camera.width", "wide"]),
        ("seats = 4", "seats = 99", ["seats", "99"]),
        ("seats = 4", "sets = 4", ["sets"]),
        ("x = 410.0", "x = nan", ["track.begin.x", "nan"]),
        ('url = "demo.mp4"', 'url = "rtsp://me:secret@cam"', ["camera.url", "credentials in clear"]),
        ("[camera]", "[camera", ["not TOML"]),
        ('name = "Demo quad"', "", ["name"]),
    ],
)
def test_a_bad_file_fails_with_file_key_and_value(
    tmp_path: Path, old: str, new: str, named: list[str]
) -> None:
    """Each mistake is refused with the file's path and what is wrong in it."""
    write_lift_folder(tmp_path, LiftFolder(parse_lift(TOML, "x"), _masks()))
    assert old in TOML
    (tmp_path / "lift.toml").write_text(TOML.replace(old, new))
    with pytest.raises(LiftError) as caught:
        read_lift_folder(tmp_path)
    for word in ["lift.toml", *named]:
        assert word in str(caught.value)


def test_missing_and_broken_pictures_are_named(tmp_path: Path) -> None:
    """A missing mask and one that is no picture are refused with their file's name."""
    write_lift_folder(tmp_path, LiftFolder(parse_lift(TOML, "x"), _masks()))
    (tmp_path / "close.png").write_bytes(b"not a picture")
    with pytest.raises(LiftError, match=r"close\.png: close mask: not an image: expected a JPEG or PNG"):
        read_lift_folder(tmp_path)
    (tmp_path / "close.png").unlink()
    with pytest.raises(LiftError, match=r"close\.png: missing"):
        read_lift_folder(tmp_path)


def test_lift_toml_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """What Notepad saves is read like the file without the three bytes; UTF-16 is named in one sentence."""
    path = tmp_path / "lift.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
    assert read_lift(path) == parse_lift(TOML, "x")
    path.write_bytes(TOML.encode("utf-16"))
    with pytest.raises(LiftError, match=r"lift\.toml: cannot be read: saved as UTF-16"):
        read_lift(path)


def test_pictures_are_found_whatever_their_names_end_in(tmp_path: Path) -> None:
    """A JPEG, capital letters, a PNG that is named .jpg: content counts; of two files none is guessed."""
    write_lift_folder(tmp_path, LiftFolder(parse_lift(TOML, "x"), _masks()))
    plain = read_lift_folder(tmp_path).masks
    (tmp_path / "open.png").rename(tmp_path / "Open.JPG")
    found = read_lift_folder(tmp_path).masks
    np.testing.assert_array_equal(found.open, plain.open)
    np.testing.assert_array_equal(found.close, plain.close)
    (tmp_path / "close.jpeg").write_bytes(b"an earlier drawing")
    with pytest.raises(LiftError, match=r"both close\.jpeg and close\.png: keep the one that counts"):
        read_lift_folder(tmp_path)


def test_masks_that_cannot_work_are_refused_with_the_reason() -> None:
    """Empty, nearly full (inverted) and nearly alike masks, and wrong sizes, each say so."""
    masks = _masks()
    with pytest.raises(MaskError, match="open mask is empty"):
        check_masks(np.zeros_like(masks.open), masks.close)
    with pytest.raises(MaskError, match="close mask is nearly full"):
        check_masks(masks.open, 255 - masks.close)
    with pytest.raises(MaskError, match="nearly alike"):
        check_masks(masks.open, np.roll(masks.open, 2, axis=0))
    with pytest.raises(MaskError, match="no track"):
        read_mask(png(np.zeros((720, 1280), np.uint8)), None, "open")
    with pytest.raises(MaskError, match="1280x720"):
        read_mask(png(np.zeros((100, 100), np.uint8)), parse_lift(TOML, "x"), "open")


def test_overlap_is_symmetric_and_tolerates_a_shaky_hand() -> None:
    """Identical bars overlap fully, a bar two pixels off still does, distant ones not at all."""
    masks = _masks()
    assert overlap(masks.open, masks.open) == 1.0
    assert overlap(masks.open, np.roll(masks.open, 2, axis=0)) == pytest.approx(1.0)
    assert overlap(masks.open, masks.close) == 0.0
    assert overlap(masks.open, masks.close) == overlap(masks.close, masks.open)


def test_a_mask_pair_is_frozen_and_strict() -> None:
    """Wrong shape or values are refused; the arrays cannot be written."""
    with pytest.raises(ValueError, match=r"expected uint8\[200, 200\]"):
        MaskPair(open=np.zeros((10, 10), np.uint8), close=np.zeros((200, 200), np.uint8))
    with pytest.raises(ValueError, match="only 0 and 255"):
        MaskPair(open=np.full((200, 200), 7, np.uint8), close=np.zeros((200, 200), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        _masks().open[0, 0] = 1
