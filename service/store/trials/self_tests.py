"""Self-tests as stored: signed, chained in the audit, and chained with the lift's one before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import Json, TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.domain.passage import CommittedTest
from service.domain.trials.selftest import SelfTest, SelfTestResult
from service.store.audit import entries
from service.store.damage import intact, readable
from service.store.records import Page
from service.store.tables import SelfTestPassageRow, SelfTestRow

Sign = Callable[[bytes], tuple[str, str]]
"""Returns signature and public key, both in base64."""

_RECORD: TypeAdapter[SelfTest] = TypeAdapter(Json[SelfTest])


@dataclass(frozen=True, slots=True)
class StoredSelfTest:
    """A self-test as it was signed. text: the signed content; record: the same, read."""

    id: str
    lift_id: str
    number: int
    started_at: datetime
    result: SelfTestResult
    text: str
    record: SelfTest
    signature: str
    public_key: str

    @property
    def sha256(self) -> str:
        """The digest of what was signed, which the audit and the next record hold."""
        return digest_of(self.text)


_STORED = TypeAdapter(StoredSelfTest)


def digest_of(text: str) -> str:
    """Return the SHA-256 of a signed record, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def add(session: Session, done: SelfTest, sign: Sign) -> SelfTest:
    """Store a self-test under the lift's next number, signed; return it with that number."""
    before = newest(session, done.lift_id)
    done = replace(done, number=last_number(session, done.lift_id) + 1)
    text = done.text("" if before is None else before.sha256)
    signature, public_key = sign(text.encode())
    session.add(
        SelfTestRow(
            id=done.id,
            lift_id=done.lift_id,
            number=done.number,
            started_at=done.started_at,
            result=done.result.value,
            record=text,
            signature=signature,
            public_key=public_key,
        )
    )
    subject = f"{done.lift_id}/{done.number}"
    entries.record(session, "self_test.run", subject, result=done.result.value, sha256=digest_of(text))
    return done


def add_passage(session: Session, self_test: str, passage_id: str, found: CommittedTest) -> None:
    """Store what the live path made of one of its passages; one that came twice is stored once."""
    session.merge(
        SelfTestPassageRow(
            id=passage_id,
            self_test=self_test,
            verdict=found.verdict.value,
            alarm=found.alarm,
            seq=found.seq,
        )
    )


def count_committed(session: Session, self_test: str) -> int:
    """Return how many passages of a self-test are in the database, as another connection sees it."""
    query = select(func.count()).where(SelfTestPassageRow.self_test == self_test)
    return session.scalar(query) or 0


def newest(session: Session, lift_id: str) -> StoredSelfTest | None:
    """Return the lift's newest self-test that can be read, if there is one."""
    found = listing(session, lift_id, limit=1).items
    return found[0] if found else None


def get(session: Session, lift_id: str, number: int) -> StoredSelfTest:
    """Return one of a lift's self-tests; raises NotFoundError, DamagedError."""
    with intact(session, SelfTestRow.__tablename__, f"{lift_id} {number}", f"self-test {number} is"):
        query = select(SelfTestRow).where(SelfTestRow.lift_id == lift_id, SelfTestRow.number == number)
        row = session.scalar(query)
        if row is not None:
            return _record(row)
    raise NotFoundError(f"lift {lift_id!r} has no self-test {number}", "no_self_test", number=number)


def last_number(session: Session, lift_id: str) -> int:
    """Return how many self-tests the lift has had."""
    return session.scalar(select(func.max(SelfTestRow.number)).where(SelfTestRow.lift_id == lift_id)) or 0


def number_before(session: Session, lift_id: str, at: datetime) -> int:
    """Return the number of the lift's last self-test that began before a time; 0 if there was none."""
    query = select(func.max(SelfTestRow.number))
    return session.scalar(query.where(SelfTestRow.lift_id == lift_id, SelfTestRow.started_at < at)) or 0


def listing(
    session: Session, lift_id: str, before: int | None = None, limit: int = 50
) -> Page[StoredSelfTest]:
    """Return a page of the lift's self-tests, newest first; before: the cursor."""
    query = select(SelfTestRow).where(SelfTestRow.lift_id == lift_id)
    if before is not None:
        query = query.where(SelfTestRow.number < before)
    query = query.order_by(SelfTestRow.number.desc()).limit(limit + 1)
    return Page.of(readable(session, query, SelfTestRow.number, _record), limit)


def _record(row: SelfTestRow) -> StoredSelfTest:
    names = ("id", "lift_id", "number", "started_at", "result", "signature", "public_key")
    stored = {name: getattr(row, name) for name in names}
    return _STORED.validate_python(
        {**stored, "text": row.record, "record": _RECORD.validate_python(row.record)}
    )
