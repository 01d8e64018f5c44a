"""A record that cannot be read: an honest answer, left out of lists and counted there, and reported."""

import contextlib
import itertools
import math
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from lifts.schema import Lift
from service.api.auth import Attempts
from service.domain.people import Role
from service.store import lifts
from service.store.tables import Base
from tests.service.api.conftest import House, houses
from tests.service.api.filled import filled

BROKEN = ("'{half'", "X'FF'", "9e999", "'{\"a\": NaN}'")
"""No JSON, no UTF-8, no finite number, none of the words or dates that a column may hold."""

TABLES = sorted(set(Base.metadata.tables) - {"meta"})

UNREAD = {"self_test_passages", "sign_in_links", "camera_leases"}
"""Tables that no address reads which one only has to ask for."""

NOT_KEPT = "/lifts/demo-quad/tracks/1/picture.jpg"
"""What is a file as well, which nobody made here."""


@pytest.fixture
def full(house: House) -> House:
    """A house with a row in every table: a lift with masks, a carrier, its alarm, a comment, a sign-in."""
    return filled(house)


@pytest.fixture(scope="module")
def _mended_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with houses(tmp_path_factory.mktemp("mended")) as make:
        yield filled(make())


@pytest.fixture
def mended(_mended_house: House) -> House:
    """A full house, one for all tests that read it and mend what they damage."""
    _mended_house.client.cookies.clear()
    _mended_house.runtime.gate.attempts = Attempts()
    return _mended_house


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
        "/outputs", "/outputs/x", "/outputs/x/set-aside", "/push", "/escalation", "/cameras/secrets",
        "/users", "/tokens", "/sessions", "/audit", "/models", "/setups", f"{passage}/reviews",
        f"{lift}/reviews", f"{lift}/reviews/disagreements", f"{lift}/reviews/export.csv", f"{lift}/accuracy",
        f"{lift}/replays/1", f"/alarms/{alarm_id}/evidence", "/reports",
    ]  # fmt: skip


def asked(house: House, path: str, table: str = "", role: Role = Role.ADMIN) -> Any:
    """Ask an address: with a cookie where sign-ins are damaged, else with a token."""
    return house.client.get(path) if table == "sessions" else house.call("GET", path, role)


def readers(house: House, role: Role = Role.ADMIN) -> dict[str, list[str]]:
    """Return, for each table, the addresses whose answer takes a statement that names it.

    What an address does not read cannot change its answer. Those that nearly all addresses read are asked
    for by whoever signs in: two of them show what becomes of that.
    """
    found: dict[str, list[str]] = {table: [] for table in TABLES}
    for path in paths(house):
        said = list[str]()

        def note(_: Any, __: Any, statement: str, *___: Any, said: list[str] = said) -> None:
            said.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            answer = asked(house, path, role=role)
            assert asked(house, path, "sessions").status_code < 500
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert answer.status_code < 300 or path == NOT_KEPT, (path, answer.text)
        words = set(re.findall(r"\w+", " ".join(said)))
        for table in words & found.keys():
            found[table].append(path)
    return {
        table: found_paths[:2] if len(found_paths) > len(paths(house)) - 5 else found_paths
        for table, found_paths in found.items()
    }


def sweep(
    house: House, table: str, addresses: list[str], values: tuple[str, ...], most: int | None = None
) -> None:
    """Damage each column of a table in turn and ask all addresses, or `most` of them, others each time."""
    names = [column.name for column in Base.metadata.tables[table].columns if not column.primary_key]
    names = [name for name in names if name not in {"lift_id", "alarm_id", "id"}]  # then it is another's row
    most = len(addresses) if most is None else max(most, math.ceil(len(addresses) / max(len(names), 1)))
    turn = itertools.cycle(addresses)
    for column in names:
        chosen = list(itertools.islice(turn, min(most, len(addresses))))
        for value in values:
            with contextlib.suppress(sqlite3.IntegrityError), damaged(house, table, column, value):
                for path in chosen:
                    answer = asked(house, path, table)
                    assert answer.status_code < 500, (path, column, value, answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_no_damaged_value_is_a_fault_of_the_service(full: House, table: str) -> None:
    """Whatever column of whatever row is damaged, and in whatever way: no address answers 5xx."""
    sweep(full, table, readers(full)[table], BROKEN)


@pytest.mark.thorough
def test_no_damaged_column_is_a_fault_of_the_service(full: House) -> None:
    """A short version: one way of damage, and for each column some of the addresses that read its table."""
    reading = readers(full)
    assert full.client.get("/health/ready").json()["damaged_records"] == {}
    assert {table for table, found in reading.items() if not found} == UNREAD
    for table, addresses in reading.items():
        sweep(full, table, addresses, BROKEN[1:2], most=3)


@pytest.mark.thorough
def test_damaged_people_and_tokens_are_no_fault_of_the_service(full: House) -> None:
    """Lists leave them out; whoever they were is told no, and everybody else is let in."""
    for table, path in (("users", "/users"), ("tokens", "/tokens"), ("sessions", "/sessions")):
        sweep(full, table, [path], BROKEN)
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
    mended: House, table: str, column: str, path: str | None, listed: str
) -> None:
    """409 with the reason where it is asked for, counted in the list, and readable again once repaired."""
    alarm_id = mended.call("GET", "/alarms").json()["items"][0]["id"]
    with damaged(mended, table, column, "'{half'"):
        if path is not None:
            answer = mended.call("GET", path.format(alarm=alarm_id))
            assert answer.status_code == 409
            assert answer.headers["content-type"] == "application/problem+json"
            assert "damaged" in answer.json()["detail"] or "out of service" in answer.json()["detail"]
        body = mended.call("GET", listed).json()
        assert (body["items"], body["unreadable"]) == ([], 1)
    body = mended.call("GET", listed).json()
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


@pytest.mark.thorough
@pytest.mark.parametrize("column", ["role", "created_at", "name"])
def test_a_damaged_token_lets_nobody_in_and_keeps_nobody_out(full: House, column: str) -> None:
    """401 with the reason for its owner; the cookie made with it is over; other tokens go on."""
    with damaged(full, "tokens", column, "X'FF'"):
        answer = full.call("GET", "/lifts", Role.VIEWER)
        assert answer.status_code == 401
        assert "damaged" in answer.json()["detail"]
        assert full.client.get("/lifts").status_code == 401
    assert full.call("GET", "/lifts", Role.VIEWER).status_code == 200
