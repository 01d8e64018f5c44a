"""Maintenance: every task has its turn, whatever the others do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.alarms import lifecycle
from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import EngineUnavailableError
from service.inference.inline import InlineEngine
from service.store import alarms
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.upkeep.classes import Retention
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.maintenance import Maintenance


class _Broken(ActiveMasks):
    def retry(self) -> None:
        raise EngineUnavailableError("the embedder is down")


def test_a_task_that_fails_keeps_no_other_from_its_turn(
    store: Store, inline_engine: InlineEngine, tmp_path: Path
) -> None:
    """Masks that cannot be embedded do not keep a shelved alarm on its shelf; the failure is the runner's."""
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.WARNING, "lift", "open", passage_id="p")
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
