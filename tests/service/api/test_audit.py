"""The audit and evidence over HTTP."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from service.audit.unpacking import verify_pack
from service.audit.verification import verify
from service.domain.people import Role
from tests.service.api.conftest import House


def test_what_a_request_does_is_listed_with_its_sender(house: House) -> None:
    """Admins read who did what, when and from where; the answer's request id is the entry's."""
    answer = house.call("PUT", "/lifts/demo-quad", json={"name": "Demo"})
    (entry,) = house.call("GET", "/audit?action=lift.create").json()["items"]
    assert (entry["actor"], entry["role"], entry["subject"]) == ("the admin", "admin", "demo-quad")
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert entry["address"]
    assert entry["identity"]
    assert house.call("GET", "/audit?action=lift.&actor=nobody").json()["items"] == []
    first = house.call("GET", "/audit?limit=1").json()
    second = house.call("GET", f"/audit?limit=1&cursor={first['next']}").json()
    assert second["items"][0]["seq"] == first["items"][0]["seq"] - 1


def test_entries_are_found_by_where_from(house: House) -> None:
    """The address is the one that the request came from."""
    house.call("PUT", "/lifts/demo-quad", json={"name": "Demo"})
    (entry,) = house.call("GET", "/audit?action=lift.create").json()["items"]
    found = house.call("GET", "/audit", params={"address": entry["address"], "action": "lift."}).json()[
        "items"
    ]
    assert [one["seq"] for one in found] == [entry["seq"]]
    assert house.call("GET", "/audit?address=203.0.113.9").json()["items"] == []


def test_the_chains_state_is_shown(house: House) -> None:
    """Whole as long as every hash follows; a changed entry is named."""
    for n in range(3):
        house.call("PUT", "/lifts/demo-quad", json={"name": f"Demo {n}"})
    state = house.call("GET", "/audit/chain").json()
    head = house.call("GET", "/audit/head").json()
    assert state == {**head, "checked": head["seq"], "ok": True, "broken": None}
    (entry,) = house.call("GET", "/audit?action=lift.create").json()["items"]
    with closing(sqlite3.connect(house.runtime.settings.data / "barwatch.db")) as database, database:
        database.execute("DROP TRIGGER audit_refuses_update")
        database.execute("UPDATE audit SET actor = 'nobody' WHERE seq = ?", (entry["seq"],))
    state = house.call("GET", "/audit/chain").json()
    assert (state["ok"], state["broken"]) == (False, entry["seq"])


def test_the_export_can_be_followed_by_anybody(house: House) -> None:
    """Every entry, in order, with all that its hash covers; the export is the last of them."""
    house.call("PUT", "/lifts/demo-quad", json={"name": "Demo"})
    answer = house.call("GET", "/audit/export")
    assert answer.headers["content-disposition"].startswith('attachment; filename="barwatch-audit-')
    before = "0" * 64
    rows = [json.loads(line) for line in answer.text.splitlines()]
    for number, row in enumerate(rows, 1):
        written = row.pop("hash")
        body = hashlib.sha256(json.dumps(list(row.values()), separators=(",", ":")).encode()).digest()
        before = hashlib.sha256(bytes.fromhex(before) + body).hexdigest()
        assert (row["seq"], before) == (number, written)
    assert (rows[-1]["action"], rows[-1]["actor"]) == ("audit.export", "the admin")


def test_dates_at_the_ends_of_the_calendar_are_taken(house: House) -> None:
    """No time that somebody asks for is a fault of the service."""
    for at in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:00-14:00"):
        assert house.call("GET", f"/audit?from={at}&to={at}").status_code in {200, 422}


def test_the_head_is_that_of_the_chain(house: House) -> None:
    """Whoever keeps it can check the chain against it later."""
    head = house.call("GET", "/audit/head", Role.VIEWER).json()
    house.call("PUT", "/lifts/demo-quad", json={"name": "Demo"})
    assert house.call("GET", "/audit/head", Role.VIEWER).json()["seq"] == head["seq"] + 1
    assert verify(house.runtime.settings.data, head["hash"]).broken == []


def test_evidence_is_exported_as_a_pack(house: House, tmp_path: Path) -> None:
    """An operator gets a file that verifies offline; a damaged or unknown alarm is refused."""
    house.enrol()
    house.add_passage()
    alarm = house.raise_alarm()
    answer = house.call("GET", f"/alarms/{alarm.id}/evidence", Role.OPERATOR)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    (tmp_path / "pack.zip").write_bytes(answer.content)
    report = verify_pack(tmp_path / "pack.zip")
    assert report.broken == []
    assert verify(house.runtime.settings.data, report.head_hash).broken == []
    (entry,) = house.call("GET", "/audit?action=evidence.export").json()["items"]
    assert (entry["actor"], entry["subject"]) == ("the operator", alarm.id)
    assert house.call("GET", "/alarms/unknown/evidence", Role.OPERATOR).status_code == 404
    assert house.raise_alarm(None) is not None


def flush(house: House) -> None:
    house.runtime.notes.flush(house.store)


@pytest.mark.thorough
def test_who_was_refused_is_noted_and_cannot_flood(house: House) -> None:
    """Wrong tokens, roles and cookies are counted by address: three hundred make a few entries."""
    for n in range(300):
        house.client.get("/lifts", headers={"Authorization": f"Bearer wrong-{n}"})
    house.call("PUT", "/lifts/demo-quad", Role.VIEWER, json={"name": "x"})
    flush(house)
    items = house.call("GET", "/audit?action=access.refused").json()["items"]
    assert len(items) == 3
    assert sum(item["details"]["count"] for item in items) == 301
    assert {item["details"]["status"] for item in items} == {401, 403, 429}
    (role,) = [item for item in items if item["details"]["status"] == 403]
    assert (role["actor"], role["subject"]) == ("the viewer", "PUT /lifts/demo-quad")
    assert "wrong-" not in house.call("GET", "/audit?limit=500").text


def test_who_looked_at_pictures_is_noted_once_an_hour(house: House) -> None:
    """One entry names the person and the passages, however often each picture was fetched."""
    house.enrol()
    for name in ("p-1", "p-2"):
        house.add_passage(name)
    for _ in range(3):
        for path in ("p-1/pictures/1.jpg", "p-1/pictures/2.jpg", "p-2/pictures/1/why.png"):
            assert house.call("GET", f"/passages/{path}", Role.VIEWER).status_code == 200
        flush(house)
    (entry,) = house.call("GET", "/audit?action=evidence.view").json()["items"]
    assert (entry["actor"], entry["details"]["passages"]) == ("the viewer", ["p-1", "p-2"])


def test_pictures_are_deleted_on_request(house: House) -> None:
    """The files go, the record stays with their digests, the chain holds, and it is known who asked."""
    house.add_passage("p-1")
    house.add_passage("p-2")
    alarm = house.raise_alarm("p-1")
    data = house.runtime.settings.data
    assert house.call("POST", f"/alarms/{alarm.id}/hold", Role.OPERATOR).status_code == 204
    refused = house.call("DELETE", "/passages/p-1/pictures")
    assert (refused.status_code, refused.json()["code"]) == (409, "held")
    everything = "from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"
    swept = house.call("DELETE", f"/passages/pictures?{everything}")
    assert swept.json() == {"passages": 1, "files": 6}
    assert house.call("GET", "/passages/p-1/pictures/1.jpg").status_code == 200
    assert house.call("GET", "/passages/p-2/pictures/1.jpg").status_code == 404
    assert house.call("DELETE", f"/alarms/{alarm.id}/hold").status_code == 204
    assert house.call("DELETE", "/passages/p-1/pictures").json() == {"passages": 1, "files": 6}
    assert list((data / "pictures").rglob("*.*")) == []
    assert house.call("GET", "/passages/p-1").status_code == 200
    assert house.call("GET", "/alarms").json()["items"][0]["evidence"] == []
    actions = {item["action"] for item in house.call("GET", "/audit?limit=500").json()["items"]}
    assert {"alarm.hold", "alarm.release", "pictures.delete", "pictures.delete_range"} <= actions
    assert verify(data).broken == []
