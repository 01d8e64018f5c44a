"""What the service proposes for marked passages: through the engine, a passage at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifts.masks import overlap
from service.domain.errors import ConflictError, EngineUnavailableError
from service.inference.inline import InlineEngine
from service.usecases.mask_proposals import SeenPassage, drawing_of_picture, propose_from_passages
from tests.service.api.conftest import Engine
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, TinyEmbedder, draw_mask, draw_picture, png, tiny_manifest


def _passage(y_px: int, seed: int, is_open: bool | None = None) -> SeenPassage:
    return SeenPassage(np.stack([draw_picture(y_px, seed=3 * seed + k) for k in range(3)]), is_open)


def _passages() -> list[SeenPassage]:
    others = [_passage(OPEN_Y if k % 2 else CLOSE_Y, k + 2) for k in range(4)]
    return [_passage(OPEN_Y, 0, True), _passage(CLOSE_Y, 1, False), *others]


class _Counting(InlineEngine):
    """Notes how many pictures each request has."""

    def __init__(self) -> None:
        super().__init__(TinyEmbedder(), tiny_manifest())
        self.sizes: list[int] = []

    def submit_pictures(self, images: Any, references: Any = None) -> Any:
        self.sizes.append(len(images))
        return super().submit_pictures(images, references)


def test_both_bars_are_proposed_from_marked_passages() -> None:
    """One open, one closed, four that nobody marked: lines along both bars, and every passage grouped."""
    told: list[int] = []
    found = propose_from_passages(_Counting(), _passages(), told.append)
    for drawing, y_px in ((found.open, OPEN_Y), (found.close, CLOSE_Y)):
        assert overlap(draw_mask(y_px), drawing.raster(), tolerance_px=12) > 0.9
    assert (found.groups[:, 0] > 0.5).tolist() == [True, False, False, True, False, True]
    assert told == list(range(1, len(told) + 1))
    assert told


@pytest.mark.thorough
def test_what_is_watched_meanwhile_waits_for_one_passage_at_most() -> None:
    """Each request to the embedder has three pictures, or one where there are many passages."""
    engine = _Counting()
    propose_from_passages(engine, _passages())
    assert set(engine.sizes) == {3}
    engine.sizes.clear()
    propose_from_passages(engine, [*_passages(), *_passages()[2:]])
    assert engine.sizes[:10] == [3] * 10
    assert set(engine.sizes[10:]) == {1}


def test_a_cancelled_search_ends() -> None:
    """Whatever `progress` raises reaches the caller, at the first candidate."""

    def cancel(judged: int) -> None:
        raise KeyboardInterrupt(judged)

    with pytest.raises(KeyboardInterrupt, match="1"):
        propose_from_passages(_Counting(), _passages(), cancel)


def test_one_marked_passage_of_either_state_is_needed() -> None:
    """A conflict with words, before the embedder is asked anything."""
    engine = _Counting()
    with pytest.raises(ConflictError, match="one passage as open and one as closed"):
        propose_from_passages(engine, [_passage(OPEN_Y, 0, True), _passage(CLOSE_Y, 1)])
    assert engine.sizes == []


def test_a_lost_embedder_is_said() -> None:
    """No proposal is made up."""
    engine = Engine(TinyEmbedder(), tiny_manifest())
    engine.down = True
    with pytest.raises(EngineUnavailableError):
        propose_from_passages(engine, _passages())


def test_an_imported_drawing_becomes_lines() -> None:
    """A PNG of a bar: one line along it, as wide."""
    (line,) = drawing_of_picture(png(draw_mask(OPEN_Y)), None, "open").lines
    assert abs(line.width - 8) <= 1
    assert {round(y) for _, y in line.points} == {OPEN_Y}
