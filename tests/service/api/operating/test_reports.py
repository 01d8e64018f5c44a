"""Reports over HTTP: their figures are those of SQL over a history with a changed clock and a restart."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.verdict import Judgement, Seat, Verdict
from lifts.schema import Lift
from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.people import Role
from service.figures.carriers import NAMES
from service.figures.watching import Look, WatchBook, WatchSpan, WatchState
from service.store import alarms, lifts, passages, tokens
from service.store.counting import carriers
from service.store.database import Store
from service.store.overview import places
from service.store.records import PassageRecord, Review
from service.store.reports import history, spans
from tests.service.api.conftest import House

ZONE = "Europe/Paris"
CHANGED = date(2025, 10, 26)
"""The day with 25 hours: a Sunday, from 22:00 UTC of the day before to 23:00 UTC."""

BEGIN, END = datetime(2025, 10, 25, 22, tzinfo=UTC), datetime(2025, 10, 26, 23, tzinfo=UTC)

NIGHTS = (
    ("2025-10-24 21:00", "2025-10-24 22:30"),
    ("2025-10-25 21:00", "2025-10-25 22:30"),
    ("2025-10-26 22:00", "2025-10-26 23:30"),
)
"""From 23:00 to 00:30 in Paris, before the clock is changed and after; in UTC, worked out by hand."""

LOOK_S = 10

COUNTS = ", ".join(
    f"coalesce(sum(carriers) FILTER (WHERE verdict = '{verdict.value}' AND {which}), 0)"
    f" AS {verdict.value}_{seat}"
    for verdict in Verdict
    for seat, which in (
        ("occupied", "occupied"),
        ("unclear", "json_extract(judgement, '$.seat_unclear')"),
        ("empty", "NOT occupied AND NOT json_extract(judgement, '$.seat_unclear')"),
    )
)


def carried(chance: random.Random, n: int, lift_id: str, seen_at: datetime) -> PassageRecord:
    seat, verdict = chance.choice(tuple(Seat)), chance.choice(tuple(Verdict))
    judged = Judgement(
        *(verdict, 0.9, -0.5, seat is Seat.OCCUPIED, 0.9, (), 1, "m", ()), seat_unclear=seat is Seat.UNCLEAR
    )
    many = chance.choice((1, 1, 1, 7))
    return PassageRecord(f"p{n}", lift_id, n, seen_at, 0.0, 1.0, 2.0, judged, (), carriers=many)


def happen(session: Session) -> None:
    """Three days of two lifts: carriers, alarms of which some are acknowledged, some reviews."""
    chance = random.Random(3)
    for name in ("a", "b"):
        lifts.put(session, Lift.model_validate({"id": name, "name": f'=Lift "{name}", above'}))
    for n in range(240):
        seen_at = BEGIN + timedelta(seconds=chance.uniform(-86_400, 2 * 86_400))
        one = carried(chance, n, chance.choice("ab"), seen_at)
        passages.add(session, one)
        if one.judgement.verdict is Verdict.OPEN and one.judgement.occupied:
            draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, one.lift_id, "m", one.id)
            alarm = alarms.raise_alarm(session, draft, seen_at)
            assert alarm is not None
            if n % 3:
                at = seen_at + timedelta(seconds=n % 90)
                state = AlarmState.ACKNOWLEDGED
                alarms.change(session, alarm.id, state, action="acknowledge", actor="x", at=at)
        if n % 4 == 0:
            said = chance.choice((Verdict.OPEN, Verdict.CLOSED))
            passages.review(session, one.id, Review(said, None, "x", seen_at, ""))
    disk = AlarmDraft(AlarmKind.DISK_LOW, Severity.WARNING, None, "m")
    alarms.raise_alarm(session, disk, BEGIN + timedelta(hours=5))


def watch(store: Store) -> dict[str, dict[WatchState, float]]:
    """Look at both lifts through the changed day, and restart in between; return what was so, in seconds.

    From 04:00 to 04:30 UTC the machine sleeps, from 09:00 to 09:10 the service is down; lift b's camera is
    lost from 12:00 to 13:00.
    """
    seen, blind = Look(WatchState.WATCHED, True), Look(WatchState.CAMERA_LOST, False)
    book, ended, moment, mono_s = WatchBook(), list[WatchSpan](), BEGIN, 0.0
    for until, pause, restarts in (("04:00", 30, False), ("09:00", 10, True), ("23:00", 0, True)):
        while moment <= datetime.fromisoformat(f"2025-10-26 {until}+00:00"):
            lost = moment.day == 26 and moment.hour == 12
            ended += book.step({"a": seen, "b": blind if lost else seen}, moment, mono_s)
            moment, mono_s = moment + timedelta(seconds=LOOK_S), mono_s + LOOK_S
        moment += timedelta(minutes=pause)
        if restarts:
            store.write(partial(spans.keep, ended=ended, current=dict(book.current))).result()
            with store.reading() as session:
                book, ended, mono_s = WatchBook(spans.current(session)), [], 5.0
    day, slept, down, lost_s = 25 * 3600.0, 1800.0, 600.0, 3600.0
    a = {WatchState.UNKNOWN: slept, WatchState.SERVICE_DOWN: down, WatchState.WATCHED: day - slept - down}
    return {
        "a": a,
        "b": a | {WatchState.CAMERA_LOST: lost_s, WatchState.WATCHED: day - slept - down - lost_s},
    }


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    made = make_house(time_zone=ZONE)
    made.store.write(happen).result()
    early = {"carriers": BEGIN - timedelta(days=9), "alarms": BEGIN - timedelta(days=9)}
    made.store.write(partial(history.note_since, times=early)).result()
    made.store.write(partial(carriers.fold, now=BEGIN + timedelta(days=1))).result()
    return made


def ask(house: House, period: str, day: date = CHANGED, **more: Any) -> Any:
    response = house.call("GET", "/reports", Role.VIEWER, params={"period": period, "date": day, **more})
    assert response.status_code == 200, response.text
    return response.json()


def sql(house: House, begin: datetime, end: datetime, where: str = "1") -> dict[str, int]:
    """The carriers of a time as the passages themselves say it."""
    bounds = {"begin": f"{begin:%Y-%m-%d %H:%M:%S}", "end": f"{end:%Y-%m-%d %H:%M:%S}"}
    query = f"SELECT {COUNTS} FROM passages WHERE seen_at >= :begin AND seen_at < :end AND {where}"
    with house.store.reading() as session:
        return dict(session.execute(text(query), bounds).one()._mapping)


def test_carriers_are_those_of_sql(house: House) -> None:
    """By verdict and seat: in all, by hour, by hour of the day, by lift; the hour that came twice is two."""
    found = ask(house, "day")
    assert (found["from"], found["to"]) == ("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z")
    assert (found["first_day"], found["time_zone"], len(found["parts"])) == ("2025-10-26", ZONE, 25)
    expected = sql(house, BEGIN, END)
    assert found["carriers"]["by"] == expected
    assert sum(expected.values()) > 100
    assert found["carriers"]["carriers"] == sum(expected.values())
    opened, closed = expected["open_occupied"], expected["closed_occupied"]
    assert found["carriers"]["open_share"] == pytest.approx(opened / (opened + closed))
    assert found["carriers"]["unknown"] == sum(expected[name] for name in NAMES if name.startswith("unknown"))
    by_hour: Counter[int] = Counter()
    for n, part in enumerate(found["parts"]):
        begin = BEGIN + timedelta(hours=n)
        hourly = sql(house, begin, begin + timedelta(hours=1))
        assert part["carriers"]["by"] == hourly
        by_hour[begin.astimezone(ZoneInfo(ZONE)).hour] += sum(hourly.values())
    assert [one["carriers"]["carriers"] for one in found["by_hour"]] == [by_hour[n] for n in range(24)]
    for one in found["by_lift"]:
        assert one["carriers"]["by"] == sql(house, BEGIN, END, f"lift_id = '{one['lift_id']}'")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("period", "hours", "times", "parts"),
    [
        ("shift", "08:15-10:30", [("2025-10-26 07:15", "2025-10-26 09:30")], 3),
        ("week", None, [("2025-10-19 22:00", "2025-10-26 23:00")], 7),
        ("week", "23:00-00:30", [*NIGHTS], 7),
        ("season", None, [("2025-09-30 22:00", "2026-09-30 22:00")], 365),
    ],
)  # fmt: skip
def test_other_times_are_those_of_sql(
    house: House, period: str, hours: str | None, times: list[tuple[str, str]], parts: int
) -> None:
    """Shifts by the quarter, weeks and seasons by day, hours past midnight; UTC was worked out by hand."""
    found = ask(house, period, CHANGED, **({} if hours is None else {"hours": hours}))
    sums: Counter[str] = Counter()
    for begin, end in times:
        from_, to = datetime.fromisoformat(f"{begin}+00:00"), datetime.fromisoformat(f"{end}+00:00")
        sums.update(sql(house, from_, to))
    assert {name: n for name, n in found["carriers"]["by"].items() if n} == {
        n: c for n, c in sums.items() if c
    }
    assert len(found["parts"]) == parts


def test_alarms_are_those_of_their_history(house: House) -> None:
    """By kind and priority, with the seconds until somebody came; the service's own with all lifts alone."""
    found = ask(house, "day")
    query = (
        "SELECT called.alarm_id, 86400 * (julianday(seen.at) - julianday(called.at))"
        " FROM alarm_events AS called LEFT JOIN alarm_events AS seen"
        " ON seen.alarm_id = called.alarm_id AND seen.action = 'acknowledge'"
        " WHERE called.action = 'raise' AND called.at >= :begin AND called.at < :end"
    )
    bounds = {"begin": f"{BEGIN:%Y-%m-%d %H:%M:%S}", "end": f"{END:%Y-%m-%d %H:%M:%S}"}
    with house.store.reading() as session:
        rows = session.execute(text(query), bounds).all()
    waits = sorted(wait for _, wait in rows if wait is not None)
    assert found["alarms"] == len(rows)
    assert found["acknowledging"]["acknowledged"] == len(waits)
    assert waits[0] <= found["acknowledging"]["median_s"] <= waits[-1]
    assert found["acknowledging"]["within_aim"] == pytest.approx(sum(w <= 60 for w in waits) / len(rows))
    kinds = {(one["kind"], one["priority"]): one["alarms"] for one in found["kinds"]}
    assert kinds == {("bar_open", 2): len(rows) - 1, ("disk_low", 4): 1}
    assert [one["alarms"] for one in found["priorities"]] == [0, len(rows) - 1, 0, 1]
    assert sum(part["alarms"] for part in found["parts"]) == len(rows)
    assert sum(one["alarms"] for one in found["by_lift"]) == len(rows) - 1
    assert ask(house, "day", lift_id=["a", "b"])["alarms"] == len(rows) - 1


