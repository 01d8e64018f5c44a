"""What is too old goes by its class, in small steps; what people need stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lifts.decision.verdict import ImageJudgement, Judgement, Verdict
from lifts.schema import Lift
from service.alarms import lifecycle
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import NotFoundError
from service.store import alarms, lifts, masks, passages
from service.store.audit import entries
from service.store.database import Store
from service.store.delivery import outputs, set_aside
from service.store.delivery.outputs import StoredOutput
from service.store.delivery.set_aside import SetAside
from service.store.pictures import Pictures
from service.store.records import PassageRecord, PictureRecord, Review
from service.store.tables import AlarmEventRow, MetaRow, PassageRow
from service.store.upkeep import retention, tally
from service.store.upkeep.classes import Disposal, Retention
from service.store.upkeep.retention import STEP, limit_pictures, prune, vacuum
from tests.service.kept_pictures import keep, keep_maps
from tests.service.store.test_repositories import _version
from tests.service.tiny_model import OPEN, picture

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Archive:
    """A database of passages of any age, each with a picture and its map."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.pictures = store, Pictures(folder)
        self.files: dict[str, tuple[Path, Path]] = {}

    def passage(self, name: str, days: float, *, verdict: Verdict = Verdict.OPEN, version: int = 2) -> None:
        seen_at = NOW - timedelta(days=days)
        (file,) = keep(self.pictures, seen_at, [picture(OPEN)], name)
        (why,) = keep_maps(self.pictures, [file], np.zeros((1, 5, 5), np.uint8))
        assert file is not None
        assert why is not None
        self.files[name] = self.pictures.path(file), self.pictures.path(why)
        images = (ImageJudgement(0.25, 0.75, 0.8, verdict),)
        judged = Judgement(verdict, 0.97, -0.5, True, 0.8, images, version, "m")
        shown = (PictureRecord(file, 0.0, 1.0, None, why),)
        record = PassageRecord(name, "lift", 1, seen_at, 0.0, 1.0, 2.0, judged, shown)
        self.store.write(partial(passages.add, record=record)).result()

    def alarm(self, passage_id: str, days: float, kind: AlarmKind = AlarmKind.BAR_OPEN) -> Alarm:
        bar = kind is AlarmKind.BAR_OPEN
        draft = AlarmDraft(kind, Severity.WARNING, "lift", "m", passage_id if bar else None, cause=passage_id)
        at = NOW - timedelta(days=days)
        alarm = self.store.write(partial(alarms.raise_alarm, draft=draft, at=at)).result()
        assert alarm is not None
        return alarm

    def acknowledge(self, alarm: Alarm) -> None:
        self.store.write(partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="anna")).result()

    def prune(self, keeping: Retention | None = None) -> None:
        for files in prune(self.store, keeping or Retention(), NOW):
            self.pictures.remove(files)

    def left(self) -> dict[str, str]:
        """Return what is left of each passage: its picture (p), its map (m), its row (r)."""
        with self.store.reading() as session:
            rows = set(session.scalars(select(PassageRow.id)))
        found = {}
        for name, (file, why) in self.files.items():
            found[name] = "p" * file.exists() + "m" * why.exists() + "r" * (name in rows)
        return found


@pytest.fixture
def archive(store: Store, tmp_path: Path) -> Archive:
    return Archive(store, tmp_path)


def test_each_class_goes_at_its_age(archive: Archive) -> None:
    """Passages after 8 days; with an alarm after 30, once seen; reviews without their pictures."""
    ages = {"plain": 9, "young": 7, "alarmed": 29, "old alarm": 31, "not seen": 31, "held": 400}
    for name, days in {**ages, "labelled": 20, "old label": 31, "ancient label": 366}.items():
        archive.passage(name, days)
    for name in ("alarmed", "old alarm", "not seen", "held"):
        raised = archive.alarm(name, ages[name])
        if name != "not seen":
            archive.acknowledge(raised)
        if name == "held":
            assert archive.store.write(partial(alarms.hold, alarm_id=raised.id, held=True)).result()
    for name in ("labelled", "old label", "ancient label"):
        label = Review(Verdict.OPEN, True, "anna", NOW, "")
        archive.store.write(partial(passages.review, passage_id=name, label=label)).result()
    archive.prune()
    assert archive.left() == {
        "plain": "",
        "young": "pmr",
        "alarmed": "pmr",
        "old alarm": "",
        "not seen": "r",
        "held": "pmr",
        "labelled": "pmr",
        "old label": "r",
        "ancient label": "",
    }
    with archive.store.reading() as session:
        assert {alarm.passage_id for alarm in alarms.listing(session).items} == {
            "alarmed",
            "not seen",
            "held",
        }
        with pytest.raises(NotFoundError):
            passages.picture_file(session, "old label", 1)
        assert passages.get(session, "old label").review is not None
    before = archive.left()
    archive.prune()
    assert archive.left() == before


