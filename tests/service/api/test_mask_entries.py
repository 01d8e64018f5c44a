"""Masks come in by an upload or from a lift folder: the same mask or the same refusal."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifts.errors import LiftError
from lifts.folder import LiftFolder, read_lift_folder, write_lift_folder
from lifts.schema import Camera, Lift, MaskPair, Pose, Track
from service.domain.arrays import Image
from service.domain.people import Role
from service.store import lifts, masks
from tests.lifts.pictures.test_header import REFUSED
from tests.service.api.conftest import House
from tests.tools.drawings import EXACT, TAILS, TURNS, orient
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, jpeg, png

LIFT = Lift(
    id="demo-quad",
    name="Demo quad",
    camera=Camera(width=320, height=180),
    track=Track(
        begin=Pose(x=60, y=90, scale=0.9),
        middle=Pose(x=150, y=92, scale=1.1),
        end=Pose(x=260, y=95, scale=1.3),
    ),
)
CAMERA_BAR = np.zeros((180, 320), np.uint8)
cv2.line(CAMERA_BAR, (110, 60), (190, 66), 255, 6)

CAMERA_CLOSE = np.roll(CAMERA_BAR, 50, axis=0)
FILLED = np.zeros((200, 200), np.uint8)
FILLED[9:180, 9:190] = 255
PAIRS: dict[str, tuple[Image, Image]] = {
    "canonical": (draw_mask(OPEN_Y), draw_mask(CLOSE_Y)),
    "camera": (CAMERA_BAR, CAMERA_CLOSE),
    "alike": (draw_mask(OPEN_Y), draw_mask(OPEN_Y + 1)),
    "empty": (draw_mask(OPEN_Y), np.zeros((200, 200), np.uint8)),
    "filled": (draw_mask(OPEN_Y), FILLED),
    "too small": (draw_mask(OPEN_Y)[:100, :150], draw_mask(CLOSE_Y)),
}


@dataclass
class MaskEntries:
    """Both ways in; each gives the pair that counts, or the reason why there is none."""

    house: House
    folder: Path

    def uploaded(self, drawings: dict[str, bytes]) -> MaskPair | str:
        answer = self.house.call("POST", "/lifts/demo-quad/masks", Role.OPERATOR, files=drawings)
        if answer.status_code == 422:
            return str(answer.json()["detail"])
        assert answer.status_code == 201
        with self.house.store.reading() as session:
            version = masks.active(session, "demo-quad")
        assert version is not None
        return version.masks

    def from_folder(self, drawings: dict[str, bytes]) -> MaskPair | str:
        for old in self.folder.glob("*.png"):
            old.unlink()
        for name, data in drawings.items():
            (self.folder / f"{name}.png").write_bytes(data)
        try:
            return read_lift_folder(self.folder).masks
        except LiftError as error:
            return str(error)

    def agree(self, drawings: dict[str, bytes]) -> MaskPair | str:
        """Return the answer of both; if they refuse, the folder's message names its file first."""
        up, down = self.uploaded(drawings), self.from_folder(drawings)
        if isinstance(up, MaskPair) and isinstance(down, MaskPair):
            np.testing.assert_array_equal(up.open, down.open)
            np.testing.assert_array_equal(up.close, down.close)
            return up
        assert isinstance(up, str)
        assert isinstance(down, str)
        assert down.startswith(str(self.folder))
        assert down.endswith(up)
        return up


@pytest.fixture
def entries(house: House, tmp_path: Path) -> MaskEntries:
    house.store.write(partial(lifts.put, lift=LIFT)).result()
    write_lift_folder(tmp_path / "lift", LiftFolder(LIFT, MaskPair(*PAIRS["canonical"])))
    return MaskEntries(house, tmp_path / "lift")


FORMS = st.sampled_from(sorted(EXACT))
TURNED = st.sampled_from(sorted(TURNS))
ENDS = st.sampled_from(sorted(TAILS))


def check(
    entries: MaskEntries, pair: str, forms: tuple[str, str], turned: tuple[int, int], tail: str
) -> None:
    plain = entries.agree(dict(zip(("open", "close"), map(png, PAIRS[pair]), strict=True)))
    files = {}
    for name, mask, form, orientation in zip(("open", "close"), PAIRS[pair], forms, turned, strict=True):
        written = EXACT[form if mask.any() else "plain"]  # without a bar there is nothing to write otherwise
        files[name] = (
            orient(written(np.ascontiguousarray(TURNS[orientation](mask))), orientation) + TAILS[tail]
        )
    found = entries.agree(files)
    if isinstance(plain, str):
        # A canvas larger than its layer changes how much of it is filled.
        assert re.sub(r"\d+ %", "", str(found)) == re.sub(r"\d+ %", "", plain)
    else:
        assert isinstance(found, MaskPair)
        np.testing.assert_array_equal(found.open, plain.open)
        np.testing.assert_array_equal(found.close, plain.close)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(PAIRS)), st.tuples(FORMS, FORMS), st.tuples(TURNED, TURNED), ENDS)
def test_both_ways_in_give_the_plain_drawings_answer(
    entries: MaskEntries, pair: str, forms: tuple[str, str], turned: tuple[int, int], tail: str
) -> None:
    """However a pair is written, both find the plain pair's masks, or refuse it with the same words."""
    check(entries, pair, forms, turned, tail)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(PAIRS)), st.tuples(FORMS, FORMS), st.tuples(TURNED, TURNED), ENDS)
def test_both_ways_in_give_the_plain_drawings_answer_often(
    entries: MaskEntries, pair: str, forms: tuple[str, str], turned: tuple[int, int], tail: str
) -> None:
    """As above, many times."""
    check(entries, pair, forms, turned, tail)


def test_both_ways_in_refuse_other_files_alike(entries: MaskEntries) -> None:
    """Other formats, polyglots, truncated files, photographs: one reason, which names the drawing."""
    photo = (png(draw_picture(OPEN_Y)), "not one colour")
    for content, said in [*REFUSED, photo]:
        answer = entries.agree({"open": png(PAIRS["canonical"][0]), "close": content})
        assert isinstance(answer, str)
        assert answer.startswith("close mask: ")
        assert said in answer


@pytest.mark.parametrize("kind", [png, jpeg])
def test_a_turned_reference_is_turned_back_either_way(
    entries: MaskEntries, kind: Callable[[Image], bytes]
) -> None:
    """EXIF's orientation of a reference picture counts in the folder as in the upload."""
    upright = draw_picture(OPEN_Y)
    stored = np.ascontiguousarray(TURNS[6](upright))
    content = orient(kind(stored), 6) + TAILS["a camera's note"]
    drawings = {name: png(mask) for name, mask in zip(("open", "close"), PAIRS["canonical"], strict=True)}
    assert isinstance(entries.agree({**drawings, "reference_open": content}), MaskPair)
    with entries.house.store.reading() as session:
        version = masks.active(session, "demo-quad")
    assert version is not None
    read: Image = read_lift_folder(entries.folder).references["reference_open"]
    np.testing.assert_array_equal(version.references["reference_open"], read)
    assert np.abs(read.astype(int) - upright).mean() < 6