def test_what_people_said_counts(house: House) -> None:
    """Of the reviewed ones: alarms that were none, and open bars that raised none."""
    query = (
        "SELECT count(*) AS reviewed, count(*) FILTER (WHERE alarmed) AS alarms,"
        " count(*) FILTER (WHERE alarmed AND said = 'closed') AS false_alarms,"
        " count(*) FILTER (WHERE NOT alarmed AND said = 'open' AND NOT empty) AS misses FROM ("
        " SELECT json_extract(review, '$.verdict') AS said,"
        " NOT occupied AND NOT json_extract(judgement, '$.seat_unclear') AS empty,"
        " verdict = 'open' AND (occupied OR json_extract(judgement, '$.seat_unclear')) AS alarmed"
        " FROM passages WHERE review IS NOT NULL AND seen_at >= :begin AND seen_at < :end)"
    )
    bounds = {"begin": f"{BEGIN:%Y-%m-%d %H:%M:%S}", "end": f"{END:%Y-%m-%d %H:%M:%S}"}
    with house.store.reading() as session:
        expected = dict(session.execute(text(query), bounds).one()._mapping)
    assert ask(house, "day")["reviews"] == expected
    assert expected["reviewed"] > expected["alarms"] > expected["false_alarms"] > 0


def test_every_second_is_accounted_for(house: House) -> None:
    """Watched, blind for a reason, or unknown: a restart and a sleeping machine are what they were."""
    expected = watch(house.store)
    found = ask(house, "day")
    for one in found["by_lift"]:
        sight = one["sight"]
        assert sight["elapsed_s"] == 25 * 3600
        assert sum(sight["states"].values()) == pytest.approx(sight["elapsed_s"])
        for state, seconds in expected[one["lift_id"]].items():
            # A stretch is believed between two looks, ten seconds apart: each end may be one look off.
            assert sight["states"][state.value] == pytest.approx(seconds, abs=20.1)
        assert set(sight["states"]) == {state.value for state in expected[one["lift_id"]]}
        assert sight["blind_s"] + sight["watched_s"] + sight["unknown_s"] == pytest.approx(25 * 3600)
    whole = found["sight"]
    assert whole["elapsed_s"] == 2 * 25 * 3600
    query = "SELECT sum(86400 * (julianday(end) - julianday(begin))) FROM watch_spans WHERE camera"
    with house.store.reading() as session:
        camera_s = session.scalar(text(query))
    noted_s = whole["camera_s"] - camera_s  # what has not ended is in the note
    assert 0 <= noted_s <= 2 * 12 * 3600
    assert whole["camera_share"] == pytest.approx(
        whole["camera_s"] / (whole["elapsed_s"] - whole["unknown_s"])
    )
    assert 0.9 < whole["camera_share"] < 0.99
    assert sum(part["sight"]["elapsed_s"] for part in found["parts"]) == whole["elapsed_s"]
    assert sum(part["sight"]["watched_s"] for part in found["parts"]) == pytest.approx(whole["watched_s"])