def test_what_an_output_has_yet_to_deliver_stays(archive: Archive) -> None:
    """However old, as long as the output is on: its receiver gets it after an outage of any length."""
    output = StoredOutput("hut", "webhook", "Hut", True, {}, {}, None)
    archive.store.write(partial(outputs.create, output=output)).result()
    old = archive.alarm("old", 400)
    archive.acknowledge(old)
    archive.alarm("new", 1)

    def left() -> list[str | None]:
        archive.prune()
        with archive.store.reading() as session:
            return [alarm.passage_id for alarm in alarms.listing(session).items]

    move = partial(outputs.move, output_id="hut", at=None)
    archive.store.write(partial(move, seq=1)).result()
    assert left() == ["new", "old"]
    archive.store.write(partial(move, seq=2)).result()
    assert left() == ["new"]


def test_what_an_output_set_aside_stays(archive: Archive) -> None:
    """However old it is: it can be sent again until somebody leaves it out."""
    output = StoredOutput("hut", "webhook", "Hut", True, {}, {}, None)
    archive.store.write(partial(outputs.create, output=output)).result()
    for name in ("kept", "old", "new"):
        archive.acknowledge(archive.alarm(name, 400))

    def left() -> list[str | None]:
        archive.prune()
        with archive.store.reading() as session:
            return [alarm.passage_id for alarm in alarms.listing(session).items]

    with archive.store.reading() as session:
        first = next(each for each in alarms.listing(session).items if each.passage_id == "kept")
    refused = SetAside("hut", 1, first.id, first.kind, "rejected", 422, 6, NOW)
    archive.store.write(
        partial(set_aside.put, refused=[refused], seq=refused.seq, delivered_at=None)
    ).result()
    archive.store.write(partial(outputs.move, output_id="hut", seq=6, at=None)).result()
    assert "kept" in left()
    assert "old" not in left()
    archive.store.write(partial(set_aside.leave_out, output_id="hut", seqs=None)).result()
    assert "kept" not in left()


def test_alarms_about_health_go_once_they_are_over(archive: Archive) -> None:
    """One that stands, or that nobody saw, stays however old; the newest seq is never given again."""
    standing = archive.alarm("stands", 400, AlarmKind.CAMERA_LOST)
    over = archive.alarm("over", 400, AlarmKind.CAMERA_LOST)
    unseen = archive.alarm("unseen", 400, AlarmKind.CAMERA_LOST)
    archive.acknowledge(over)
    for ended in (over, unseen):
        archive.store.write(partial(lifecycle.clear, alarm_id=ended.id)).result()
    with archive.store.reading() as session:
        newest = alarms.last_seq(session)
    archive.prune()
    with archive.store.reading() as session:
        assert [alarm.id for alarm in alarms.listing(session).items] == [unseen.id, standing.id]
        assert alarms.last_seq(session) == newest
        assert session.scalar(select(func.count()).select_from(AlarmEventRow)) == 3
    archive.acknowledge(standing)
    with archive.store.reading() as session:
        assert alarms.last_seq(session) == newest + 1
        assert alarms.get(session, standing.id).state is AlarmState.ACKNOWLEDGED


