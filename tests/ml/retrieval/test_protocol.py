"""Market-1501's protocol on carriers whose embeddings are known."""

import numpy as np
import pytest
import torch

from ml.data.pictures import select
from ml.papers.comparison.orderings import flags_of
from ml.papers.comparison.reidentification import reidentification_figures
from ml.retrieval.protocol import (
    found_again,
    mean_average_precision,
    nearest,
    query_rows,
    same_camera,
    thumbnails,
)
from tests.ml.retrieval.carriers import carriers


def test_a_query_of_each_carrier_by_each_camera() -> None:
    """The others are the gallery; which of three it is goes round."""
    data = carriers(4, side=8)
    queries, gallery = query_rows(data)
    assert (len(queries), len(gallery)) == (12, 24)
    asked = select(data, torch.from_numpy(queries))
    pairs = list(zip(asked.identity.tolist(), asked.camera.tolist(), strict=True))  # type: ignore[attr-defined]
    assert len(set(pairs)) == 12
    assert (queries % 3).tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [0] * 3
    assert not set(queries.tolist()) & set(gallery.tolist())


def test_what_the_same_camera_saw_of_the_same_carrier_does_not_count() -> None:
    """Embeddings that know the camera alone: without the rule every query would find itself."""
    data = carriers(4, side=8)
    queries, gallery = query_rows(data)
    ignored = same_camera(data, queries, gallery)
    assert (ignored.sum(1) == 2).all()
    shots = torch.nn.functional.one_hot(data.identity * 3 + data.camera, 12).float()
    places = shots @ torch.randn(12, 6, generator=torch.Generator().manual_seed(0))
    found = found_again(places.numpy(), data)
    assert found.recall(1) < 0.5
    assert found_again((data.identity[:, None] * 10.0).numpy(), data).recall(1) == 1.0


def test_figures_of_perfect_and_of_useless_embeddings() -> None:
    """All right, with an interval that knows no doubt; all on one point: no match before all others."""
    data = carriers(6, side=8)
    right = reidentification_figures((data.identity[:, None] * 10.0).numpy(), data)
    assert right["rank_1"] == right["rank_1_approximate"] == right["mean_average_precision"] == 1.0
    assert right["rank_1_interval_95"] == [1.0, 1.0]
    assert (right["queries"], right["gallery"], right["identities"]) == (18, 36, 6)
    assert right["queries_by_lift"] == [9, 9]
    assert right["curve"] == [1.0] * 50
    none = reidentification_figures(np.zeros((54, 2)), data)
    assert none["rank_1"] == 0.0
    assert none["recall_at"]["30"] == 0.0
    assert none["recall_at"]["40"] == 1.0  # 30 pictures of the five others come first
    assert mean_average_precision(torch.zeros(54, 2), data) < 0.15


def test_results_hold_each_query_for_comparisons() -> None:
    """Rank-1 and average precision of every query, packed, in the order of the lifts that were asked."""
    data = carriers(6, side=8)
    places = (
        torch.randn(54, 3, generator=torch.Generator().manual_seed(1)).numpy()
        + data.identity[:, None].numpy()
    )
    found, run = found_again(places, data), {"retrieval": reidentification_figures(places, data)}
    assert 0 < run["retrieval"]["rank_1"] < 1
    for what, each in (("found", found.hits(1)), ("precision", found.precision)):
        values, lifts = flags_of(run, what)  # type: ignore[misc, arg-type]
        assert values == pytest.approx(each, abs=5e-5)
        assert lifts.tolist() == [0] * 9 + [1] * 9
    assert len(run["retrieval"]["average_precision"]) < 100


def test_the_nearest_of_a_query_are_named() -> None:
    """None of the query's own camera; which of them are right."""
    data = carriers(4, side=8)
    query = int(query_rows(data)[0][4])
    rows, right = nearest((data.identity[:, None] * 10.0).numpy(), data, query, 6)
    assert right.tolist() == [True] * 4 + [False] * 2
    assert (data.camera[rows[:4]] != data.camera[query]).all()


def test_thumbnails_are_sixteen_pixels() -> None:
    assert thumbnails(carriers(1, 1, side=32).images.numpy()).shape == (9, 768)
    assert thumbnails(np.full((1, 32, 32, 3), 255, np.uint8)).max() == 1.0
