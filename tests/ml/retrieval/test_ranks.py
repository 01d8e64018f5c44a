"""Retrieval's figures on rankings worked by hand; the approximate search beside the exact one."""

import math

import numpy as np
import pytest

from ml.retrieval.ranks import Retrieval, Search, approximate, exact, retrieve

LINE = np.array([[1.0], [2.0], [3.0], [4.0]])
QUERY = np.zeros((1, 1))


def line(labels: list[int], **options: object) -> Retrieval:
    """A query of class 1 at 0 and a gallery at 1, 2, 3 and 4 of these classes."""
    return retrieve(QUERY, np.array([1]), LINE, np.array(labels), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("search", [exact, approximate])
def test_by_hand(search: Search) -> None:
    """Matches at ranks 2 and 4: AP = (1/2 + 2/4) / 2; nothing at rank 1."""
    found = line([0, 1, 0, 1], search=search)
    assert found.first.tolist() == [2]
    assert [found.recall(k) for k in (1, 2, 5)] == [0, 1, 1]
    assert found.mean_average_precision() == pytest.approx(0.5)


def test_average_precision_at_k_divides_by_all_there_is() -> None:
    """Equation 4.2 at k = 2: one of two matches seen, at rank 1."""
    found = line([1, 0, 0, 1], count=2)
    assert found.mean_average_precision() == pytest.approx(0.5)
    assert line([0, 0, 0, 1], count=2).first.tolist() == [0]


@pytest.mark.parametrize("search", [exact, approximate])
def test_what_is_ignored_neither_matches_nor_costs_a_rank(search: Search) -> None:
    """Without the first match and miss, the second match is at rank 1; without both matches, none is."""
    ignored = np.array([[True, True, False, False]])
    found = line([1, 0, 1, 0], ignored=ignored, search=search)
    assert (found.first.tolist(), found.precision.tolist()) == ([1], [1.0])
    assert line([1, 0, 1, 0], ignored=ignored, search=search, count=1).first.tolist() == [1]
    assert math.isnan(line([1, 1, 0, 0], ignored=ignored, search=search).recall(1))


def test_a_query_without_a_match_is_not_counted() -> None:
    """One query at rank 1, one whose class the gallery does not have."""
    found = retrieve(np.zeros((2, 1)), np.array([1, 9]), LINE, np.array([1, 0, 0, 0]))
    assert found.answerable.tolist() == [True, False]
    assert found.recall(1) == found.mean_average_precision() == 1
    nothing = line([0, 0, 0, 0])
    assert math.isnan(nothing.recall(1))
    assert math.isnan(nothing.mean_average_precision())


@pytest.mark.parametrize("count", [None, 2])
def test_ties_count_against_the_query(count: int | None) -> None:
    """All on one point: the two matches are the last of four, wherever they lie and wherever one cuts."""
    same = np.ones((4, 3))
    for labels in ([1, 1, 0, 0], [0, 0, 1, 1]):
        found = retrieve(same[:1], np.array([1]), same, np.array(labels), count=count)
        assert found.first.tolist() == ([3] if count is None else [0])
        expected = (1 / 3 + 2 / 4) / 2 if count is None else 0
        assert found.precision[0] == pytest.approx(expected)


def test_distances_by_hand() -> None:
    rows, distances = exact(np.zeros((1, 2)), np.array([[6.0, 8.0], [3.0, 4.0]]), 5)
    assert rows.tolist() == [[1, 0]]
    assert distances.tolist() == [[5, 10]]
    rows, distances = approximate(np.zeros((1, 2)), np.array([[6.0, 8.0], [3.0, 4.0]]), 5)
    assert rows.tolist() == [[1, 0]]
    np.testing.assert_allclose(distances, [[5, 10]])


def test_figures_agree_with_a_plain_loop() -> None:
    rng = np.random.default_rng(0)
    queries, gallery = rng.normal(size=(20, 4)), rng.normal(size=(50, 4))
    asked, stored = rng.integers(0, 5, 20), rng.integers(0, 5, 50)
    precisions, hits = [], []
    for q, label in zip(queries, asked, strict=True):
        order = sorted(range(50), key=lambda j, q=q: float(np.linalg.norm(q - gallery[j])))  # type: ignore[misc]
        right = [stored[j] == label for j in order]
        ranks = [r for r, ok in enumerate(right, 1) if ok]
        precisions.append(sum(sum(right[:r]) / r for r in ranks) / len(ranks))
        hits.append(any(right[:5]))
    found = retrieve(queries, asked, gallery, stored)
    assert found.mean_average_precision() == pytest.approx(np.mean(precisions))
    assert found.recall(5) == pytest.approx(np.mean(hits))
    assert found.curve(50).tolist() == pytest.approx([found.recall(k) for k in range(1, 51)])


def test_the_approximate_search_agrees_on_most_queries() -> None:
    """2000 rows of 32 numbers: the ten nearest of nearly all, and the same graph twice."""
    rng = np.random.default_rng(1)
    gallery, queries = rng.normal(size=(2000, 32)), rng.normal(size=(100, 32))
    right, _ = exact(queries, gallery, 10)
    near, _ = approximate(queries, gallery, 10)
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(right.tolist(), near.tolist(), strict=True)]
    assert np.mean(shared) > 0.95
    assert (right[:, 0] == near[:, 0]).mean() > 0.95
    np.testing.assert_array_equal(near, approximate(queries, gallery, 10)[0])


def test_an_empty_side_has_no_figures() -> None:
    none = np.zeros((0, 1))
    labels = np.zeros(0, dtype=np.int64)
    assert math.isnan(retrieve(none, labels, LINE, np.arange(4)).recall(1))
    assert math.isnan(retrieve(QUERY, np.array([1]), none, labels).mean_average_precision())
