"""Cameras' stored passwords: sealed in a real database, with a real key file."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet

from lifts.schema import Camera, Lift
from service.domain.errors import ConfigurationError, ConflictError, NotFoundError, SecretError
from service.secrets.keys import KEY_FILE, KeyRing
from service.secrets.vault import Vault
from service.store import lifts
from service.store.database import Store
from tests.service.store.empty import open_empty

PASSWORD, USER = "Canary/#?@: %é", "CanaryUser"
URL = "rtsp://Camera.example:554/live"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_empty(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def vault(store: Store, tmp_path: Path) -> Vault:
    made = Vault(store, KeyRing(tmp_path))
    assert made.put("quad", "camera.example", USER, PASSWORD)
    return made


def problem_of(vault: Vault, name: str = "quad", url: str = URL) -> str:
    with pytest.raises(SecretError) as refused:
        vault.credentials(name, url)
    assert "Canary" not in str(refused.value) + repr(refused.value)
    assert refused.value.code == refused.value.problem.value
    assert refused.value.parameters == {"name": name}
    return refused.value.code


def test_what_was_stored_comes_back_to_dial_and_is_nowhere_in_clear(vault: Vault, tmp_path: Path) -> None:
    """Of any character; the database holds neither, the key file is its owner's alone, no repr shows them."""
    found = vault.credentials("quad", URL)
    assert (found.user, found.password) == (USER, PASSWORD)
    assert "Canary" not in repr(found) + repr(vault.listing())
    assert b"Canary" not in b"".join(path.read_bytes() for path in tmp_path.glob("barwatch.db*"))
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_it_is_sent_to_no_other_host(vault: Vault) -> None:
    """Whoever may name an address cannot have a stored password sent there."""
    for url in ("rtsp://evil.example/", "rtsp://camera.example.evil.example/", "rtsp://1.2.3.4/live"):
        assert problem_of(vault, url=url) == "secret_of_another_host"
    assert problem_of(vault, "other") == "no_such_secret"


def test_a_row_moved_to_another_name_or_host_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    """Name and host are sealed too: a changed database does not redirect a password."""
    for change in ("host = 'evil.example'", "name = 'mine'"):
        with sqlite3.connect(tmp_path / "barwatch.db") as database:
            database.execute(f"UPDATE camera_secrets SET {change}")
        database.close()
    assert problem_of(vault, "mine", "rtsp://evil.example/") == "secret_unreadable"


def test_a_password_is_replaced_and_deleted(vault: Vault, store: Store) -> None:
    """From the next dialling on; not while a lift uses it."""
    assert not vault.put("quad", "camera.example", USER, "Canary2")
    assert vault.credentials("quad", URL).password == "Canary2"
    camera = Camera(url="rtsp://camera.example/live", width=640, height=360, credentials="quad")
    store.write(lambda session: lifts.put(session, Lift(id="my-lift", name="A", camera=camera))).result()
    assert vault.listing()[0].lifts == ("my-lift",)
    with pytest.raises(ConflictError, match="my-lift") as used:
        vault.delete("quad")
    assert used.value.code == "secret_in_use"
    store.write(lambda session: lifts.delete(session, "my-lift")).result()
    vault.delete("quad")
    assert problem_of(vault) == "no_such_secret"
    with pytest.raises(NotFoundError):
        vault.delete("quad")


@pytest.mark.parametrize("spoilt", ["lost", "another", "no key", "not text", "a folder"])
def test_a_wrong_or_lost_key_is_a_reason_and_no_crash(vault: Vault, tmp_path: Path, spoilt: str) -> None:
    """Listed as unreadable, refused when it is needed; the key brought back, all is as before."""
    path = tmp_path / KEY_FILE
    key = path.read_bytes()
    path.unlink()
    if spoilt == "a folder":
        path.mkdir()
    elif spoilt != "lost":
        path.write_bytes(
            {"another": Fernet.generate_key(), "no key": b"x", "not text": b"\xff\xfe\x00"}[spoilt]
        )
    assert problem_of(vault) == "secret_unreadable"
    assert [found.readable for found in vault.listing()] == [False]
    assert vault.renew() == 0
    vault.check("quad", URL)
    if spoilt == "a folder":
        path.rmdir()
    path.write_bytes(key)
    assert vault.credentials("quad", URL).password == PASSWORD


