"""Market-1501's protocol: who is found again, by another camera, among people that were never learnt.

Srinivas Murthy's thesis (paper 004), section 3.1.1: of every identity one picture by every camera is a query,
all others are the gallery. What the query's own camera saw of its identity does not count (Zheng et al.,
"Scalable Person Re-identification: A Benchmark", ICCV 2015), for that is nearly the same picture.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch

from lifts.arrays import Bool, Float32, Int64, UInt8
from ml.retrieval.identities import Identities
from ml.retrieval.ranks import Embeddings, Retrieval, Search, exact, retrieve

THUMBNAIL_PX = 16
"""Side of the pictures that are compared pixel by pixel: what can be done without any network."""


def query_rows(data: Identities) -> tuple[Int64, Int64]:
    """Return the rows of queries int64[Q] and of the gallery int64[G]: all others.

    Which of an identity's pictures by a camera is the query goes round with the identity's number.
    """
    identity, camera = data.identity.numpy(), data.camera.numpy()
    _, group = np.unique(np.stack([identity, camera], 1), axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    first = np.cumsum(counts) - counts
    chosen = order[first + identity[order[first]] % counts]
    return np.sort(chosen), np.setdiff1d(np.arange(len(identity)), chosen)


def same_camera(data: Identities, queries: Int64, gallery: Int64) -> Bool:
    """Return bool[Q, G]: what the query's camera saw of the query's identity."""
    alike = [
        values.numpy()[queries][:, None] == values.numpy()[gallery][None]
        for values in (data.identity, data.camera)
    ]
    return np.asarray(alike[0] & alike[1])


def found_again(
    embeddings: Embeddings, data: Identities, search: Search = exact, count: int | None = None
) -> Retrieval:
    """Rank the gallery for each query, `query_rows` in their order.

    Args:
        embeddings: float[N, D], a row for each picture.
        data: N pictures, of which the queries are taken. search, count: as `retrieve` takes them.
    """
    queries, gallery = query_rows(data)
    labels = data.identity.numpy()
    return retrieve(
        embeddings[queries],
        labels[queries],
        embeddings[gallery],
        labels[gallery],
        search=search,
        count=count,
        ignored=same_camera(data, queries, gallery),
    )


def nearest(embeddings: Embeddings, data: Identities, query: int, count: int) -> tuple[Int64, Bool]:
    """Return the rows int64[count] that rank first for one query, and which of them show its identity.

    Args:
        query: row of data; one of `query_rows`.
    """
    queries = np.array([query])
    gallery = query_rows(data)[1]
    gallery = gallery[~same_camera(data, queries, gallery)[0]]
    rows = gallery[exact(embeddings[queries], embeddings[gallery], count)[0][0]]
    return rows, (data.identity[rows] == data.identity[query]).numpy()


def thumbnails(images: UInt8) -> Float32:
    """Return uint8[N, H, W, 3] pictures as float32[N, 768]: `THUMBNAIL_PX` pixels a side, 0..1."""
    side = (THUMBNAIL_PX, THUMBNAIL_PX)
    small = [cv2.resize(image, side, interpolation=cv2.INTER_AREA) for image in images]
    return np.stack(small).reshape(len(images), -1).astype(np.float32) / np.float32(255)


def mean_average_precision(embeddings: torch.Tensor, data: Identities) -> float:
    """Return the figure by which a training is stopped, 0..1: embeddings float[N, D] of data's pictures."""
    return found_again(embeddings.numpy(), data).mean_average_precision()
