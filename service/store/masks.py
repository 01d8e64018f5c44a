"""Enrolled pairs of masks: history, the active one, roll back."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

import cv2
import numpy as np
from pydantic import FiniteFloat, TypeAdapter
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lifts.schema import MaskPair
from service.domain.arrays import Image
from service.domain.errors import NotFoundError
from service.domain.masks import MaskVersion
from service.domain.people import SYSTEM
from service.store import budgets, lifts, site_calibrations
from service.store.audit import entries
from service.store.audit.entries import record
from service.store.damage import intact, readable
from service.store.records import Page
from service.store.sql.portable import BytesOfText
from service.store.tables import (
    BudgetRow,
    MaskVersionRow,
    MetaRow,
    PassageRow,
    ReferenceRow,
    SiteCalibrationRow,
    deactivate_all,
)

_MODEL = "model"
"""Key in the table of facts."""

_COLUMNS = TypeAdapter(tuple[int, str, FiniteFloat, tuple[str, ...], bool, datetime])


def add(session: Session, version: MaskVersion) -> MaskVersion:
    """Store a pair of masks under the lift's next version number and make it the active one.

    Returns the record with its version and `active` set. Raises NotFoundError if the lift is unknown.
    """
    if not lifts.exists(session, version.lift_id):
        raise NotFoundError(f"no lift {version.lift_id!r}", "no_lift", lift_id=version.lift_id)
    stored = dataclasses.replace(version, version=_next_version(session, version.lift_id), active=True)
    deactivate_all(session, MaskVersionRow, stored.lift_id)
    session.add(
        MaskVersionRow(
            lift_id=stored.lift_id,
            version=stored.version,
            model=stored.model,
            open_png=_png(stored.masks.open),
            close_png=_png(stored.masks.close),
            embeddings=stored.embeddings,
            bank_size=stored.embeddings.shape[1],
            separation=stored.separation,
            quality="",
            warnings=list(stored.warnings),
            active=True,
            created_at=stored.created_at,
        )
    )
    session.flush()
    for name, image in stored.references.items():
        png = _png(np.ascontiguousarray(image[:, :, ::-1]))
        session.add(ReferenceRow(lift_id=stored.lift_id, version=stored.version, name=name, png=png))
    record(session, "masks.enrol", f"{stored.lift_id}/{stored.version}", model=stored.model)
    return stored


def replace_embeddings(session: Session, version: MaskVersion) -> None:
    """Store what another model made of the same masks: model, embeddings, separation, warnings."""
    row = _row(session, version.lift_id, version.version)
    row.model, row.separation = version.model, version.separation
    row.embeddings, row.bank_size = version.embeddings, version.embeddings.shape[1]
    row.warnings = list(version.warnings)
    record(session, "masks.embed", f"{version.lift_id}/{version.version}", model=version.model)


def model_in_use(session: Session) -> str:
    """Return the model that judged here last; empty if none did."""
    row = session.get(MetaRow, _MODEL)
    return "" if row is None else row.value


def change_model(session: Session, model: str, formerly: Sequence[str]) -> None:
    """Note that another model judges from now on, in the audit too.

    What belongs to it under a former name is its own: it is the same model, and embeddings and calibrations
    stay as they are. Passages keep the record of what judged them.
    """
    was = model_in_use(session)
    session.merge(MetaRow(key=_MODEL, value=model))
    for table in (MaskVersionRow, SiteCalibrationRow, BudgetRow):
        statement = update(table).where(table.model.in_(formerly)).values(model=model)
        session.execute(statement.execution_options(synchronize_session=False))
    entries.record(session, "model.change", model, by=SYSTEM, was=was, formerly=list(formerly))


def get(session: Session, lift_id: str, version: int) -> MaskVersion:
    """Return one version; raises NotFoundError, DamagedError."""
    with _undamaged(session, lift_id, version):
        return _record(session, _row(session, lift_id, version))


def active(session: Session, lift_id: str) -> MaskVersion | None:
    """Return the lift's active version, or None if it has no masks.

    Raises DamagedError if it, or its site calibration, cannot be read.
    """
    query = select(MaskVersionRow).where(MaskVersionRow.lift_id == lift_id, MaskVersionRow.active)
    with _undamaged(session, lift_id):
        row = session.scalar(query)
        return None if row is None else _record(session, row)


def active_versions(session: Session) -> dict[str, int]:
    """Return lift id -> active version, of every lift that has masks."""
    query = select(MaskVersionRow.lift_id, MaskVersionRow.version).where(MaskVersionRow.active)
    return {row.lift_id: row.version for row in session.execute(query)}


def fingerprint(session: Session, lift_id: str) -> bytes:
    """Return what changes whenever the rows change that a lift is judged by, damaged or not."""
    digest = hashlib.blake2b(digest_size=16)
    for table in (MaskVersionRow, ReferenceRow, SiteCalibrationRow, BudgetRow):
        raw = [BytesOfText(column) for column in table.__table__.columns]
        for row in session.execute(select(*raw).where(table.lift_id == lift_id)):
            digest.update(repr(tuple(row)).encode())
    return digest.digest()


def history(session: Session, lift_id: str) -> Page[MaskVersion]:
    """Return every version of the lift, newest first, on one page."""
    query = select(MaskVersionRow).where(MaskVersionRow.lift_id == lift_id)
    query = query.order_by(MaskVersionRow.version.desc())
    rows = readable(session, query, MaskVersionRow.version, partial(_record, session))
    return Page.of(rows, len(rows))


def newest_references(session: Session, lift_id: str) -> dict[str, Image]:
    """Return the lift's newest reference picture of each name, whichever masks it came with.

    They show the lift, not its masks: new masks that come without any are checked by the former ones. None
    counts from before the lift's present track, if that took the place of another: it was cut out otherwise.

    Raises:
        DamagedError: one is damaged.
        NotFoundError: there is no such lift.
    """
    query = select(ReferenceRow).where(ReferenceRow.lift_id == lift_id).order_by(ReferenceRow.version)
    if (since := lifts.track_since(session, lift_id)) is not None:
        newer = select(MaskVersionRow.version)
        newer = newer.where(MaskVersionRow.lift_id == lift_id, MaskVersionRow.created_at >= since)
        query = query.where(ReferenceRow.version.in_(newer))
    newest = {row.name: row.png for row in session.scalars(query)}
    with intact(session, ReferenceRow.__tablename__, lift_id, f"a reference picture of lift {lift_id!r} is"):
        return {name: _rgb(png) for name, png in newest.items()}


def forget_references(session: Session, lift_id: str) -> int:
    """Delete the reference pictures of a lift, of every version of its masks; return how many.

    Raises NotFoundError: there is no such lift.
    """
    lifts.get(session, lift_id)
    names = session.execute(
        delete(ReferenceRow).where(ReferenceRow.lift_id == lift_id).returning(ReferenceRow.name)
    ).all()
    record(session, "masks.forget_references", lift_id, pictures=len(names))
    return len(names)


def activate(session: Session, lift_id: str, version: int) -> MaskVersion:
    """Make the version the active one (roll back or forward); raises NotFoundError, DamagedError."""
    with _undamaged(session, lift_id, version):
        row = _row(session, lift_id, version)
        deactivate_all(session, MaskVersionRow, lift_id)
        row.active = True
        record(session, "masks.activate", f"{lift_id}/{version}")
        return _record(session, row)


def _undamaged(session: Session, lift_id: str, version: int | str = "active") -> AbstractContextManager[None]:
    what = f"the masks of lift {lift_id!r} ({version}) or their site calibration are"
    return intact(session, MaskVersionRow.__tablename__, f"{lift_id} {version}", what)


def _next_version(session: Session, lift_id: str) -> int:
    # A lift that was deleted and comes back must not reuse a number that its stored passages name.
    newest = session.scalar(select(func.max(MaskVersionRow.version)).where(MaskVersionRow.lift_id == lift_id))
    judged = session.scalar(select(func.max(PassageRow.mask_version)).where(PassageRow.lift_id == lift_id))
    return max(newest or 0, judged or 0) + 1


def _row(session: Session, lift_id: str, version: int) -> MaskVersionRow:
    row = session.get(MaskVersionRow, (lift_id, version))
    if row is None:
        raise NotFoundError(
            f"lift {lift_id!r} has no mask version {version}", "no_mask_version", version=version
        )
    return row


def _record(session: Session, row: MaskVersionRow) -> MaskVersion:
    references = session.scalars(
        select(ReferenceRow).where(ReferenceRow.lift_id == row.lift_id, ReferenceRow.version == row.version)
    )
    columns = (row.version, row.model, row.separation, row.warnings, row.active, row.created_at)
    version, model, separation, warnings, active, created_at = _COLUMNS.validate_python(columns)
    return MaskVersion(
        lift_id=row.lift_id,
        version=version,
        model=model,
        masks=MaskPair(open=_grey(row.open_png), close=_grey(row.close_png)),
        embeddings=row.embeddings.reshape(2, row.bank_size, -1),
        separation=separation,
        warnings=warnings,
        active=active,
        created_at=created_at,
        references={reference.name: _rgb(reference.png) for reference in references},
        site=site_calibrations.active(session, row.lift_id, row.version, row.model),
        budget=budgets.active(session, row.lift_id),
    )


def _png(image: Image) -> bytes:
    return bytes(cv2.imencode(".png", image)[1])


def _grey(png: bytes) -> Image:
    return _decoded(png, cv2.IMREAD_GRAYSCALE)


def _rgb(png: bytes) -> Image:
    return np.ascontiguousarray(_decoded(png, cv2.IMREAD_COLOR)[:, :, ::-1])


def _decoded(png: bytes, mode: int) -> Image:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), mode) if png else None
    if image is None:
        raise ValueError("a stored picture cannot be decoded")
    return np.asarray(image, dtype=np.uint8)
