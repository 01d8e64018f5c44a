"""Site calibrations: history, the active one, roll back to an earlier one or to the masks alone."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np
from sqlalchemy import Select, String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from lifts.decision.learning.adapter import Adapter
from service.domain.arrays import Float32
from service.domain.errors import ConflictError, NotFoundError
from service.domain.masks import SiteCalibrationVersion
from service.store import lifts
from service.store.audit.entries import record
from service.store.damage import intact, readable
from service.store.records import Page
from service.store.tables import MaskVersionRow, SiteCalibrationRow, deactivate_all
from service.store.tables.records import site_calibration


def add(session: Session, found: SiteCalibrationVersion) -> SiteCalibrationVersion:
    """Store a site calibration under the lift's next number, as a proposal: not active.

    Returns the record with its version. Raises NotFoundError if the lift is unknown.
    """
    if not lifts.exists(session, found.lift_id):
        raise NotFoundError(f"no lift {found.lift_id!r}", "no_lift", lift_id=found.lift_id)
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
            seats=None if stored.calibration.seats is None else dataclasses.asdict(stored.calibration.seats),
            watched=stored.watched,
            labelled=stored.labelled,
            active=stored.active,
            created_at=stored.created_at,
            adapter=None if prototypes is None else _adapter_numbers(prototypes.adapter),
        )
    )
    record(session, "calibration.propose", f"{stored.lift_id}/{stored.version}", masks=stored.mask_version)
    return stored


def active(session: Session, lift_id: str, mask_version: int, model: str) -> SiteCalibrationVersion | None:
    """Return the lift's active site calibration if it was found with these masks and this model, else None.

    Under other masks or another model, the margins separate elsewhere.
    """
    row = session.scalar(_found_with(lift_id, mask_version, model).where(SiteCalibrationRow.active))
    return None if row is None else site_calibration(row)


def history(session: Session, lift_id: str) -> Page[SiteCalibrationVersion]:
    """Return every site calibration of the lift, newest first, on one page."""
    query = select(SiteCalibrationRow).where(SiteCalibrationRow.lift_id == lift_id)
    query = query.order_by(SiteCalibrationRow.version.desc())
    rows = readable(session, query, SiteCalibrationRow.version, site_calibration)
    return Page.of(rows, len(rows))


def most_used(
    session: Session, lift_id: str, mask_version: int, model: str, since: datetime | None = None
) -> tuple[int, int]:
    """Return the most passages, and the most labels, that there were for a site calibration with these masks.

    Those that turned out unusable count: looking again would not make them usable. Proposals of these masks
    and this model count as what was activated does; 0 if there is none. Those found before `since` do not.
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
            *(() if since is None else (SiteCalibrationRow.created_at >= since,)),
        )
    ).one()
    return most or 0, labels or 0


def activate(session: Session, lift_id: str, version: int) -> SiteCalibrationVersion:
    """Judge the lift by this site calibration.

    Raises:
        NotFoundError: there is no such version.
        DamagedError: it cannot be read.
        ConflictError: it was found with other masks than the active ones, another model or track.
    """
    row, found = _usable(session, lift_id, version)
    deactivate(session, lift_id)
    row.active = True
    record(session, "calibration.activate", f"{lift_id}/{version}")
    return dataclasses.replace(found, active=True)


def usable(session: Session, lift_id: str, version: int) -> SiteCalibrationVersion:
    """Return a site calibration that the lift could be judged by; raises as `activate`."""
    return _usable(session, lift_id, version)[1]


def _usable(
    session: Session, lift_id: str, version: int
) -> tuple[SiteCalibrationRow, SiteCalibrationVersion]:
    what = f"site calibration {version} of lift {lift_id!r} is"
    with intact(session, SiteCalibrationRow.__tablename__, f"{lift_id} {version}", what):
        row = session.get(SiteCalibrationRow, (lift_id, version))
        found = None if row is None else site_calibration(row)
    if row is None or found is None:
        raise NotFoundError(
            f"lift {lift_id!r} has no site calibration {version}", "no_calibration", version=version
        )
    masks = select(MaskVersionRow.version, MaskVersionRow.model)
    judged_by = session.execute(masks.where(MaskVersionRow.lift_id == lift_id, MaskVersionRow.active)).first()
    if judged_by is None or tuple(judged_by) != (found.mask_version, found.model):
        raise ConflictError(
            f"site calibration {version} was found with masks {found.mask_version} and model {found.model}, "
            f"by which lift {lift_id!r} is not judged now",
            "calibration_of_other_masks",
            mask_version=found.mask_version,
        )
    since = lifts.track_since(session, lift_id)
    if since is not None and found.created_at < since:
        raise ConflictError(
            f"site calibration {version} was found before lift {lift_id!r} had its present track",
            "calibration_of_another_track",
            version=version,
        )
    return row, found


def deactivate(session: Session, lift_id: str) -> None:
    """Judge the lift by its masks alone; nothing happens where it already is."""
    judging = select(SiteCalibrationRow.version).where(
        SiteCalibrationRow.lift_id == lift_id, SiteCalibrationRow.active
    )
    if (version := session.scalar(judging)) is not None:
        deactivate_all(session, SiteCalibrationRow, lift_id)
        record(session, "calibration.deactivate", f"{lift_id}/{version}")


def _found_with(lift_id: str, mask_version: int, model: str) -> Select[SiteCalibrationRow]:
    return select(SiteCalibrationRow).where(
        SiteCalibrationRow.lift_id == lift_id,
        SiteCalibrationRow.mask_version == mask_version,
        SiteCalibrationRow.model == model,
    )


def _adapter_numbers(adapter: Adapter | None) -> Float32 | None:
    return None if adapter is None else np.append(adapter.direction, np.float32(adapter.offset))