def test_the_key_is_changed_without_losing_a_password(store: Store, vault: Vault, tmp_path: Path) -> None:
    """New and old key together once; afterwards the new one alone, and the old one opens nothing."""
    old, new = (tmp_path / KEY_FILE).read_text().strip(), Fernet.generate_key().decode()
    both = Vault(store, KeyRing(tmp_path, f"{new},{old}"))
    assert both.renew() == 1
    before = both.listing()
    assert both.renew() == 0
    assert both.listing() == before  # when it was stored does not change with every start
    assert Vault(store, KeyRing(tmp_path, new)).credentials("quad", URL).password == PASSWORD
    assert problem_of(vault) == "secret_unreadable"


def test_a_given_key_that_opens_nothing_is_said_at_the_start(
    store: Store, vault: Vault, tmp_path: Path
) -> None:
    """No file, and a folder that Docker made in its place: before any camera needs it. Another key: whose."""
    given = tmp_path / "given"
    with structlog.testing.capture_logs() as lines:
        assert Vault(store, KeyRing(tmp_path, file=given)).renew() == 0
        given.mkdir()
        assert Vault(store, KeyRing(tmp_path, file=given)).renew() == 0
        given.rmdir()
        given.write_bytes(Fernet.generate_key())
        assert Vault(store, KeyRing(tmp_path, file=given)).renew() == 0
        assert vault.renew() == 0
    missing, folder, another = lines
    assert "No such file" in missing["reason"]
    assert "Is a directory" in folder["reason"]
    assert all(str(given) in line["reason"] for line in (missing, folder))
    assert (another["names"], another["not_used"]) == (["quad"], str(tmp_path / KEY_FILE))


def test_a_key_of_the_environment_is_never_repeated(store: Store, tmp_path: Path) -> None:
    """Nor does a given key, right or wrong, make a key file."""
    wrong = Vault(store, KeyRing(tmp_path, "CanaryKey"))
    with pytest.raises(ConfigurationError, match="BARWATCH_SECRET_KEY") as refused:
        wrong.put("a", "h", USER, PASSWORD)
    assert "Canary" not in str(refused.value)
    assert not (tmp_path / KEY_FILE).exists()


def test_a_key_file_is_made_complete_or_not_at_all(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or the end of the process, in its midst leaves none that could never be used."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    made = Vault(store, KeyRing(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ConfigurationError, match="No space left"):
            made.put("quad", "camera.example", USER, PASSWORD)
    assert not list(tmp_path.glob(f"{KEY_FILE}*"))
    assert made.put("quad", "camera.example", USER, PASSWORD)


def test_of_two_processes_that_make_a_key_one_wins(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both seal with the same key: what either stores, the other one opens."""
    made = Vault(store, KeyRing(tmp_path))
    link = os.link

    def beaten(source: str, target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        assert Vault(store, KeyRing(tmp_path)).put("first", "camera.example", USER, PASSWORD)
        link(source, target)

    monkeypatch.setattr(os, "link", beaten)
    assert made.put("quad", "camera.example", USER, PASSWORD)
    assert [found.readable for found in made.listing()] == [True, True]
    assert made.credentials("first", URL).password == PASSWORD


def test_a_key_file_that_others_can_read_is_closed(vault: Vault, tmp_path: Path) -> None:
    """A restored copy may come with other rights."""
    (tmp_path / KEY_FILE).chmod(0o644)
    vault.credentials("quad", URL)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
