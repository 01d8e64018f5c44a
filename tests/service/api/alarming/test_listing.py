"""The history of alarms: filters, paging while alarms come, what people say of them, and the table."""

import csv
import io
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from lifts.decision.verdict import Verdict
from service.api.routes.alarming import listing
from service.api.routes.alarming.listing import COLUMNS
from service.domain.alarm import SEAT_UNCLEAR, Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.people import Role
from service.store import alarms, tokens
from tests.service.api.conftest import House

ANSWERS = {"open": True, "moving": True, "closed": False, "empty": False, "cannot_tell": None}


def put(house: House, **wanted: Any) -> Alarm:
    given = {
        "kind": AlarmKind.BAR_OPEN,
        "severity": Severity.CRITICAL,
        "lift_id": "demo-quad",
        "message": "m",
    }
    draft = AlarmDraft(**(given | wanted))
    alarm = house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert alarm is not None
    return alarm


def ids(house: House, query: str) -> list[str]:
    return [one["id"] for one in house.call("GET", f"/alarms?{query}", Role.VIEWER).json()["items"]]


def test_the_history_is_filtered_by_priority(house: House) -> None:
    """Each priority gives its alarms and no other, also of a lift, and between times."""
    by_priority = {
        1: put(house, kind=AlarmKind.CAMERA_LOST),
        2: put(house, passage_id="p-1"),
        3: put(house, passage_id="p-2", cause=SEAT_UNCLEAR),
        4: put(house, kind=AlarmKind.DISK_LOW),
    }
    for priority, alarm in by_priority.items():
        for more in ("", "&lift_id=demo-quad", "&from=2000-01-01T00:00:00Z", "&standing=true"):
            assert ids(house, f"priority={priority}{more}") == [alarm.id]
    assert house.call("GET", "/alarms?priority=5").status_code == 422


def test_what_people_say_of_a_carrier_is_said_of_its_alarm(house: House) -> None:
    """Open and moving make it right, closed and empty false; the filter and each line agree about it."""
    raised = {}
    for answer in ANSWERS:
        house.add_passage(f"p-{answer}")
        raised[answer] = house.raise_alarm(f"p-{answer}").id
        said = house.call("POST", f"/passages/p-{answer}/review", Role.OPERATOR, json={"answer": answer})
        assert said.status_code == 200
    house.add_passage("p-nobody")
    unsaid = house.raise_alarm("p-nobody").id
    health = house.raise_alarm(None, AlarmKind.CAMERA_LOST).id
    shown = {one["id"]: one["alarm_right"] for one in house.call("GET", "/alarms").json()["items"]}
    assert shown == {raised[answer]: right for answer, right in ANSWERS.items()} | {
        unsaid: None,
        health: None,
    }
    assert set(ids(house, "reviewed=right")) == {raised["open"], raised["moving"]}
    assert set(ids(house, "reviewed=false")) == {raised["closed"], raised["empty"]}
    assert set(ids(house, "reviewed=unsaid")) == {raised["cannot_tell"], unsaid}
    assert ids(house, "reviewed=false&kind=camera_lost") == []


def test_a_label_of_bar_and_seat_counts_alike(house: House) -> None:
    """As other programs send it: an open bar with nobody there makes the alarm false."""
    house.add_passage("p-1")
    alarm = house.raise_alarm("p-1")
    label = {"verdict": Verdict.OPEN.value, "occupied": False}
    assert house.call("POST", "/passages/p-1/review", Role.OPERATOR, json=label).status_code == 200
    assert ids(house, "reviewed=false") == [alarm.id]


def test_what_people_differ_about_is_unsaid(house: House) -> None:
    """Two answers that contradict each other leave the alarm neither right nor false."""
    house.add_passage("p-1")
    alarm = house.raise_alarm("p-1")
    for role, answer in ((Role.OPERATOR, "open"), (Role.ADMIN, "closed")):
        house.call("POST", "/passages/p-1/review", role, json={"answer": answer})
    assert ids(house, "reviewed=unsaid") == [alarm.id]
    assert ids(house, "reviewed=right") == ids(house, "reviewed=false") == []


@pytest.mark.parametrize("query", ["", "&kind=bar_open", "&from=2000-01-01T00:00:00Z", "&standing=true"])
def test_pages_are_stable_under_new_alarms(house: House, query: str) -> None:
    """Alarms that come between two pages neither repeat an alarm nor leave one out."""
    raised = [house.raise_alarm(f"p-{n}").id for n in range(6)]
    seen: list[str] = []
    cursor = ""
    for n in range(3):
        page = house.call("GET", f"/alarms?limit=2{query}{cursor}", Role.VIEWER).json()
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"
        house.raise_alarm(f"later-{n}")
    assert seen == raised[::-1]


