"""Old seals go, and the chain stays whole."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select, text

from lifts.schema import Lift
from service.audit.verification import verify
from service.store import lifts
from service.store.audit import entries
from service.store.audit.compaction import compact
from service.store.database import Store
from service.store.tables import SealRow
from tests.service.conftest import GivenDatabases

LATER = datetime.now(UTC) + timedelta(days=60)


def _count(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(SealRow)) or 0


def test_old_seals_go_and_changes_are_found_as_before(
    store: Store, tmp_path: Path, database: GivenDatabases
) -> None:
    """Of rows that were changed and deleted since; a row that stands keeps its seal, and is guarded."""
    data = tmp_path / "data"
    for n in range(30):
        store.write(partial(lifts.put, lift=Lift(id="stays", name=f"name {n}"))).result()
        store.write(partial(lifts.put, lift=Lift(id=f"goes-{n}", name="x"))).result()
        store.write(partial(lifts.delete, lift_id=f"goes-{n}")).result()
    store.write(entries.seal_rest).result()
    before = _count(store)
    assert store.write(partial(compact, now=datetime.now(UTC))).result() == 0, "nothing is old yet"
    store.write(lambda s: entries.record(s, "audit.sealed")).result()
    while store.write(partial(compact, now=LATER, chunk=20)).result():
        assert verify(data).broken == []
    assert _count(store) < before / 5
    assert verify(data).broken == []
    database.as_another_tool(data, "UPDATE lifts SET config = '{}'")
    assert [broken.columns for broken in verify(data).broken] == [("config",)]


def test_what_is_not_let_go_of_cannot_be_deleted(store: Store) -> None:
    """The entry comes first: seals beyond it are refused by the database."""
    store.write(partial(lifts.put, lift=Lift(id="a", name="a"))).result()
    with store.reading() as session:
        last = session.scalar(select(func.max(SealRow.id)))
    store.write(lambda s: entries.record(s, "audit.compacted", str((last or 0) - 1))).result()
    failed = store.write(lambda s: s.execute(text(f"DELETE FROM seals WHERE id = {last}"))).exception()
    assert "only ever grows" in str(failed)
