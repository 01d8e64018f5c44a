"""A record that cannot be read: an honest answer, left out of lists and counted there, and reported."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lifts.decision.clusters import BimodalFit
from lifts.decision.prototypes import Prototypes
from lifts.decision.site import SiteCalibration
from lifts.schema import Lift, Pose, Track
from service.domain.masks import SiteCalibrationVersion
from service.domain.people import Role
from service.setup.jobs.state import SetupJob, SetupRequest
from service.store import lifts, masks, site_calibrations
from service.store.alarms import history
from service.store.people import users
from service.store.setup import jobs
from service.store.tables import Base
from tests.service.api.conftest import House
from tests.tools.tiny_model import OPEN_Y, draw_picture, png

BROKEN = ("'{half'", "X'FF'", "9e999", "'{\"a\": NaN}'")
"""No JSON, no UTF-8, no finite number, none of the words or dates that a column may hold."""

TABLES = sorted(set(Base.metadata.tables) - {"meta"})


@pytest.fixture
def full(house: House) -> House:
    """A house with a row in every table: a lift with masks, a carrier, its alarm, a comment, a sign-in."""
    assert house.enrol(files={"reference_open": ("r.png", png(draw_picture(OPEN_Y)))}).status_code == 201
    with house.store.reading() as session:
        version = masks.active(session, "demo-quad")
    assert version is not None
    size = version.embeddings.shape[2]
    prototypes = Prototypes(np.zeros((3, size), np.float32), (0.0, 0.0, 0.0), (0.5, 0.5, 0.5))
    learnt = SiteCalibration(BimodalFit(-0.5, 0.5, 0.1, 0.2), prototypes, np.zeros(size, np.float32))
    found = SiteCalibrationVersion(
        "demo-quad", 0, 1, version.model, learnt, (0.1, 0.2), 1, False, datetime.now(UTC), 2, 1
    )
    house.store.write(lambda session: site_calibrations.add(session, found)).result()
    house.add_passage()
    house.runtime.vault.put("quad", "camera.example", "viewer", "secret")
    pose = Pose(x=100, y=90, scale=0.5)
    track = Track(
        begin=pose, middle=pose.model_copy(update={"x": 200}), end=pose.model_copy(update={"x": 300})
    )
    lift = Lift(id="demo-quad", name="Quad", track=track)
    house.store.write(lambda session: lifts.put(session, lift)).result()
    request = SetupRequest(url="rtsp://camera.example/", name="Quad")
    job = SetupJob(
        lift_id="demo-quad", job_id="j", request=request, started_by="me", started_at=datetime.now(UTC)
    )
    house.store.write(lambda session: jobs.put(session, job)).result()
    assert review(house).status_code == 200
    alarm = house.raise_alarm()
    house.store.write(lambda session: history.comment(session, alarm.id, "me", "seen")).result()
    house.client.post("/session", json={"token": house.tokens[Role.VIEWER]}).raise_for_status()
    add = partial(users.create, name="Anna", grants={"*": Role.VIEWER}, password="$argon2id$")
    anna = house.store.write(add).result()
    until = datetime.now(UTC) + timedelta(days=1)
    house.store.write(partial(users.new_link, user_id=anna.id, expires_at=until)).result()
    fill(house, alarm.id)
    return house


def fill(house: House, alarm_id: str) -> None:
    """Give every table that has no row yet one, of the lift, its alarm and plausible values."""
    said: dict[str, Any] = {
        "lift_id": "demo-quad", "alarm_id": alarm_id, "passage_id": "p-1", "scope": "lift", "verdict": "open",
        "candidate_verdict": "closed", "sha256": "0" * 64, "stored": None, "none": "expired", "file": None,
        "until": datetime.now(UTC) + timedelta(days=1), "inputs": None, "user_id": None, "token_id": None,
    }  # fmt: skip
    kinds = {"budgets": "misses_per_1000", "candidates": "masks", "outputs": "webhook"}
    states = {"candidates": "proposed", "replays": "done"}
    by_type: dict[str, Any] = {
        "Integer": 1, "Float": 0.5, "Boolean": True, "JSON": {}, "LargeBinary": b"sealed",
        "UtcDateTime": datetime.now(UTC), "String": "x", "Text": "{}",
    }  # fmt: skip

    def add(session: Session) -> None:
        for table in Base.metadata.sorted_tables:
            name = table.name
            if session.execute(table.select().limit(1)).first() is None:
                own = {**said, "kind": kinds.get(name, "x"), "state": states.get(name, "x")}
                row = {c.name: own.get(c.name, by_type[type(c.type).__name__]) for c in table.columns}
                session.execute(table.insert().values(row))

    house.store.write(add).result()


def review(house: House) -> Any:
    return house.call("POST", "/passages/p-1/review", Role.OPERATOR, json={"verdict": "open"})


@contextlib.contextmanager
def damaged(house: House, table: str, column: str, value: str) -> Iterator[None]:
    """Every row of a table has this value in a column, for as long as the block lasts."""
    path = house.runtime.settings.data / "barwatch.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        kept = database.execute(f"SELECT rowid, {column}, typeof({column}) FROM {table}").fetchall()
        assert kept
        with database:
            database.execute(f"UPDATE {table} SET {column} = {value}")
        yield
        with database:
            for rowid, was, kind in kept:
                old = "CAST(? AS TEXT)" if kind == b"text" else "?"
                database.execute(f"UPDATE {table} SET {column} = {old} WHERE rowid = ?", (was, rowid))


def paths(house: House) -> list[str]:
    """Every address that reads rows, with what is there."""
    with house.store.reading() as session:
        ((alarm_id,),) = session.execute(
            Base.metadata.tables["alarms"].select().with_only_columns(Base.metadata.tables["alarms"].c.id)
        )
    lift, passage = "/lifts/demo-quad", "/passages/p-1"
    return [
        "/lifts", lift, "/overview", f"{lift}/place", f"{lift}/masks", f"{lift}/site-calibrations",
        f"{lift}/masks/1/open.png", f"{lift}/tracks", f"{lift}/tracks/1/picture.jpg", f"{lift}/setup",
        f"{lift}/setup/carriers", "/passages", passage, f"{passage}/pictures/1.jpg",
        f"{passage}/pictures/1/why.png",
        "/passages?reviewed=true", "/passages?verdict=open",
        "/alarms", "/alarms?standing=true", f"/alarms/{alarm_id}", "/health/ready", "/metrics",
        "/alarms/groups", "/alarms/status", "/alarms/figures", f"/alarms/{alarm_id}/clip",
        f"{lift}/budget", f"{lift}/self-tests", f"{lift}/candidates", f"{lift}/candidates/1/differences",
        f"{lift}/replays", f"{lift}/out-of-service", f"{lift}/control", f"{lift}/input",
        "/outputs", "/push", "/escalation",
    ]  # fmt: skip


def sweep(
    house: House, table: str, asked: list[str], values: tuple[str, ...], role: Role = Role.VIEWER
) -> None:
    """Damage each column of a table in turn and ask all addresses, with a token or with a cookie."""
    for column in (column.name for column in Base.metadata.tables[table].columns if not column.primary_key):
        if column in {"lift_id", "alarm_id", "id"}:  # then it is another's row
            continue
        for value in values:
            with contextlib.suppress(sqlite3.IntegrityError), damaged(house, table, column, value):
                for path in asked:
                    by_cookie = table == "sessions"
                    answer = house.client.get(path) if by_cookie else house.call("GET", path, role)
                    assert answer.status_code < 500, (path, column, value, answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_no_damaged_value_is_a_fault_of_the_service(full: House, table: str) -> None:
    """Whatever column of whatever row is damaged, and in whatever way: no address answers 5xx."""
    sweep(full, table, paths(full), BROKEN)


def readers(house: House, asked: list[str]) -> dict[str, list[str]]:
    """Return which of these addresses read which table, as their statements say; asked for the first time."""
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    found: dict[str, list[str]] = {table: [] for table in TABLES}
    event.listen(Engine, "before_cursor_execute", note)
    for path in asked:
        said.clear()
        house.call("GET", path, Role.ADMIN)
        for table in set(re.findall(r"\w+", " ".join(said))) & found.keys():
            found[table].append(path)
    event.remove(Engine, "before_cursor_execute", note)
    return found


def test_no_damaged_column_is_a_fault_of_the_service(full: House) -> None:
    """A short version: the addresses that read a table, and one way of damage of most."""
    asked = [*paths(full), "/cameras/secrets", "/users", "/tokens"]
    ways = dict.fromkeys(("outputs", "escalation_rules", "clips"), BROKEN[:2]) | {"camera_secrets": BROKEN}
    for table, those in readers(full, asked).items():
        # Every call reads who asks.
        some = ["/lifts"] if table in {"tokens", "sessions", "users"} else those
        sweep(full, table, some, ways.get(table, BROKEN[1:2]), Role.ADMIN)


def test_damaged_people_and_tokens_are_no_fault_of_the_service(full: House) -> None:
    """Lists leave them out; whoever they were is told no, and everybody else is let in."""
    for table, path in (("users", "/users"), ("tokens", "/tokens"), ("sessions", "/sessions")):
        sweep(full, table, [path], BROKEN, Role.ADMIN)
    for column in Base.metadata.tables["users"].columns.keys():  # noqa: SIM118 - no dict
        for value in BROKEN if column not in {"id", "folded"} else ():
            with contextlib.suppress(sqlite3.IntegrityError), damaged(full, "users", column, value):
                shown = {"name": "Anna", "password": "a long password"}
                answer = full.client.post("/session", json=shown)
                assert answer.status_code in {401, 409, 429}, (column, value, answer.text)


@pytest.mark.parametrize(
    ("table", "column", "path", "listed"),
    [
        ("passages", "judgement", "/passages/p-1", "/passages"),
        ("passages", "t_end_s", "/passages/p-1", "/passages"),
        ("passages", "pictures", "/passages/p-1", "/passages"),
        ("alarms", "state", "/alarms/{alarm}", "/alarms"),
        ("alarms", "evidence", "/alarms/{alarm}", "/alarms"),
        ("lifts", "config", "/lifts/demo-quad", "/lifts"),
        ("thresholds", "heaps", None, "/lifts/demo-quad/site-calibrations"),
        ("mask_versions", "separation", None, "/lifts/demo-quad/masks"),
    ],
)
def test_a_damaged_record_says_so_and_is_counted(
    full: House, table: str, column: str, path: str | None, listed: str
) -> None:
    """409 with the reason where it is asked for, counted in the list, and readable again once repaired."""
    alarm_id = full.call("GET", "/alarms").json()["items"][0]["id"]
    with damaged(full, table, column, "'{half'"):
        if path is not None:
            answer = full.call("GET", path.format(alarm=alarm_id))
            assert answer.status_code == 409
            assert answer.headers["content-type"] == "application/problem+json"
            assert "damaged" in answer.json()["detail"] or "out of service" in answer.json()["detail"]
        body = full.call("GET", listed).json()
        assert (body["items"], body["unreadable"]) == ([], 1)
    body = full.call("GET", listed).json()
    assert (len(body["items"]), body["unreadable"]) == (1, 0)


def test_damage_is_reported_by_readiness_and_metrics_and_logged_once(
    full: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """However often it is asked for: one line in the log, one in readiness, one for Prometheus."""
    with damaged(full, "passages", "judgement", "'{half'"):
        for _ in range(3):
            full.call("GET", "/passages")
    ready = full.client.get("/health/ready").json()
    assert (ready["damaged_records"], ready["status"]) == ({"passages": 1}, "ready")
    assert 'barwatch_damaged_records{table="passages"} 1.0' in full.client.get("/metrics").text
    assert capsys.readouterr().out.count("a stored record is damaged") == 1


def test_a_damaged_lift_can_be_configured_anew_and_removed(full: House) -> None:
    """Nothing but what is wrong with the row is read for that: another configuration mends it."""
    lift = Lift(id="demo-quad", name="Anew")
    for column in ("config", "updated_at"):
        with damaged(full, "lifts", column, "'{half'"):
            assert full.call("PUT", "/lifts/demo-quad", json={"name": "Anew"}).status_code == 200
            with full.store.reading() as session:
                assert lifts.get(session, "demo-quad") == lift
    with damaged(full, "lifts", "updated_at", "X'FF'"):
        assert full.call("DELETE", "/lifts/demo-quad").status_code == 204


@pytest.mark.parametrize("column", ["role", "created_at", "name"])
def test_a_damaged_token_lets_nobody_in_and_keeps_nobody_out(full: House, column: str) -> None:
    """401 with the reason for its owner; the cookie made with it is over; other tokens go on."""
    with damaged(full, "tokens", column, "X'FF'"):
        answer = full.call("GET", "/lifts", Role.VIEWER)
        assert answer.status_code == 401
        assert "damaged" in answer.json()["detail"]
        assert full.client.get("/lifts").status_code == 401
    assert full.call("GET", "/lifts", Role.VIEWER).status_code == 200