def test_nothing_is_claimed_of_what_nobody_noted(house: House) -> None:
    """A day before there were notes is unknown, not watched, and says that carriers were not counted."""
    found = ask(house, "day", date(2025, 9, 1))
    assert found["sight"]["unknown_s"] == found["sight"]["elapsed_s"] > 0
    assert (found["sight"]["watched_s"], found["sight"]["camera_share"]) == (0, None)
    assert not any(part["counted"] for part in found["parts"])
    assert found["carriers"]["open_share"] is None
    assert found["carriers_since"] == "2025-10-16T22:00:00Z"


@pytest.mark.thorough
def test_a_spreadsheet_holds_the_same_figures_and_runs_no_formula(house: House) -> None:
    """A row for each lift and hour, whose sums are the report's; a lift's name is text whatever it is."""
    watch(house.store)
    response = house.call("GET", "/reports.csv", Role.VIEWER, params={"period": "day", "date": CHANGED})
    assert response.headers["content-type"].startswith("text/csv")
    assert 'filename="barwatch-day-2025-10-26.csv"' in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert len(rows) == 2 * 25
    assert {row["lift"] for row in rows} == {f'\'=Lift "{name}", above' for name in ("a", "b")}
    found = ask(house, "day")
    for name, total in found["carriers"]["by"].items():
        assert sum(int(row[name]) for row in rows) == total
    for state, seconds in found["sight"]["states"].items():
        assert sum(float(row[f"{state}_s"]) for row in rows) == pytest.approx(seconds)
    assert [row["begin"] for row in rows[2:4]] == ["2025-10-26 02:00", "2025-10-26 02:00"]
    assert [row["begin_utc"] for row in rows[2:4]] == ["2025-10-26T00:00:00Z", "2025-10-26T01:00:00Z"]


