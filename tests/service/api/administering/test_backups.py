"""Backups by the API: made, listed, verified, taken away; each of it is in the audit."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from service.administration.backups import BackupDesk
from service.domain.people import Role
from service.store.upkeep import backup
from tests.service.api.conftest import House


def settled(house: House) -> Any:
    """The backups once nothing is at work."""
    while (found := house.call("GET", "/backups").json())["now"] is not None:
        house.runtime.parts.of(BackupDesk)._aside.runner.stopping.wait(0.01)
    return found


def noted(house: House, action: str) -> list[tuple[str, Any]]:
    found = house.call("GET", "/audit", params={"action": action}).json()["items"]
    return [(one["actor"], one["details"] | {"subject": one["subject"]}) for one in found]


def test_an_admin_makes_a_backup_and_takes_it_away(house: House, tmp_path: Path) -> None:
    """It is whole, and holds the database and no key; who made it and who took it is noted."""
    house.runtime.parts.of(BackupDesk).start()
    before = house.call("GET", "/backups").json()
    assert (before["items"], before["restore"], before["last"]) == ([], "", None)
    assert before["plan"]["hour"] == 3
    assert house.call("POST", "/backups").status_code == 202
    found = settled(house)
    (made,) = found["items"]
    last = found["last"]
    assert (last["work"], last["name"], last["problem"]) == ("make", made["name"], "")
    assert found["restore"].startswith("barwatch restore ")
    assert made["whole"] is True  # it is verified as it is made
    taken = house.call("GET", f"/backups/{made['name']}")
    assert len(taken.content) == made["size_bytes"]
    (tmp_path / "taken.tar").write_bytes(taken.content)
    with tarfile.open(tmp_path / "taken.tar") as archive:
        assert "barwatch.db" in archive.getnames()
        assert not set(backup.KEYS) & set(archive.getnames())
    assert noted(house, "backup.make") == [("the admin", {"subject": made["name"], "problem": ""})]
    assert noted(house, "backup.download") == [("the admin", {"subject": made["name"]})]


def test_what_holds_keys_never_leaves(house: House) -> None:
    """Nor does anything that is no backup; a second thing to do is refused."""
    data = house.runtime.settings.data
    (data / "secret.key").write_text("secret")
    made = backup.make(data, data / "backups", with_keys=True)
    answer = house.call("GET", f"/backups/{made.name}")
    assert (answer.status_code, answer.json()["code"]) == (409, "backup_with_keys")
    assert noted(house, "backup.download") == []
    for name in ("none.tar", "..%2Fbarwatch.db", "barwatch-20261129T031500Z.tar"):
        assert house.call("GET", f"/backups/{name}").status_code == 404
        assert house.call("POST", f"/backups/{name}/verify").status_code == 404
    assert house.call("POST", f"/backups/{made.name}/verify").status_code == 202  # nobody has begun it yet
    busy = house.call("POST", "/backups")
    assert (busy.status_code, busy.json()["code"]) == (409, "already_at_work")
    assert busy.headers["content-type"] == "application/problem+json"
    assert house.call("POST", "/backups", Role.OPERATOR).status_code == 403


@pytest.mark.slow
def test_a_damaged_backup_is_named(house: House) -> None:
    """One byte is enough; a whole one is said to be whole; both stay known."""
    house.runtime.parts.of(BackupDesk).start()
    data = house.runtime.settings.data
    made = backup.make(data, data / "backups")
    house.call("POST", f"/backups/{made.name}/verify")
    assert settled(house)["items"][0]["whole"] is True
    content = bytearray(made.read_bytes())
    content[700] ^= 1
    made.write_bytes(content)
    house.call("POST", f"/backups/{made.name}/verify")
    found = settled(house)
    assert found["items"][0]["whole"] is False
    assert "damaged" in found["last"]["problem"]
    assert [json.dumps(details["problem"] == "") for _, details in noted(house, "backup.verify")] == [
        "false",
        "true",
    ]
