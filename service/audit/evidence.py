"""What belongs to an alarm: its life, the carrier, its pictures, the masks and numbers that judged it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from service.audit.pack import (
    FORMAT,
    ROWS,
    PackedRow,
    as_json,
    certify,
    read_rows,
    rows_json,
    seals_of,
    write_pack,
)
from service.audit.selftests import KEYS, keys_in
from service.audit.signing import SigningKey
from service.domain.alarm import Alarm
from service.domain.errors import NotFoundError
from service.domain.evidence.clip import StoredClip
from service.store import alarms, passages
from service.store.alarms import history
from service.store.clips import rows as clip_rows
from service.store.clips.folder import ClipFolder
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.store.trials import self_tests


def export_evidence(
    store: Store,
    pictures: Pictures,
    alarm_id: str,
    versions: Mapping[str, Any],
    clips: ClipFolder,
    key: SigningKey,
) -> bytes:
    """Return the signed pack of an alarm, whose export is in the audit.

    Args:
        store: has the rows. pictures, clips: have the files.
        alarm_id: of which alarm.
        versions: what else decided: model, digests of model and settings, the software's version.
        key: signs it.

    Raises:
        NotFoundError, DamagedError: of the alarm.
        ConflictError: something of it has just changed.
        StoreError: the database cannot answer or takes no write, or the store of the files does not answer.
        ConfigurationError: the key cannot be used.
    """
    with store.reading() as session:
        alarm = alarms.get(session, alarm_id)
        record = _passage(session, alarm)
        rows, clip = _rows(session, alarm, record), clip_rows.find(session, alarm_id)
        facts: dict[str, Any] = {
            "format": FORMAT,
            "alarm": dataclasses.asdict(alarm),
            "life": [dataclasses.asdict(event) for event in history.events(session, alarm_id)],
            "comments": [dataclasses.asdict(comment) for comment in history.comments(session, alarm_id)],
            "passage": None if record is None else dataclasses.asdict(record),
            "clip": None if clip is None else dataclasses.asdict(clip),
            "sealed": seals_of(session, rows),
        }
        keys = keys_in(session.connection().exec_driver_sql(KEYS).scalars()) | {key.public()}
    seals = {row.table: row.seal[:32].hex() for row in rows if row.table in {"lifts", "budgets"}}
    files = _masks(rows) | _clip(clips, clip) | ({} if record is None else _pictures(pictures, record))
    facts |= {
        "versions": {**versions, "lift_sha256": seals.get("lifts"), "budget_sha256": seals.get("budgets")},
        "signing_keys": sorted(keys),
        "clock": {"exported_at": datetime.now(UTC), "zone": "UTC"},
        "files": {
            name: hashlib.sha256(content).hexdigest()
            for name, content in sorted({**files, ROWS: rows_json(rows)}.items())
        },
    }
    manifest = as_json(facts)
    job = partial(certify, alarm_id=alarm_id, manifest=manifest, rows=rows)
    return write_pack(manifest, rows, store.write(job).result(), files, key)


def _passage(session: Session, alarm: Alarm) -> PassageRecord | None:
    if alarm.passage_id is None:
        return None
    try:
        return passages.get(session, alarm.passage_id)
    except NotFoundError:  # retention has taken it
        return None


def _rows(session: Session, alarm: Alarm, record: PassageRecord | None) -> list[PackedRow]:
    found = read_rows(session, "alarms", "id = :id", id=alarm.id)
    found += read_rows(session, "alarm_events", "alarm_id = :id", id=alarm.id)
    found += read_rows(session, "alarm_comments", "alarm_id = :id", id=alarm.id)
    found += read_rows(session, "clips", "alarm_id = :id", id=alarm.id)
    if alarm.lift_id is not None:
        found += read_rows(session, "lifts", "id = :id", id=alarm.lift_id)
        last = self_tests.number_before(session, alarm.lift_id, alarm.raised_at)
        found += read_rows(
            session, "self_tests", "lift_id = :id AND number = :last", id=alarm.lift_id, last=last
        )
    if record is not None:
        found += read_rows(session, "passages", "id = :id", id=record.id)
        of_masks = "lift_id = :id AND version = :version"
        named = {"id": record.lift_id, "version": record.judgement.mask_version}
        found += read_rows(session, "mask_versions", of_masks, **named)
        by_site = "lift_id = :id AND mask_version = :version AND active = 1"
        found += read_rows(session, "thresholds", by_site, **named)
        by_budget = {"id": record.lift_id, "version": record.judgement.budget}
        found += read_rows(session, "budgets", "lift_id = :id AND version = :version", **by_budget)
    return found


def _masks(rows: list[PackedRow]) -> dict[str, bytes]:
    """Return the two masks as they are stored."""
    files: dict[str, bytes] = {}
    for row in rows:
        if row.table == "mask_versions":
            content = dict(zip(row.columns, row.values[1::2], strict=True))
            files |= {f"masks/{name}.png": content[f"{name}_png"] for name in ("open", "close")}
    return {name: content for name, content in files.items() if isinstance(content, bytes)}


def _clip(folder: ClipFolder, clip: StoredClip | None) -> dict[str, bytes]:
    """Return the clip if it is there; one that is not what was stored is left out."""
    content = None if clip is None or clip.file is None else folder.files.read(clip.file)
    if clip is None or content is None or hashlib.sha256(content).hexdigest() != clip.sha256:
        return {}
    return {"clip.mp4": content}


def _pictures(pictures: Pictures, record: PassageRecord) -> dict[str, bytes]:
    """Return the pictures and maps that are still there; one that is not what was stored is left out."""
    files: dict[str, bytes] = {}
    for number, kept in enumerate(record.pictures, 1):
        for name, digest, kind in ((kept.file, kept.sha256, "jpg"), (kept.why, kept.why_sha256, "png")):
            content = None if name is None else pictures.files.read(name)
            if content is not None and digest in (None, hashlib.sha256(content).hexdigest()):
                files[f"pictures/{number}.{kind}"] = content
    return files