def test_the_table_in_a_language_has_heads_that_people_read(house: House) -> None:
    """The same figures behind German heads, none of which is a code or English."""
    params = {"period": "day", "date": CHANGED}
    plain = house.call("GET", "/reports.csv", Role.VIEWER, params=params).text
    told = house.call("GET", "/reports.csv", Role.VIEWER, params=params | {"language": "de"}).text
    plainly = list(csv.reader(io.StringIO(plain, newline="")))
    german = list(csv.reader(io.StringIO(told.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert [[cell.replace(",", ".") for cell in row] for row in german[1:]] == [
        [cell.replace(",", ".") for cell in row] for row in plainly[1:]
    ]
    heads = german[0]
    assert {"Bahn", "Sessel", "offen, besetzt", "Überwacht (s)", "Alarme"} <= set(heads)
    assert len(set(heads)) == len(heads) == len(plainly[0])
    assert not [head for head in heads if "_" in head or head in plainly[0]]


@pytest.mark.thorough
def test_each_caller_has_the_lifts_they_may_see(house: House) -> None:
    """Another lift's are refused, and are in no sum; each lift says its area."""
    house.store.write(partial(places.put, lift_id="b", place=places.LiftPlace("Sunnegga"))).result()
    create = partial(tokens.create, name="scoped", role=Role.VIEWER, lifts=["b"])
    headers = {"Authorization": f"Bearer {house.store.write(create).result()[0]}"}
    params = {"period": "day", "date": CHANGED.isoformat()}
    mine = house.client.get("/reports", headers=headers, params=params).json()
    assert [(one["lift_id"], one["area"]) for one in mine["by_lift"]] == [("b", "Sunnegga")]
    assert mine["carriers"]["by"] == sql(house, BEGIN, END, "lift_id = 'b'")
    for path in ("/reports", "/reports.csv"):
        assert house.client.get(path, headers=headers, params=params | {"lift_id": "a"}).status_code == 403


def test_what_is_asked_wrongly_is_refused(house: House) -> None:
    """Hours off the quarter, a day that no clock knows; today and the first shift are what is usual."""
    for wrong in (
        {"hours": "08:10-09:00"},
        {"date": "1999-12-31"},
        {"period": "year"},
        {"date": "2025-02-30"},
    ):
        assert house.call("GET", "/reports", params=wrong).status_code == 422
    found = house.call("GET", "/reports", params={"period": "shift"}).json()
    assert (found["hours"], found["shifts"]) == ("08:00-16:30", ["08:00-16:30"])


@pytest.mark.thorough
def test_damaged_rows_are_said_to_be(house: House) -> None:
    """They are in no figure, and the report says how many they are."""
    watch(house.store)
    whole = ask(house, "season")
    for change in (
        "UPDATE carrier_counts SET open_occupied = 'many' WHERE rowid = 1",
        "UPDATE alarm_calls SET acknowledged_at = 'soon' WHERE seq = (SELECT min(seq) FROM alarm_calls)",
        "UPDATE watch_spans SET state = X'FF' WHERE row = (SELECT min(row) FROM watch_spans)",
        "UPDATE passages SET review = '{' WHERE id = 'p0'",
        "UPDATE meta SET value = '{' WHERE key IN ('reports_since', 'watch_spans')",
    ):
        house.store.write(lambda session, change=change: session.execute(text(change))).result()  # type: ignore[misc]
    found = ask(house, "season")
    assert (whole["unreadable"], found["unreadable"]) == (0, 4)
    assert found["alarms"] == whole["alarms"] - 1
    assert found["carriers"]["carriers"] < whole["carriers"]["carriers"]
    assert found["sight"]["unknown_s"] > whole["sight"]["unknown_s"]
    assert found["carriers_since"] is None
