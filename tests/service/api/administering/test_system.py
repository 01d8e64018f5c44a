"""How the service is, what it keeps, what judges and what proves itself: by the API."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from lifts.schema import Lift
from service.administration.checking import AuditCheck
from service.administration.measuring import FolderMeasure
from service.audit.signing import SigningKey
from service.domain.camera import CameraState
from service.domain.trials.selftest import SelfTest
from service.store import lifts
from service.store.trials import self_tests
from tests.service.api.conftest import House, status_of


def test_the_service_says_how_it_is(house: House) -> None:
    """Versions, processes, cameras, disk, clock, queues; what is wrong, what blinds before all."""
    house.cameras.by_lift["demo-quad"] = replace(status_of("demo-quad"), frames_read=2_000, connections=3)
    house.cameras.by_lift["high-six"] = status_of("high-six", CameraState.LOST)
    found = house.call("GET", "/system").json()
    first = found["findings"][0]
    assert (first["code"], first["blind"]) == ("camera_not_live", True)
    assert first["parameters"] == {"lift_id": "high-six", "state": "lost"}
    assert "no_backup" in {one["code"] for one in found["findings"]}
    assert found["versions"]["network"] == house.engine.manifest.identity
    assert found["versions"]["schema_revision"].isdigit()
    assert found["processes"][0]["kind"] == "main"
    camera = found["cameras"][0]
    assert (camera["connections"], camera["frames_read"], camera["restarts"]) == (3, 2_000, 0)
    assert found["database"]["size_bytes"] > 10_000
    assert {one["name"] for one in found["queues"]} == {"writes", "pictures"}
    assert abs(found["clock"]["jump_s"]) == 0


def test_what_is_kept_says_for_how_long_and_who_is_hidden(house: House) -> None:
    """With the variable that changes it; a lift may say itself whether people are hidden."""
    house.add_passage("p-1")
    house.raise_alarm("p-1")
    for lift_id, own in (("open-air", "none"), ("hidden", None)):
        lift = Lift.model_validate({"id": lift_id, "name": lift_id, "privacy": own})
        house.store.write(partial(lifts.put, lift=lift)).result()
    found = house.call("GET", "/retention").json()
    kept = {one["kind"]: one for one in found["classes"]}
    assert (kept["passages"]["count"], kept["passages"]["days"]) == (1, 8)
    assert kept["passages"]["variable"] == "BARWATCH_RETENTION_DAYS"
    assert (kept["alarms"]["count"], kept["held"]["count"], kept["audit"]["days"]) == (1, 0, None)
    assert kept["clips"]["days"] == 3  # while people are hidden
    assert kept["audit"]["count"] > 0
    private = {one["lift_id"]: one for one in found["lifts"]}
    assert (private["hidden"]["hidden"], private["hidden"]["no_clips"]) == (True, "hidden")
    assert (private["open-air"]["hidden"], private["open-air"]["no_clips"]) == (False, None)
    assert private["open-air"]["clip_days"] == 30
    assert (found["sizes"], found["counting"], found["deleting"]) == (None, True, True)


def test_what_judges_says_what_it_is(house: House) -> None:
    """Its identity and thresholds; and which candidates of any lift are at work."""
    found = house.call("GET", "/models/judging").json()
    manifest = house.engine.manifest
    assert (found["identity"], found["sha256"], found["promoted"]) == (manifest.identity, manifest.sha256, "")
    assert found["closed_up_to"] == manifest.calibration.unknown_low
    assert house.call("GET", "/candidates").json() == {"items": []}
    for _ in range(2):
        assert house.enrol("demo-quad").status_code == 201
    body = {"kind": "masks", "version": 1}
    assert house.call("POST", "/lifts/demo-quad/candidates", json=body).status_code == 201
    (one,) = house.call("GET", "/candidates").json()["items"]
    assert (one["lift_name"], one["shadow"], one["number"]) == ("demo-quad", True, 1)


def test_records_of_self_tests_say_whether_they_prove_themselves(house: House) -> None:
    """Newest first, of every lift; one that was changed, or is by another key, is no proof."""
    key = SigningKey(house.runtime.settings.data)
    sign = lambda content: (key.sign(content), key.public())  # noqa: E731
    now = datetime.now(UTC)
    for number, lift_id in enumerate(("quad", "six", "quad")):
        done = SelfTest(f"t-{number}", lift_id, 0, now, now, "system", (), (), 1, "tiny", 0)
        house.store.write(partial(self_tests.add, done=done, sign=sign)).result()
    found = house.call("GET", "/self-tests", params={"limit": 2}).json()
    assert [(one["lift_id"], one["number"], one["state"]) for one in found["items"]] == [
        ("quad", 2, "signed"),
        ("six", 1, "signed"),
    ]
    rest = house.call("GET", "/self-tests", params={"cursor": found["next"]}).json()
    assert [one["number"] for one in rest["items"]] == [1]
    assert rest["next"] is None
    change = "UPDATE self_tests SET result = 'passed' WHERE id = 't-1'"
    house.store.write(lambda session: session.execute(text(change))).result()
    (changed,) = house.call("GET", "/self-tests", params={"lift_id": "six"}).json()["items"]
    assert changed["state"] == "changed"
    assert "result" in changed["fault"]


@pytest.mark.slow
def test_all_of_the_audit_is_checked_by_request(house: House) -> None:
    """Up to which entry is known afterwards, and by whom; what is broken is named. Folders are counted."""
    checks, measure = house.runtime.parts.of(AuditCheck), house.runtime.parts.of(FolderMeasure)
    checks.start()
    measure.start()
    assert house.call("GET", "/audit/check").json() == {"begun_at": None, "by": "", "last": None}
    assert house.call("GET", "/retention").json()["counting"] is True
    found = checked(house)
    assert (found["by"], found["problem"], found["broken"]) == ("the admin", "", [])
    assert 0 < found["until"] < house.call("GET", "/audit/head").json()["seq"]
    assert found["entries"] == found["until"]
    house.store.write(lambda session: session.execute(text("DROP TRIGGER audit_refuses_update"))).result()
    assert any("audit_refuses_update" in one for one in checked(house)["broken"])
    while house.call("GET", "/retention").json()["counting"]:
        measure._aside.runner.stopping.wait(0.05)
    assert house.call("GET", "/retention").json()["sizes"]["sizes"]["database"] > 10_000


def checked(house: House) -> dict[str, Any]:
    assert house.call("POST", "/audit/check").status_code == 202
    while (found := house.call("GET", "/audit/check").json())["begun_at"] is not None:
        house.runtime.parts.of(AuditCheck)._aside.runner.stopping.wait(0.05)
    last: dict[str, Any] = found["last"]
    return last
