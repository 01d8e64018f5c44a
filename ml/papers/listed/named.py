"""The list's measurements by the names that commands take."""

from __future__ import annotations

from ml.papers.listed.blurring import BLURRING
from ml.papers.listed.departure import DEPARTURE
from ml.papers.listed.measure import Measurement
from ml.papers.listed.perturbation import PERTURBATION
from ml.papers.listed.pooling import POOLING
from ml.papers.listed.sensitivity import SENSITIVITY
from ml.papers.listed.temporal import TEMPORAL

MEASUREMENTS: dict[str, Measurement] = {
    "camera-pooling": POOLING,
    "temporal-attention": TEMPORAL,
    "departure": DEPARTURE,
    "sensitivity": SENSITIVITY,
    "faces-blurred": BLURRING,
    "perturbation": PERTURBATION,
}
"""Ablations of paper 002's list that train no system of their own; those that do: `ml.papers.plans.named`."""
