"""A small data folder with a history: a lift, its masks, passages with pictures, alarms and what was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.verdict import ImageJudgement, Judgement, Verdict
from lifts.schema import Lift, MaskPair
from service.alarms import lifecycle
from service.audit.signing import SigningKey
from service.domain.alarm import Alarm
from service.domain.evidence.clip import StoredClip
from service.domain.masks import MaskVersion
from service.domain.people import Role
from service.domain.trials.selftest import SelfTest, SelfTestCheck, SelfTestCode, SelfTestResult
from service.store import alarms, lifts, masks, passages, tokens
from service.store.audit import entries
from service.store.clips import rows as clip_rows
from service.store.clips.folder import ClipFolder
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord, PictureRecord, Review
from service.store.setup import secrets
from service.store.trials import self_tests
from service.verdicts.recording import store_passage
from tests.service.store.empty import open_empty
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def make_history(data: Path, passages_count: int = 4) -> None:
    """Write the history into a new folder, by the service's own code."""
    store, pictures = open_empty(data), Pictures(data)
    store.write(partial(lifts.put, lift=Lift(id="lift", name="Lift"))).result()
    store.write(partial(masks.add, version=_masks())).result()
    store.write(partial(tokens.create, name="Jo", role=Role.OPERATOR)).result()
    store.write(partial(secrets.put, name="lift", host="camera.example", sealed=b"sealed")).result()
    store.write(note_start(SigningKey(data))).result()
    for day in (2, 1):
        keep_self_test(store, SigningKey(data), NOW - timedelta(days=day))
    for number in range(passages_count):
        _pass(store, pictures, number)
    with store.reading() as session:
        first, *_ = alarms.listing(session).items
    keep_clip(store, data, first)
    store.write(partial(lifecycle.acknowledge, alarm_id=first.id, actor="Jo", note="seen")).result()
    store.write(partial(lifecycle.comment, alarm_id=first.id, author="Jo", text="a hat")).result()
    label = Review(Verdict.CLOSED, True, "Jo", NOW, "bar was down")
    store.write(partial(passages.review, passage_id="lift-0", label=label)).result()
    store.write(entries.seal_rest).result()
    store.close()


def note_start(key: SigningKey) -> Callable[[Session], object]:
    """Return what notes a start of the service, and by which key it signs."""
    return partial(entries.record, action="service.start", signing_key=key.public())


def keep_self_test(store: Store, key: SigningKey, at: datetime, sign: self_tests.Sign | None = None) -> None:
    """Store a lift's self-test that passed, as the tester does; sign: instead of the key."""
    check = SelfTestCheck(
        "view", SelfTestResult.PASSED, SelfTestCode.OK, "the camera shows the enrolled view"
    )
    name = f"{at:%Y%m%d%H%M%S}"
    done = SelfTest(name, "lift", 0, at, at + timedelta(seconds=3), "system", (check,), (), 1, "tiny-1", 0)
    add = partial(self_tests.add, done=done, sign=sign or (lambda text: (key.sign(text), key.public())))
    store.write(add).result()


def keep_clip(store: Store, data: Path, alarm: Alarm) -> None:
    """Store a clip of an alarm, some bytes that no player plays."""
    content = np.arange(600, dtype=np.uint16).view(np.uint8)
    folder, lift_id = ClipFolder(data), alarm.lift_id or ""
    file = folder.name(lift_id, alarm.raised_at, alarm.id)
    clip = StoredClip(alarm.id, lift_id, alarm.raised_at, None, file, folder.save(file, content), 1200)
    assert store.write(partial(clip_rows.add, clip=clip)).result()


def _masks() -> MaskVersion:
    pair = MaskPair(open=draw_mask(OPEN_Y), close=draw_mask(CLOSE_Y))
    embeddings = np.arange(8, dtype=np.float32).reshape(2, 1, 4)
    return MaskVersion("lift", 0, "tiny-1", pair, embeddings, 0.7, (), True, NOW, {})


def _pass(store: Store, pictures: Pictures, number: int) -> None:
    """Record a carrier as the service does, every second one with an open bar, and write its pictures."""
    name, seen_at = f"lift-{number}", NOW + timedelta(seconds=6 * number)
    verdict = Verdict.CLOSED if number % 2 else Verdict.OPEN
    image = ImageJudgement(0.1, 0.9, 0.95, verdict)
    judgement = Judgement(verdict, 0.99, -0.8, True, 0.95, (image,) * 3, 1, "tiny-1")
    stem = Pictures.stem("lift", seen_at, name)
    shown = [draw_picture(OPEN_Y + number + n) for n in range(3)]
    kept = tuple(
        PictureRecord(f"{stem}_{n}.jpg", float(n), 0.9, None, f"{stem}_{n}.png") for n in range(1, 4)
    )
    record = PassageRecord(name, "lift", number, seen_at, 1.0, 2.0, 3.0, judgement, kept)
    store.write(partial(store_passage, record=record)).result()
    files = {f"{stem}_{n}.jpg": one for n, one in enumerate(shown, 1)}
    files |= {f"{stem}_{n}.png": np.full((10, 10), 20 * n + number, np.uint8) for n in range(1, 4)}
    pictures.expect(files)
    digests = {file: str(pictures.save(file, one)) for file, one in files.items()}
    store.write(partial(passages.note_digests, digests={name: digests})).result()
