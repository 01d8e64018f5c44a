"""The evidence of an alarm: complete, verified offline, and no single change to it goes unseen."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.audit.archive import packed, unpacked
from service.audit.evidence import export_evidence
from service.audit.unpacking import MOST_BYTES, verify_pack
from service.audit.verification import verify
from service.cli import app
from service.store import alarms
from service.store.audit import entries
from service.store.database import Store
from service.store.pictures import Pictures
from tests.service.audit.history import make_history

FEW, MANY = 30, 1000
FILES = {
    *("manifest.json", "rows.json", "proof.json", "masks/open.png", "masks/close.png"),
    *(f"pictures/{n}.{kind}" for n in (1, 2, 3) for kind in ("jpg", "png")),
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A history and the pack of its newest alarm; change neither."""
    data = tmp_path_factory.mktemp("pack") / "data"
    make_history(data)
    store = Store.open(data)
    with store.reading() as session:
        alarm = alarms.listing(session).items[0]
    content = export_evidence(store, Pictures(data), alarm.id, {"model": "tiny-1"})
    store.close()
    return data, content


def _verified(content: bytes, folder: Path) -> list[str]:
    path = folder / "pack.zip"
    path.write_bytes(content)
    return [str(broken) for broken in verify_pack(path).broken]


def test_a_pack_is_complete_and_whole(exported: tuple[Path, bytes], tmp_path: Path) -> None:
    """Pictures, maps, masks, records, proof; verified without the service, and bound to its chain."""
    data, content = exported
    assert set(unpacked(content, MOST_BYTES)) == FILES
    (tmp_path / "pack.zip").write_bytes(content)
    report = verify_pack(tmp_path / "pack.zip")
    assert (report.broken, report.rows) == ([], 7)
    assert verify(data, report.head_hash).broken == []
    command = ["verify", str(tmp_path / "pack.zip")]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert CliRunner().invoke(app, [*command, "--data", str(data)]).exit_code == 0
    assert CliRunner().invoke(app, [*command, "--head", report.head_hash]).exit_code == 0
    assert CliRunner().invoke(app, [*command, "--head", "0" * 64]).exit_code == 1


def test_the_export_is_in_the_audit(exported: tuple[Path, bytes]) -> None:
    """Who took the evidence away is known."""
    store = Store.open(exported[0])
    with store.reading() as session:
        (entry,) = entries.listing(session, action="evidence.export")
    store.close()
    assert len(entry.subject) == 32


@pytest.mark.fault(40)
@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_every_changed_byte_is_found(exported: tuple[Path, bytes], tmp_path: Path, count: int) -> None:
    """Whichever byte of the file is changed."""
    _, content = exported
    chosen = random.Random(count).sample(range(len(content)), count)
    missed = []
    for at in chosen:
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        if not _verified(bytes(changed), tmp_path):
            missed.append(at)
    assert missed == []


def _text(name: str, before: str, after: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert before.encode() in files[name]
        files[name] = files[name].replace(before.encode(), after.encode(), 1)

    return change


def _exchange(files: dict[str, bytes]) -> None:
    files["pictures/1.jpg"], files["pictures/2.jpg"] = files["pictures/2.jpg"], files["pictures/1.jpg"]


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    ("change", "link"),
    [
        (_text("manifest.json", '"verdict": "open"', '"verdict": "closed"'), "manifest.json"),
        (_text("rows.json", "bar_open", "bar_shut"), "rows.json"),
        (_text("proof.json", '"actor": "system"', '"actor": "nobody"'), "audit entry"),
        (_exchange, "pictures/1.jpg"),
        (lambda files: files.pop("masks/open.png"), "masks/open.png"),
        (lambda files: files.update(more=b"x"), "more"),
    ],
)
def test_a_forged_pack_is_named(
    exported: tuple[Path, bytes],
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], object],
    link: str,
) -> None:
    """Packed again as the service packs it, with one thing changed: the first broken link is that thing."""
    files = unpacked(exported[1], MOST_BYTES)
    change(files)
    first, *_ = _verified(packed(files), tmp_path)
    assert first.startswith(link)


def test_a_row_that_was_changed_before_is_not_passed_off_as_whole(
    exported: tuple[Path, bytes], tmp_path: Path
) -> None:
    """The pack of a passage that somebody changed in the database says that it is not what was sealed."""
    data = tmp_path / "data"
    shutil.copytree(exported[0], data)
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute("UPDATE passages SET number = 77 WHERE id = 'lift-2'")
    store = Store.open(data)
    with store.reading() as session:
        alarm = next(one for one in alarms.listing(session).items if one.passage_id == "lift-2")
    content = export_evidence(store, Pictures(data), alarm.id, {})
    store.close()
    assert any("was not what was sealed" in broken for broken in _verified(content, tmp_path))
    assert any('passages ["lift-2"]' in str(broken) for broken in verify(data).broken)
