"""Retention: what is too old goes by its class, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.store import alarms, passages
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PictureRecord
from service.store.upkeep.classes import Retention
from service.verdicts.recording import draft_of
from service.verdicts.retaining import Retaining
from tests.service.kept_pictures import keep
from tests.service.tiny_model import OPEN, passage, picture


def test_retention_leaves_no_picture_that_nobody_names(store: Store, tmp_path: Path) -> None:
    """Of a damaged record, or of one that forgot them as the service was killed: gone at their age."""
    now, kept, files = datetime.now(UTC), Pictures(tmp_path), {}
    ages = {"damaged": 40, "killed": 40, "damaged and alarmed": 20, "damaged and ancient": 400, "young": 1}
    for name, age in ages.items():
        seen_at = now - timedelta(days=age)
        (file,) = keep(kept, seen_at, [picture(OPEN)], name)
        files[name] = kept.path(str(file))
        record = replace(
            draft_of(passage(name, [picture(OPEN)], 0.0), unknown(Reason.DARK)).record,
            seen_at=seen_at,
            pictures=(PictureRecord(file, 0.0, 1.0, None),),
        )
        store.write(partial(passages.add, record=record)).result()
    for name in ("damaged and alarmed", "damaged and ancient"):
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=name)
        store.write(partial(alarms.raise_alarm, draft=draft)).result()
    damage = (
        "UPDATE passages SET pictures = '!' WHERE id LIKE 'damaged%'",
        "UPDATE passages SET has_files = 0 WHERE id = 'killed'",
    )
    for statement in damage:
        store.write(partial(Session.execute, statement=text(statement))).result()
    tended = Retaining(store, kept, Retention())
    assert tended.apply_retention(now) == 3
    assert {name for name, file in files.items() if file.exists()} == {"damaged and alarmed", "young"}
    assert tended.apply_retention(now) == 0
