"""The audit and evidence over HTTP."""

from pathlib import Path

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


def test_dates_at_the_ends_of_the_calendar_are_taken(house: House) -> None:
    """No time that somebody asks for is a fault of the service."""
    for at in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:00-14:00"):
        assert house.call("GET", f"/audit?from={at}&to={at}").status_code == 200


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