def test_what_arms_a_lift_outlives_its_age_without_pictures(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest open and closed passages by its active masks keep their maps; nobody is seen on those."""
    monkeypatch.setattr(retention, "KEPT_FOR_ARMING", 2)
    archive.store.write(partial(lifts.put, lift=Lift(id="lift", name="l"))).result()
    added = archive.store.write(lambda s: masks.add(s, _version(active=True))).result()
    version = added.version if hasattr(added, "version") else 1
    for n in range(4):
        archive.passage(f"open {n}", 20 - n, version=version)
    archive.passage("closed", 30, verdict=Verdict.CLOSED, version=version)
    archive.passage("other masks", 9, verdict=Verdict.CLOSED, version=version + 1)
    archive.passage("unknown", 9, verdict=Verdict.UNKNOWN, version=version)
    archive.prune()
    left = {"open 0": "", "open 1": "", "open 2": "mr", "open 3": "mr", "closed": "mr"}
    assert archive.left() == left | {"other masks": "", "unknown": ""}


def test_pictures_are_limited_by_count(archive: Archive) -> None:
    """The oldest go first, those with an alarm last, held ones never; records stay and say what is gone."""
    for n, name in enumerate(("held", "alarmed", "old", "new")):
        archive.passage(name, 4 - n)
    archive.alarm("alarmed", 3)
    held = archive.alarm("held", 4)
    archive.store.write(partial(alarms.hold, alarm_id=held.id, held=True)).result()
    for files in limit_pictures(archive.store, 3, NOW):
        archive.pictures.remove(files)
    assert archive.left() == {"held": "pmr", "alarmed": "pmr", "old": "r", "new": "pmr"}
    for files in limit_pictures(archive.store, 0, NOW):
        archive.pictures.remove(files)
    assert archive.left() == {"held": "pmr", "alarmed": "r", "old": "r", "new": "r"}


def test_a_damaged_row_holds_up_no_other(archive: Archive) -> None:
    """Neither a date nor pictures that cannot be read keep the rest from going; the undated row is left."""
    for name in ("undated", "unreadable", "plain"):
        archive.passage(name, 9)
    for damage in ("seen_at = '0 yesterday' WHERE id = 'undated'", "pictures = '!' WHERE id = 'unreadable'"):
        statement = text(f"UPDATE passages SET {damage}")
        archive.store.write(partial(Session.execute, statement=statement)).result()
    archive.prune()
    assert archive.left() == {"undated": "pmr", "unreadable": "pm", "plain": ""}


def test_no_step_is_long(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction takes at most STEP rows, and a pass can be ended between any two of them."""
    monkeypatch.setattr(retention, "STEP", 10)
    for n in range(35):
        archive.passage(f"p{n}", 9)
    steps = []
    real: Callable[..., tuple[str, ...]] = retention._apply

    def apply(session: Session, fates: dict[int, Disposal], now: datetime) -> tuple[str, ...]:
        steps.append(len(fates))
        return real(session, fates, now)

    monkeypatch.setattr(retention, "_apply", apply)
    assert len(list(prune(archive.store, Retention(), NOW, lambda: len(steps) == 2))) == 2
    assert len(list(prune(archive.store, Retention(), NOW))) == 2
    assert steps == [10, 10, 10, 5]


@pytest.mark.sqlite
def test_what_was_deleted_goes_back_to_the_disk(archive: Archive, tmp_path: Path) -> None:
    """The file shrinks in small steps, down to what is kept free for what comes."""
    numbers = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 300)"
    filler = f"INSERT INTO meta {numbers} SELECT n, hex(randomblob(4000)) FROM s"
    for statement in (filler, "DELETE FROM meta WHERE length(value) = 8000"):
        archive.store.write(partial(Session.execute, statement=text(statement))).result()
    assert vacuum(archive.store, keep=100_000) == 0
    assert vacuum(archive.store, pages=50, keep=100) >= 300
    with archive.store.reading() as session:
        assert int(session.execute(text("PRAGMA freelist_count")).scalar_one()) <= 100


def _deletions(archive: Archive) -> list[tuple[str, dict[str, object]]]:
    with archive.store.reading() as session:
        rows = entries.listing(session, action="retention.delete")
    return sorted((row.subject, json.loads(row.details)) for row in rows)


def test_the_audit_has_one_entry_for_each_class_and_day(archive: Archive) -> None:
    """However many steps: with how many went and of which time, written once the day is over."""
    for n in range(3 * STEP):
        archive.passage(f"old {n}", 9 + n / 100)
    archive.passage("seen", 31)
    archive.acknowledge(archive.alarm("seen", 31))
    archive.prune()
    assert _deletions(archive) == []
    archive.prune()
    tomorrow = NOW + timedelta(days=1)
    list(prune(archive.store, Retention(), tomorrow))
    alarmed = NOW - timedelta(days=31)
    assert _deletions(archive) == [
        ("alarms", {"day": "2026-01-31", "count": 1, "span": f"{alarmed.isoformat()}/{alarmed.isoformat()}"}),
        (
            "passages, delete",
            {
                "day": "2026-01-31",
                "count": 3 * STEP + 1,
                "span": f"{alarmed.isoformat()}/{(NOW - timedelta(days=9)).isoformat()}",
            },
        ),
    ]
    list(prune(archive.store, Retention(), tomorrow))
    assert len(_deletions(archive)) == 2


@pytest.mark.parametrize("damage", ["", "{", '{"2026-01-30": {"alarms": {"count": -1}}}'])
def test_a_damaged_note_ends_no_retention(archive: Archive, damage: str) -> None:
    """It is counted anew: that rows went is in the seals all the same."""
    archive.store.write(lambda session: session.merge(MetaRow(key=tally.KEY, value=damage))).result()
    archive.passage("old", 9)
    archive.prune()
    assert archive.left() == {"old": ""}
