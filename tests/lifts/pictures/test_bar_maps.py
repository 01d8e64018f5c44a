"""Bar maps: the first part of an embedding, as it is stored and compared."""

import numpy as np

from lifts.pictures.bar_maps import bar_maps


def test_maps_are_the_beginning_of_the_embeddings() -> None:
    """0.05 of a full 0.1 is half of 255; more than full stays 255; NaN is nothing; the rest is no map."""
    embeddings = np.array([[0.0, 0.05, 0.6, np.nan, 9.0]], np.float32)
    assert bar_maps(embeddings, 2).tolist() == [[[0, 127], [255, 0]]]
    assert len(bar_maps(embeddings, 0)) == 0
