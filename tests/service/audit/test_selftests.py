"""`barwatch verify` checks who signed each self-test, not only that its row is the one that was written."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from service.audit.evidence import export_evidence
from service.audit.signing import SigningKey
from service.audit.unpacking import verify_pack
from service.audit.verification import verify
from service.domain.alarm import AlarmKind
from service.store import alarms
from service.store.audit import entries
from service.store.clips.folder import ClipFolder
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.trials.self_tests import Sign
from tests.service.audit.history import NOW, keep_self_test, make_history, note_start

FORGED = "its signature is not of this record by the key that it names"
FOREIGN = "it was signed by a key that is not this installation's"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that nobody may change: copy it."""
    data = tmp_path_factory.mktemp("selftests") / "data"
    make_history(data, 2)
    return data


@pytest.fixture
def data(history: Path, tmp_path: Path) -> Path:
    shutil.copytree(history, tmp_path / "data")
    return tmp_path / "data"


def add(data: Path, *signs: Sign | None) -> None:
    """Let the service's own code write self-tests, signed otherwise: seals and chain hold."""
    store = Store.open(data)
    for day, sign in enumerate(signs):
        keep_self_test(store, SigningKey(data), NOW + timedelta(days=day), sign)
    store.write(entries.seal_rest).result()
    store.close()


def by(key: SigningKey) -> Sign:
    return lambda text: (key.sign(text), key.public())


def found(data: Path) -> list[str]:
    return [str(broken) for broken in verify(data).broken]


@pytest.mark.fault(40)
def test_a_forged_signature_is_named_although_its_row_is_sealed(data: Path) -> None:
    """Written by the service's own code, so that no seal tells; the first of two is named first."""
    key = SigningKey(data)
    add(data, lambda text: (key.sign(text + b" "), key.public()), None, lambda text: ("", key.public()))
    assert found(data) == [f"self-test 3 of lift lift: {FORGED}", f"self-test 5 of lift lift: {FORGED}"]


@pytest.mark.fault(40)
def test_a_record_signed_by_another_key_is_named(data: Path, tmp_path: Path) -> None:
    """Its signature holds by itself; the key is none that the installation ever had."""
    other = SigningKey(tmp_path)
    add(data, by(other))
    assert found(data) == [f"self-test 3 of lift lift: {FOREIGN}: {other.public()}"]


def test_records_signed_by_an_earlier_key_of_the_installation_hold(data: Path) -> None:
    """A backup is restored without keys: the next start makes one, and the audit says which there were."""
    (data / "signing.key").unlink()
    assert found(data) == []
    add(data, None)  # the key in the folder is the installation's, said or not
    assert found(data) == []
    (data / "signing.key").unlink()
    assert [each.partition(": ")[2][: len(FOREIGN)] for each in found(data)] == [FOREIGN]
    store = Store.open(data)
    store.write(note_start(SigningKey(data))).result()
    store.close()
    assert len(found(data)) == 1  # another key again


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE self_tests SET record = replace(record, 'passed', 'failed') WHERE number = 1", FORGED),
        ("UPDATE self_tests SET result = 'failed' WHERE number = 1", "than what was signed (result)"),
        ("UPDATE self_tests SET started_at = '2020-01-01 00:00:00' WHERE number = 1", "signed (started_at)"),
        ("UPDATE self_tests SET signature = X'FF' WHERE number = 1", FORGED),
        ("DELETE FROM self_tests WHERE number = 1", "self-test 1 of lift lift: it is missing"),
    ],
)
def test_a_changed_record_is_named_by_seal_and_by_signature(data: Path, statement: str, named: str) -> None:
    """The seal says that the row is another, the signature that nobody here signed it so."""
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute(statement)
    links = found(data)
    assert links[0].startswith("self_tests [")
    assert any(each.startswith("self-test 1 of lift lift: ") and each.endswith(named) for each in links), (
        links
    )


@pytest.mark.fault(40)
def test_a_record_in_anothers_place_is_named(data: Path) -> None:
    """Signed by the installation, but it is another self-test's."""
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        kept = database.execute("SELECT record, signature FROM self_tests WHERE number = 2").fetchone()
        database.execute("UPDATE self_tests SET record = ?, signature = ? WHERE number = 1", kept)
    assert any("than what was signed (id, number, started_at)" in each for each in found(data))


@pytest.mark.fault(40)
def test_a_record_that_was_signed_in_another_copy_of_the_folder_is_named(data: Path, tmp_path: Path) -> None:
    """Its signature and its row hold: the audit names another one, and so does the record after it."""
    shutil.copytree(data, tmp_path / "copy")
    add(data, None, None)
    store = Store.open(tmp_path / "copy")
    keep_self_test(store, SigningKey(data), NOW + timedelta(hours=1))
    store.close()
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute("ATTACH ? AS other", (str(tmp_path / "copy" / "barwatch.db"),))
        database.execute("DELETE FROM self_tests WHERE number = 3")
        database.execute("INSERT INTO self_tests SELECT * FROM other.self_tests WHERE number = 3")
    assert [each for each in found(data) if each.startswith("self-test")] == [
        "self-test 3 of lift lift: the audit's entry self_test.run names another record, or there is none",
        "self-test 4 of lift lift: the record before it is not the one that it names",
    ]


@pytest.mark.fault(40)
@pytest.mark.parametrize("kind", ["own", "forged", "foreign"])
def test_a_self_test_in_a_pack_is_checked_by_its_signature_too(data: Path, tmp_path: Path, kind: str) -> None:
    """The pack holds the last self-test before the alarm; digests and signature around it prove nothing."""
    own, other = SigningKey(data), SigningKey(tmp_path)
    signs: dict[str, tuple[Sign, list[str]]] = {
        "own": (by(own), []),
        "forged": (lambda text: (own.sign(b"-" + text), own.public()), [FORGED]),
        "foreign": (by(other), [f"{FOREIGN}: {other.public()}"]),
    }
    sign, named = signs[kind]
    add(data, sign)
    store = Store.open(data)
    with store.reading() as session:
        alarm = next(one for one in alarms.listing(session).items if one.kind is AlarmKind.BAR_OPEN)
    content = export_evidence(store, Pictures(data), alarm.id, {}, ClipFolder(data), own)
    store.close()
    (tmp_path / "pack.zip").write_bytes(content)
    report = verify_pack(tmp_path / "pack.zip", key=own.public())
    assert [str(broken) for broken in report.broken] == [f"self-test 3 of lift lift: {one}" for one in named]
    assert report.self_tests == 1
