"""The evidence of an alarm: complete, verified offline, and no single change to it goes unseen."""

import base64
import json
import random
import shutil
import sqlite3
import string
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.audit.archive import packed, unpacked
from service.audit.evidence import export_evidence
from service.audit.pack import as_json, to_sign
from service.audit.signing import SigningKey
from service.audit.unpacking import MOST_BYTES, verify_pack
from service.audit.verification import verify
from service.cli import app
from service.store import alarms
from service.store.audit import entries
from service.store.clips.folder import ClipFolder
from service.store.database import Store
from service.store.pictures import Pictures
from tests.service.audit.history import make_history

FEW, MANY = 30, 1000
OLD_PACK = Path(__file__).parent / "unsigned.zip"
FILES = {
    *("manifest.json", "rows.json", "proof.json", "signature.json", "clip.mp4"),
    *("masks/open.png", "masks/close.png"),
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
    content = _export(store, data, alarm.id)
    store.close()
    return data, content


def _export(store: Store, data: Path, alarm_id: str) -> bytes:
    versions = {"model": "tiny-1"}
    return export_evidence(store, Pictures(data), alarm_id, versions, ClipFolder(data), SigningKey(data))


def _verified(content: bytes, folder: Path, key: str | None = None) -> list[str]:
    path = folder / "pack.zip"
    path.write_bytes(content)
    return [str(broken) for broken in verify_pack(path, key=key).broken]


def test_a_pack_is_complete_and_whole(exported: tuple[Path, bytes], tmp_path: Path) -> None:
    """Pictures, maps, masks, records, proof; verified without the service, and bound to its chain."""
    data, content = exported
    assert set(unpacked(content, MOST_BYTES)) == FILES
    (tmp_path / "pack.zip").write_bytes(content)
    report = verify_pack(tmp_path / "pack.zip")
    assert (report.broken, report.rows) == ([], 10)
    assert report.signed_by == SigningKey(data).public()
    assert report.self_tests == 1  # the last one before the alarm
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
        (lambda files: files.pop("clip.mp4"), "clip.mp4"),
        (lambda files: files.update({"clip.mp4": files["clip.mp4"][:-1]}), "clip.mp4"),
        (lambda files: files.pop("signature.json"), "signature.json"),
        (_text("signature.json", "Ed25519", "none"), "signature.json"),
        (lambda files: _sign(files, lambda text: text[::-1]), "signature.json"),
        (lambda files: _sign(files, _meaning_the_same), "signature.json"),
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


def _sign(files: dict[str, bytes], change: Callable[[str], str]) -> None:
    signed = json.loads(files["signature.json"])
    files["signature.json"] = as_json(signed | {"signature": change(signed["signature"])})


def _meaning_the_same(text: str) -> str:
    """Return base64 of the same bytes that is written otherwise: its last bits say nothing."""
    digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    other = text[:-3] + digits[digits.index(text[-3]) + 1] + text[-2:]
    assert base64.b64decode(other) == base64.b64decode(text)
    return other


def test_a_pack_signed_by_another_installation_is_named(exported: tuple[Path, bytes], tmp_path: Path) -> None:
    """It holds by itself; against a key that was noted before, the first broken link is its signature."""
    data, content = exported
    own, other = SigningKey(data), SigningKey(tmp_path)
    files = unpacked(content, MOST_BYTES)
    signature = other.sign(to_sign(files["proof.json"]))
    files["signature.json"] = as_json(
        {"algorithm": "Ed25519", "public_key": other.public(), "signature": signature}
    )
    forged = packed(files)
    assert _verified(forged, tmp_path) == []
    assert _verified(content, tmp_path, own.public()) == []
    (named,) = _verified(forged, tmp_path, own.public())
    assert named.startswith("signature.json: the pack was signed by another key")
    (tmp_path / "public.txt").write_text(own.public() + "\n")
    (tmp_path / "pack.zip").write_bytes(content)
    for given, code in ((own.public(), 0), (str(tmp_path / "public.txt"), 0), (other.public(), 1), ("x", 2)):
        command = ["verify", str(tmp_path / "pack.zip"), "--key", given]
        assert CliRunner().invoke(app, command).exit_code == code, given
    (tmp_path / "pack.zip").write_bytes(forged)
    command = ["verify", str(tmp_path / "pack.zip"), "--data", str(data)]
    assert CliRunner().invoke(app, command).exit_code == 1


def test_a_pack_of_an_earlier_version_is_whole_but_unsigned(
    exported: tuple[Path, bytes], tmp_path: Path
) -> None:
    """It still verifies; whoever asks for a signature learns that there is none."""
    (tmp_path / "pack.zip").write_bytes(OLD_PACK.read_bytes())
    report = verify_pack(tmp_path / "pack.zip")
    assert (report.broken, report.signed_by) == ([], "")
    (named,) = _verified(OLD_PACK.read_bytes(), tmp_path, SigningKey(exported[0]).public())
    assert named == "signature.json: it is missing"


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
    content = _export(store, data, alarm.id)
    store.close()
    assert any("was not what was sealed" in broken for broken in _verified(content, tmp_path))
    assert any('passages ["lift-2"]' in str(broken) for broken in verify(data).broken)
