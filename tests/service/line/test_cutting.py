"""Outlines cut out of frames, many at a time: what each of them is by itself."""

import numpy as np
import pytest

from lifts.geometry import CANONICAL_SIZE
from service.line.cutting import centredness, cut_out, rows_at
from service.vision.outlines import PITCH_PX, outline, outline_before, slopes

SIDE = CANONICAL_SIZE // PITCH_PX


def field(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.complex64]]:
    rng = np.random.default_rng(1)
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)


@pytest.mark.parametrize("kind", [np.complex64, np.complex128])
def test_an_outline_is_cut_out_at_its_place(kind: type[np.complexfloating]) -> None:
    """Both parts are moved alike, whatever the precision; outside the picture there is nothing."""
    whole = field(30, 40).astype(kind)
    cut = cut_out(whole, np.array([[1.0, 0.0, 25.0], [0.0, 1.0, 5.0]]), 20).reshape(20, 20)
    assert cut.dtype == np.complex64
    assert np.array_equal(cut[:, :15], whole[5:25, 25:].astype(np.complex64))
    assert not cut[:, 15:].any()


def test_a_row_of_each_table_at_a_phase_of_its_own() -> None:
    """Between two rows it is their mean, and after the last comes the first."""
    tables = field(3, 4, 6)
    rows = rows_at(tables, np.array([0.25, 0.875, -0.25]))
    assert np.array_equal(rows[0], tables[0, 1])
    assert rows[1] == pytest.approx((tables[1, 3] + tables[1, 0]) / 2)
    assert np.array_equal(rows[2], tables[2, 3])


def test_what_lies_in_the_middle_is_centred() -> None:
    """1 in the middle, little at the edge, 0 for nothing: each of several by itself."""
    energies = np.zeros((3, SIDE, SIDE), np.float32)
    energies[0, SIDE // 2 - 1 : SIDE // 2 + 1, SIDE // 2 - 1 : SIDE // 2 + 1] = 1.0
    energies[1, 0, :] = 1.0
    flat = energies.reshape(3, -1)
    middle, edge, nothing = centredness(flat, flat.sum(axis=1))
    assert middle == pytest.approx(1.0)
    assert 0.0 < edge < 0.01
    assert nothing == 0.0


def test_a_background_that_many_pictures_share_is_left_out_of_each() -> None:
    """Its slopes taken once give the outline that they give each time."""
    grey, background = (np.abs(field(20, 30)).astype(np.float32) * 40 for _ in range(2))
    grey[5:15, 10:20] += 90.0
    each = outline(grey, background)
    assert np.abs(each).max() > 0.5
    assert outline_before(grey, slopes(background)) == pytest.approx(each, abs=1e-6)
    assert np.abs(outline(background, background)).max() == 0.0
