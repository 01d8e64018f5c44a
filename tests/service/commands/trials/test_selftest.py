"""`barwatch self-test`: what the service found, in lines or JSON; exit code 0 only where it passed."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.commands.client import Target
from service.commands.trials import selftest


@pytest.mark.parametrize(("result", "code"), [("passed", 0), ("incomplete", 1), ("failed", 1)])
def test_a_test_now(monkeypatch: pytest.MonkeyPatch, result: str, code: int) -> None:
    """An incomplete test is no pass."""
    asked: list[tuple[Any, ...]] = []
    found = {
        "lift_id": "quad",
        "number": 3,
        "result": result,
        "started_at": "2026-01-01T08:00:00Z",
        "by": "me",
        "checks": [{"name": "view", "result": result, "message": "as enrolled"}],
    }

    async def request(client: object, method: str, path: str, **content: Any) -> Any:
        asked.append((method, path, content))
        return found if method == "POST" else {"items": [found]}

    def run(target: Target, calls: Any) -> Any:
        assert target.url == "http://127.0.0.1:8000"
        try:
            calls(None).send(None)
        except StopIteration as done:
            return done.value
        raise AssertionError("it waits")

    monkeypatch.setattr(selftest, "request", request)
    monkeypatch.setattr(selftest, "run_calls", run)
    shown = CliRunner().invoke(app, ["self-test", "quad"])
    assert shown.exit_code == code
    assert shown.output.splitlines() == [
        f"quad 3: {result}, 2026-01-01T08:00:00Z, by me",
        f"   view: {result}: as enrolled",
    ]
    shown = CliRunner().invoke(app, ["self-test", "quad", "--list", "--json"])
    assert (shown.exit_code, json.loads(shown.output)) == (code, found)
    assert asked == [
        ("POST", "/lifts/quad/self-test", {"json": {"accept_view": False}}),
        ("GET", "/lifts/quad/self-tests", {}),
    ]