def table(house: House, query: str = "", role: Role = Role.VIEWER) -> list[dict[str, str]]:
    answer = house.call("GET", f"/alarms/export.csv{query}", role)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_table_in_a_language_has_its_heads_and_words_and_the_same_alarms(house: House) -> None:
    """Codes in words, messages told anew, ids as they are; what no language of ours is, is refused."""
    numbers = {"carriers": 1, "confidence": 0.9871}
    open_bar = put(house, message="Bar open", parameters=numbers, passage_id="p-1")
    lost = put(house, kind=AlarmKind.CAMERA_LOST, severity=Severity.WARNING, cause="no_frames")
    answer = house.call("GET", "/alarms/export.csv?language=fr", Role.VIEWER)
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [line["Numéro"] for line in lines] == [lost.id, open_bar.id]
    assert [line["Type"] for line in lines] == ["Caméra perdue", "Garde-corps ouvert"]
    assert [line["Gravité"] for line in lines] == ["avertissement", "critique"]
    assert lines[1]["Texte"] == "Garde-corps ouvert sur un siège occupé (certitude 98,7\xa0%)"
    assert lines[0]["Texte"].endswith("Consigné en anglais\xa0: «\xa0m\xa0»")
    assert (lines[0]["Cause (code)"], lines[0]["État"], lines[0]["Tardive"]) == (
        "no_frames",
        "en cours",
        "non",
    )
    assert house.call("GET", "/alarms/export.csv?language=nl", Role.VIEWER).status_code == 422


def test_the_table_has_every_alarm_that_the_filters_leave(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a page of them, in the list's order; who, when and why; the audit says who took it."""
    monkeypatch.setattr(listing, "EXPORTED_AT_ONCE", 2)
    house.add_passage("p-0")
    raised = [house.raise_alarm(f"p-{n}").id for n in range(5)]
    lost = house.raise_alarm(None, AlarmKind.CAMERA_LOST)
    house.call("POST", f"/alarms/{raised[0]}/acknowledge", Role.OPERATOR)
    house.call("POST", "/passages/p-0/review", Role.OPERATOR, json={"answer": "closed"})
    lines = table(house)
    assert list(lines[0]) == list(COLUMNS)
    assert [line["id"] for line in lines] == [lost.id, *raised[::-1]]
    oldest = lines[-1]
    assert (oldest["state"], oldest["acknowledged_by"], oldest["alarm_right"]) == (
        "acknowledged",
        "the operator",
        "no",
    )
    assert [line["id"] for line in table(house, "?kind=camera_lost")] == [lost.id]
    assert [line["id"] for line in table(house, "?reviewed=false")] == [raised[0]]
    entries = house.call("GET", "/audit?action=alarm.export").json()["items"]
    assert [entry["details"]["filters"].get("kind") for entry in entries] == [None, "camera_lost", None]


def test_no_cell_of_the_table_is_a_formula(house: House) -> None:
    """A reason that a spreadsheet would run is text there."""
    alarm = house.raise_alarm(None, AlarmKind.DISK_LOW)
    house.call("POST", f"/alarms/{alarm.id}/acknowledge", Role.OPERATOR)
    expiry = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    reason = '=HYPERLINK("http://x")'
    body = {"expiry": expiry, "reason": reason}
    assert house.call("POST", f"/alarms/{alarm.id}/shelve", Role.OPERATOR, json=body).status_code == 200
    (line,) = table(house)
    assert line["shelved_reason"] == f"'{reason}"


def test_the_table_has_no_other_lifts_alarms(house: House) -> None:
    """Who may see one lift gets its alarms and those of no lift; another lift is refused."""
    mine, whole = house.raise_alarm("p-1"), put(house, kind=AlarmKind.DISK_LOW, lift_id=None)
    put(house, passage_id="p-2", lift_id="other")
    create = partial(tokens.create, name="scoped", role=Role.VIEWER, lifts=["demo-quad"])
    headers = {"Authorization": f"Bearer {house.store.write(create).result()[0]}"}
    answer = house.client.get("/alarms/export.csv", headers=headers)
    assert [line["id"] for line in csv.DictReader(io.StringIO(answer.text))] == [whole.id, mine.id]
    assert house.client.get("/alarms/export.csv?lift_id=other", headers=headers).status_code == 403
