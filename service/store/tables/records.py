"""Rows as the service knows them: what a stored site calibration holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from pydantic import FiniteFloat, TypeAdapter

from lifts.decision.clusters import BimodalFit
from lifts.decision.learning.adapter import Adapter
from lifts.decision.prototypes import MOMENTS, Prototypes
from lifts.decision.site import SiteCalibration
from service.domain.masks import SiteCalibrationVersion
from service.store.tables.rows import SiteCalibrationRow

_COLUMNS = TypeAdapter(tuple[int, str, tuple[FiniteFloat, ...], int, bool, datetime, int | None, int | None])
_FIT = TypeAdapter(dict[str, FiniteFloat])
_WIDEST = 4.0
"""Margins and their clusters lie within this on either side: differences of distances of unit vectors."""

_MOMENTS = TypeAdapter(tuple[FiniteFloat, FiniteFloat, FiniteFloat])


def site_calibration(row: SiteCalibrationRow) -> SiteCalibrationVersion:
    """Return a row as the service knows it; raises ValueError, TypeError or LookupError for a damaged one."""
    names = ("mask_version", "model", "margins", "reviewed", "active", "created_at", "watched", "labelled")
    stored = _COLUMNS.validate_python(tuple(getattr(row, name) for name in names))
    mask_version, model, margins, reviewed, active, created_at, watched, labelled = stored
    seats = None if row.seats is None else _clusters(row.seats)
    if row.always is not None and not np.isfinite(row.always).all():
        raise ValueError("no background")
    return SiteCalibrationVersion(
        lift_id=row.lift_id,
        version=row.version,
        mask_version=mask_version,
        model=model,
        calibration=SiteCalibration(_clusters(row.heaps), _prototypes(row), row.always, seats),
        margins=margins,
        reviewed=reviewed,
        active=active,
        created_at=created_at,
        watched=len(margins) if watched is None else watched,
        labelled=reviewed if labelled is None else labelled,
    )


def _clusters(stored: dict[str, Any]) -> BimodalFit:
    fit = BimodalFit(**_FIT.validate_python(stored))
    shares = (fit.open_share, fit.trust)
    if not 0 < fit.spread <= _WIDEST or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"no clusters: {fit}")
    if not -_WIDEST <= fit.open_mean < fit.closed_mean <= _WIDEST:
        raise ValueError(f"no clusters: {fit}")
    return fit


def _prototypes(row: SiteCalibrationRow) -> Prototypes | None:
    if row.directions is None or row.reading is None:
        return None
    offsets, weights = (_MOMENTS.validate_python(row.reading[name]) for name in ("offsets", "weights"))
    directions, adapter = row.directions.reshape(MOMENTS, -1), None
    if not np.isfinite(directions).all() or not all(0 <= weight <= 1 for weight in weights):
        raise ValueError(f"no prototypes: weights {weights}")
    if row.adapter is not None:
        if row.adapter.shape != (directions.shape[1] + 1,) or not np.isfinite(row.adapter).all():
            raise ValueError(f"no adapter: {row.adapter.shape}")
        adapter = Adapter(row.adapter[:-1], float(row.adapter[-1]))
    return Prototypes(directions, offsets, weights, adapter)
