"""Site calibrations: history, the active one, roll back to an earlier one or to the masks alone."""

from __future__ import annotations

import dataclasses

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lifts.decision.clusters import BimodalFit
from lifts.decision.prototypes import MOMENTS, Prototypes
from lifts.decision.site import SiteCalibration
from service.domain.errors import ConflictError, NotFoundError
from service.domain.masks import SiteCalibrationVersion
from service.store.tables import LiftRow, MaskVersionRow, SiteCalibrationRow, deactivate_all


def add(session: Session, found: SiteCalibrationVersion) -> SiteCalibrationVersion:
    """Store a site calibration under the lift's next number, as a proposal: not active.

    Returns the record with its version. Raises NotFoundError if the lift is unknown.
    """
    if session.get(LiftRow, found.lift_id) is None:
        raise NotFoundError(f"no lift {found.lift_id!r}")
    newest = session.scalar(
        select(func.max(SiteCalibrationRow.version)).where(SiteCalibrationRow.lift_id == found.lift_id)
    )
    stored = dataclasses.replace(found, version=(newest or 0) + 1, active=False)
    prototypes = stored.calibration.prototypes
    session.add(
        SiteCalibrationRow(
            lift_id=stored.lift_id,
            version=stored.version,
            mask_version=stored.mask_version,
            model=stored.model,
            heaps=dataclasses.asdict(stored.calibration.fit),
            margins=list(stored.margins),
            reviewed=stored.reviewed,
            always=stored.calibration.background_embedding,
            directions=None if prototypes is None else prototypes.directions,
            reading=None
            if prototypes is None
            else {"offsets": prototypes.offsets, "weights": prototypes.weights},
            watched=stored.watched,
            labelled=stored.labelled,
            active=stored.active,
            created_at=stored.created_at,
        )
    )
    session.flush()
    return stored


def active(session: Session, lift_id: str, mask_version: int, model: str) -> SiteCalibrationVersion | None:
    """Return the lift's active site calibration if it was found with these masks and this model, else None.

    Under other masks, or read by another model, margins part elsewhere.
    """
    row = session.scalar(
        select(SiteCalibrationRow).where(
            SiteCalibrationRow.lift_id == lift_id,
            SiteCalibrationRow.mask_version == mask_version,
            SiteCalibrationRow.model == model,
            SiteCalibrationRow.active,
        )
    )
    return None if row is None else _record(row)


def history(session: Session, lift_id: str) -> tuple[SiteCalibrationVersion, ...]:
    """Return every site calibration of the lift, newest first."""
    rows = session.scalars(
        select(SiteCalibrationRow)
        .where(SiteCalibrationRow.lift_id == lift_id)
        .order_by(SiteCalibrationRow.version.desc())
    )
    return tuple(_record(row) for row in rows)


def most_used(session: Session, lift_id: str, mask_version: int, model: str) -> tuple[int, int]:
    """Return the most passages, and the most labels, that there were for a site calibration with these masks.

    Those that turned out unusable count: looking again would not make them usable. Proposals of these masks
    and this model count as what was activated does; 0 if there is none.
    """
    watched = func.coalesce(SiteCalibrationRow.watched, func.json_array_length(SiteCalibrationRow.margins))
    labelled = func.coalesce(SiteCalibrationRow.labelled, SiteCalibrationRow.reviewed)
    most, labels = session.execute(
        select(func.max(watched), func.max(labelled)).where(
            SiteCalibrationRow.lift_id == lift_id,
            SiteCalibrationRow.mask_version == mask_version,
            SiteCalibrationRow.model == model,
        )
    ).one()
    return most or 0, labels or 0


def activate(session: Session, lift_id: str, version: int) -> SiteCalibrationVersion:
    """Judge the lift by this site calibration.

    Raises:
        NotFoundError: there is no such version.
        ConflictError: it was found with masks that are not the active ones, or with another model.
    """
    row = session.get(SiteCalibrationRow, (lift_id, version))
    if row is None:
        raise NotFoundError(f"lift {lift_id!r} has no site calibration {version}")
    masks = session.scalar(
        select(MaskVersionRow).where(MaskVersionRow.lift_id == lift_id, MaskVersionRow.active)
    )
    if masks is None or (masks.version, masks.model) != (row.mask_version, row.model):
        raise ConflictError(
            f"site calibration {version} was found with masks {row.mask_version} and model {row.model}, by "
            f"which lift {lift_id!r} is not judged now"
        )
    deactivate(session, lift_id)
    row.active = True
    session.flush()
    return _record(row)


def deactivate(session: Session, lift_id: str) -> None:
    """Judge the lift by its masks alone; nothing happens where it already is."""
    deactivate_all(session, SiteCalibrationRow, lift_id)


def _record(row: SiteCalibrationRow) -> SiteCalibrationVersion:
    """Return a row as the service knows it."""
    return SiteCalibrationVersion(
        lift_id=row.lift_id,
        version=row.version,
        mask_version=row.mask_version,
        model=row.model,
        calibration=SiteCalibration(BimodalFit(**row.heaps), _prototypes(row), row.always),
        margins=tuple(row.margins),
        reviewed=row.reviewed,
        active=row.active,
        created_at=row.created_at,
        watched=len(row.margins) if row.watched is None else row.watched,
        labelled=row.reviewed if row.labelled is None else row.labelled,
    )


def _prototypes(row: SiteCalibrationRow) -> Prototypes | None:
    if row.directions is None or row.reading is None:
        return None
    offsets, weights = tuple(row.reading["offsets"]), tuple(row.reading["weights"])
    return Prototypes(row.directions.reshape(MOMENTS, -1), offsets, weights)
