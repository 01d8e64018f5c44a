"""`barwatch token …` and `barwatch user …` on a data folder."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.commands.people.shared import expiry
from service.domain.errors import BarwatchError, ConfigurationError
from service.domain.people import Role
from service.people.passwords import Passwords
from service.store import tokens
from service.store.database import Store
from service.store.people import users

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BARWATCH_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str, typed: str | None = None) -> Any:
    return CliRunner().invoke(app, list(arguments), input=typed)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("12h", NOW + timedelta(hours=12)),
        ("30d", NOW + timedelta(days=30)),
        ("8w", NOW + timedelta(weeks=8)),
        ("2026-01-31", datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_time_or_a_day(text: str, end: datetime) -> None:
    """From now on, or to the end of a day."""
    assert expiry(text, NOW) == end


@pytest.mark.parametrize("text", ["", "30", "0d", "tomorrow", "2026-02-30", "2026-01-30", "99999w"])
def test_another_expiry_is_refused(text: str) -> None:
    """Nonsense, and what is over already."""
    with pytest.raises(ConfigurationError, match="--expires"):
        expiry(text, NOW)


def test_a_token_has_lifts_and_an_end(data: Path) -> None:
    """As given; the list says so; without them it is for all lifts, for ever."""
    words = ("token", "create", "--role", "operator", "--name", "panel", "--expires", "30d")
    token = run(*words, "--lift", "demo-quad", "--lift", "my-lift").stdout.strip()
    run("token", "create", "--role", "viewer")
    listed = [json.loads(line) for line in run("token", "list", "--json").stdout.splitlines()]
    assert [(each["lifts"], each["expires_at"] is None) for each in listed] == [
        (["demo-quad", "my-lift"], False),
        (None, True),
    ]
    assert "demo-quad,my-lift" in run("token", "list").stdout
    store = Store.open(data)
    with store.reading() as session:
        record = tokens.find(session, token)
        assert record is not None
        assert record.grants == {"demo-quad": Role.OPERATOR, "my-lift": Role.OPERATOR}
        assert tokens.find(session, token, datetime.now(UTC) + timedelta(days=31)) is None
    store.close()
    assert isinstance(run(*words, "--lift", "No Lift").exception, ConfigurationError)


@pytest.mark.thorough
def test_people_are_made_listed_shut_out_and_given_passwords(data: Path) -> None:
    """A link or a password from stdin, never an argument; nothing is printed that should not be."""
    link = run("user", "create", "Anna K", "--role", "operator", "--lift", "demo-quad")
    assert link.stdout.startswith("http://127.0.0.1:8000/#key=")
    typed = "a long enough password\n"
    made = run("user", "create", "Bert", "--role", "viewer", "--password", typed=typed)
    assert made.exit_code == 0, made.output
    assert "long enough" not in made.output
    run("user", "disable", "bert")
    listed = [json.loads(line) for line in run("user", "list", "--json").stdout.splitlines()]
    assert [(each["name"], each["roles"], each["password"]) for each in listed] == [
        ("Anna K", {"demo-quad": "operator"}, False),
        ("Bert", {"*": "viewer"}, True),
    ]
    assert listed[1]["state"].startswith("disabled")
    assert run("user", "disable", "Bert", "--undo").exit_code == 0
    assert run("user", "password", "Anna K", typed="another long password\n").exit_code == 0
    assert run("user", "link", "Anna K").stdout != link.stdout
    store = Store.open(data)
    with store.reading() as session:
        anna, bert = users.listing(session)
        assert (anna.has_password, bert.disabled_at) == (True, None)
        kept = users.shown(session, anna.id).password
        actors = session.connection().exec_driver_sql(
            "SELECT DISTINCT actor FROM audit WHERE action LIKE 'user.%'"
        )
        assert actors.scalars().all() == ["command line"]
    store.close()
    assert Passwords().matches("another long password", kept)
    for words in (("user", "create", "ANNA K", "--role", "viewer"), ("user", "disable", "Carl")):
        assert isinstance(run(*words).exception, BarwatchError)
    assert isinstance(run("user", "password", "Bert", typed="short\n").exception, BarwatchError)
