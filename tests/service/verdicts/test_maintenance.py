"""Maintenance: every task has its turn, whatever the others do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from service.alarms import lifecycle
from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import EngineUnavailableError
from service.inference.inline import InlineEngine
from service.store import alarms, passages
from service.store.database import Store
from service.store.pictures import Pictures, Retention
from service.store.records import PictureRecord
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.maintenance import Maintenance
from service.verdicts.recording import draft_of
from tests.service.kept_pictures import keep
from tests.service.tiny_model import OPEN, passage, picture


class _Broken(ActiveMasks):
    def retry(self) -> None:
        raise EngineUnavailableError("the embedder is down")


def test_a_task_that_fails_keeps_no_other_from_its_turn(
    store: Store, inline_engine: InlineEngine, tmp_path: Path
) -> None:
    """Masks that cannot be embedded do not keep a shelved alarm on its shelf; the failure is the runner's."""
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id="p")
    alarm = store.write(lambda s: alarms.raise_alarm(s, draft)).result()
    assert alarm is not None
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    until = hour_ago + timedelta(minutes=1)
    store.write(
        lambda s: lifecycle.shelve(s, alarm.id, "anna", until=until, reason="r", now=hour_ago)
    ).result()
    tended = Maintenance(store, Pictures(tmp_path), _Broken(store, inline_engine), Retention())
    with pytest.raises(EngineUnavailableError):
        tended._turn()
    with store.reading() as session:
        assert alarms.get(session, alarm.id).state is AlarmState.ACTIVE


def test_retention_leaves_no_picture_that_nobody_names(
    store: Store, inline_engine: InlineEngine, tmp_path: Path
) -> None:
    """Of a damaged record, or of one that forgot them as the service was killed: gone at their age."""
    now, kept, files = datetime.now(UTC), Pictures(tmp_path), {}
    ages = {"damaged": 40, "killed": 40, "damaged and alarmed": 40, "damaged and ancient": 400, "young": 1}
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
    tended = Maintenance(store, kept, ActiveMasks(store, inline_engine), Retention())
    assert tended.apply_retention(now) == 3
    assert {name for name, file in files.items() if file.exists()} == {"damaged and alarmed", "young"}
    assert tended.apply_retention(now) == 0
