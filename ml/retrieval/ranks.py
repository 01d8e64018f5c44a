"""Figures of merit of retrieval: how well a query's own class comes first in a gallery.

Recall@K (ABIR, Nie et al., section 3.2.1) and Rank-k, a point of the cumulative matching characteristic
(Srinivas Murthy's thesis, equation 4.1), are one figure: the share of queries with a match among the first K.
Mean average precision is the thesis' equations 4.2 and 4.3, whose sum is taken, as is usual and as its
figure 4.2 says, over the ranks that hold a match; equation 4.2 as printed would add up every rank.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from usearch.index import BatchMatches, Index

from lifts.arrays import Bool, Float32, Float64, Int64
from ml.distances.euclidean import between

Embeddings = Float32 | Float64

Search = Callable[[Embeddings, Embeddings, int], tuple[Int64, Float64]]
"""(queries [Q, D], gallery [G, D], K) to the nearest rows int64[Q, K], nearest first, and their Euclidean
distances float64[Q, K]; fewer columns, or row -1 at distance infinity, where fewer were found."""


def exact(queries: Embeddings, gallery: Embeddings, count: int) -> tuple[Int64, Float64]:
    """The nearest by comparing with all; equal gallery rows are at equal distances to the last bit."""
    a, b = (torch.from_numpy(np.ascontiguousarray(v, dtype=np.float64)) for v in (queries, gallery))
    distances = between(a, b).numpy()
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return order, np.take_along_axis(distances, order, axis=1)


def approximate(queries: Embeddings, gallery: Embeddings, count: int) -> tuple[Int64, Float64]:
    """The nearest by a graph of neighbours (usearch's HNSW): most of them, in less than linear time.

    One thread, so that the same gallery gives the same graph. The thesis (section 3.3.2) uses ANNOY.
    """
    asked, stored = (np.ascontiguousarray(v, dtype=np.float32) for v in (queries, gallery))
    index = Index(ndim=stored.shape[1], metric="l2sq", dtype="f32", expansion_add=128, expansion_search=128)
    index.add(np.arange(len(stored)), stored, threads=1)
    found = index.search(asked, min(count, len(stored)), threads=1)
    # One query's answer is cut to what was found; of several, each row says how much of it holds.
    counts = found.counts if isinstance(found, BatchMatches) else [len(found.keys)]
    rows = np.asarray(found.keys).astype(np.int64).reshape(len(asked), -1)
    squared = np.asarray(found.distances, dtype=np.float64).reshape(rows.shape)
    got = np.arange(rows.shape[1]) < np.asarray(counts).reshape(-1, 1)
    return np.where(got, rows, -1), np.where(got, np.sqrt(squared.clip(min=0)), np.inf)


@dataclass(frozen=True)
class Retrieval:
    """The result of each query.

    first: int64[Q], rank of the first match from 1; 0 where none was found among those looked at.
    precision: float64[Q], average precision, 0..1; NaN where the gallery has no match.
    """

    first: Int64
    precision: Float64

    @property
    def answerable(self) -> Bool:
        """bool[Q], whether the gallery has a match. No figure counts the other queries."""
        return ~np.isnan(self.precision)

    def recall(self, k: int) -> float:
        """Recall@k, which is Rank-k: 0..1, NaN where no query has a match."""
        return mean(self.hits(k))

    def hits(self, k: int) -> Float64:
        """float64[answerable], 1 where a match is among the first k, else 0."""
        first = self.first[self.answerable]
        return ((first > 0) & (first <= k)).astype(np.float64)

    def curve(self, longest: int) -> Float64:
        """float64[longest], Rank-1 to Rank-`longest`: the cumulative matching characteristic."""
        first = self.first[self.answerable]
        counts = np.bincount(first, minlength=longest + 1)[1 : longest + 1]
        return np.asarray(np.cumsum(counts) / max(1, len(first)))

    def mean_average_precision(self) -> float:
        """0..1, NaN where no query has a match."""
        return mean(self.precision[self.answerable])


def mean(values: Float64) -> float:
    """NaN for none."""
    return float(values.mean()) if len(values) else math.nan


def retrieve(
    queries: Embeddings,
    query_labels: Int64,
    gallery: Embeddings,
    gallery_labels: Int64,
    search: Search = exact,
    count: int | None = None,
    ignored: Bool | None = None,
) -> Retrieval:
    """Rank the gallery for each query.

    Ties count against the query: of equal distances, those of other classes come first, so that a network
    whose embeddings are all the same has no match before the last.

    Args:
        queries, gallery: float[Q, D], float[G, D].
        query_labels, gallery_labels: int64[Q], int64[G].
        search: `exact` or `approximate`.
        count: how many of each ranking are looked at, K of AP@K; all where not given. Among those beyond the
            last of an `approximate` search a tie is not seen.
        ignored: bool[Q, G], what of the gallery does not count for a query, neither as a match nor as a miss:
            in Market-1501's protocol what the same camera saw of the same identity. `count` is of the others.
    """
    matches = query_labels[:, None] == gallery_labels[None]
    if ignored is not None:
        matches &= ~ignored
    wanted = len(gallery) if count is None else min(count, len(gallery))
    # `exact` ranks everything before it cuts, which costs no more and leaves no tie at the cut to chance.
    left_out = 0 if ignored is None else int(ignored.sum(1).max(initial=0))
    looked = len(gallery) if search is exact else min(len(gallery), wanted + left_out)
    first = np.zeros(len(queries), dtype=np.int64)
    precision = np.full(len(queries), math.nan)
    if not len(queries) or not len(gallery):
        return Retrieval(first, precision)
    rows, distances = search(queries, gallery, looked)
    for q in range(len(queries)):
        total = int(matches[q].sum())
        if total:
            real = rows[q] >= 0
            if ignored is not None:
                real &= ~ignored[q, rows[q]]
            found, far = matches[q, rows[q][real]], distances[q][real]
            found = found[np.lexsort((found, far))][:wanted]  # by distance, then other classes first
            ranks = np.flatnonzero(found) + 1
            first[q] = ranks[0] if len(ranks) else 0
            precision[q] = (np.arange(1, len(ranks) + 1) / ranks).sum() / total
    return Retrieval(first, precision)
