"""Site calibrations: history, the active one, roll back to an earlier one or to the masks alone."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from pydantic import FiniteFloat, TypeAdapter
from sqlalchemy import String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from lifts.decision.clusters import BimodalFit
from lifts.decision.prototypes import MOMENTS, Prototypes
from lifts.decision.site import SiteCalibration
from service.domain.errors import ConflictError, NotFoundError
from service.domain.masks import SiteCalibrationVersion
from service.store import lifts
from service.store.damage import intact, readable
from service.store.records import Page
from service.store.tables import MaskVersionRow, SiteCalibrationRow, deactivate_all

_COLUMNS = TypeAdapter(tuple[int, str, tuple[FiniteFloat, ...], int, bool, datetime, int | None, int | None])
_FIT = TypeAdapter(dict[str, FiniteFloat])
_MOMENTS = TypeAdapter(tuple[FiniteFloat, FiniteFloat, FiniteFloat])


def add(session: Session, found: SiteCalibrationVersion) -> SiteCalibrationVersion:
    """Store a site calibration under the lift's next number, as a proposal: not active.

    Returns the record with its version. Raises NotFoundError if the lift is unknown.
    """
    if not lifts.exists(session, found.lift_id):
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

    Under other masks or another model, the margins separate elsewhere.
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


def history(session: Session, lift_id: str) -> Page[SiteCalibrationVersion]:
    """Return every site calibration of the lift, newest first, on one page."""
    query = select(SiteCalibrationRow).where(SiteCalibrationRow.lift_id == lift_id)
    query = query.order_by(SiteCalibrationRow.version.desc())
    rows = readable(session, query, SiteCalibrationRow.version, _record)
    return Page.of(rows, len(rows))


def most_used(session: Session, lift_id: str, mask_version: int, model: str) -> tuple[int, int]:
    """Return the most passages, and the most labels, that there were for a site calibration with these masks.

    Those that turned out unusable count: looking again would not make them usable. Proposals of these masks
    and this model count as what was activated does; 0 if there is none.
    """
    # A damaged one counts as none: it would make the whole query fail.
    margins = type_coerce(SiteCalibrationRow.margins, String)
    counted = case((func.json_valid(margins) == 1, func.json_array_length(margins)), else_=0)
    watched = func.coalesce(SiteCalibrationRow.watched, counted)
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
        DamagedError: it cannot be read.
        ConflictError: it was found with masks that are not the active ones, or with another model.
    """
    what = f"site calibration {version} of lift {lift_id!r} is"
    with intact(session, SiteCalibrationRow.__tablename__, f"{lift_id} {version}", what):
        row = session.get(SiteCalibrationRow, (lift_id, version))
        found = None if row is None else _record(row)
    if row is None or found is None:
        raise NotFoundError(f"lift {lift_id!r} has no site calibration {version}")
    masks = select(MaskVersionRow.version, MaskVersionRow.model)
    judged_by = session.execute(masks.where(MaskVersionRow.lift_id == lift_id, MaskVersionRow.active)).first()
    if judged_by is None or tuple(judged_by) != (found.mask_version, found.model):
        raise ConflictError(
            f"site calibration {version} was found with masks {found.mask_version} and model {found.model}, "
            f"by which lift {lift_id!r} is not judged now"
        )
    deactivate(session, lift_id)
    row.active = True
    session.flush()
    return dataclasses.replace(found, active=True)


def deactivate(session: Session, lift_id: str) -> None:
    """Judge the lift by its masks alone; nothing happens where it already is."""
    deactivate_all(session, SiteCalibrationRow, lift_id)


def _record(row: SiteCalibrationRow) -> SiteCalibrationVersion:
    """Return a row as the service knows it."""
    mask_version, model, margins, reviewed, active, created_at, watched, labelled = _COLUMNS.validate_python(
        (
            row.mask_version,
            row.model,
            row.margins,
            row.reviewed,
            row.active,
            row.created_at,
            row.watched,
            row.labelled,
        )
    )
    fit = BimodalFit(**_FIT.validate_python(row.heaps))
    if fit.spread <= 0 or not 0 <= fit.open_share <= 1:
        raise ValueError(f"no clusters: {fit}")
    return SiteCalibrationVersion(
        lift_id=row.lift_id,
        version=row.version,
        mask_version=mask_version,
        model=model,
        calibration=SiteCalibration(fit, _prototypes(row), row.always),
        margins=margins,
        reviewed=reviewed,
        active=active,
        created_at=created_at,
        watched=len(margins) if watched is None else watched,
        labelled=reviewed if labelled is None else labelled,
    )


def _prototypes(row: SiteCalibrationRow) -> Prototypes | None:
    if row.directions is None or row.reading is None:
        return None
    offsets, weights = (_MOMENTS.validate_python(row.reading[name]) for name in ("offsets", "weights"))
    return Prototypes(row.directions.reshape(MOMENTS, -1), offsets, weights)
